"""The verb `edit`: change fields of a patient on the server first, then here."""

import uuid
from argparse import Namespace
from collections.abc import Mapping, Sequence

from fhirdesk.app.desk import Desk
from fhirdesk.cli.output import AWAY, DONE, REFUSED, SOME_FAILED, USAGE, opened, print_json, side_text
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.records import Record
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_error, print_lines
from fhirdesk.core.views import EditOutcome, EditResult, FieldValues
from fhirdesk.i18n.messages import render

EXIT = {
    EditOutcome.ACCEPTED: DONE,
    EditOutcome.UNCHANGED: DONE,
    EditOutcome.LOCAL_ONLY: DONE,
    EditOutcome.QUEUED: DONE,
    EditOutcome.REFUSED: REFUSED,
    EditOutcome.NOT_DONE: SOME_FAILED,
    EditOutcome.UNREACHABLE: AWAY,
    EditOutcome.UNKNOWN: AWAY,
    EditOutcome.CONFLICT: SOME_FAILED,
    EditOutcome.FORBIDDEN: REFUSED,
}


async def edit(settings: Settings, options: Namespace) -> int:
    """Change fields of a patient, on the server first, and print how it ended; in a conflict the fields that differ."""
    async with opened(settings) as desk:
        editable = (await desk.records.read_types())["patient"].editable
        changes = {name: value for name in editable if (value := getattr(options, name, None)) is not None}
        if not changes:
            print_error(render("edit_nothing", {}, settings.lang))
            return USAGE
        result = await desk.records.edit_patient(options.key, changes, uuid=str(uuid.uuid4()), later=options.later)
        rows = await _conflicting_fields(desk, options.key, changes, result)
        record = await desk.records.get("patient", options.key) if rows else result.record
    if options.json:
        print_json(_document(result, record, rows, settings))
    else:
        print_lines(render(result.message.code, result.message.params, settings.lang))
        advice = [render("edit_again", {}, settings.lang)] if rows else []
        print_error(*(side_text(row, settings) for row in rows), *advice, *filter(None, [result.said]))
    return EXIT[result.outcome]


async def _conflicting_fields(
    desk: Desk, key: str, changes: Mapping[str, str], result: EditResult
) -> tuple[FieldValues, ...]:
    """The fields in which an edit in conflict and the server differ; () where it ended otherwise. The server's values
    are shown here from now on, and the next edit starts from them."""
    if result.message.code != "edit_conflict":
        return ()
    try:
        return await desk.records.compare_edit(key, changes)
    except FhirDeskError:
        return ()  # the outcome is known, and more cannot be read now


def _document(
    result: EditResult, record: Record | None, rows: Sequence[FieldValues], settings: Settings
) -> dict[str, object]:
    return {
        "outcome": result.outcome.value,
        "field": result.field,
        "message": render(result.message.code, result.message.params, settings.lang),
        "said": result.said,
        "record": {"type": "patient"} | dict(record.fields) if record else None,
        "entry": result.entry,
        "fields": [{"field": r.field, "seen": r.base, "typed": r.mine, "server": r.theirs, "who": r.who} for r in rows],
    }
