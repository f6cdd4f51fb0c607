"""Previews a record or a resource: as it would be sent, where each value came from, and what the check finds."""

import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from fhirdesk import files
from fhirdesk.app.importing import GRAVE, Importer
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import MakeResource, Mapper
from fhirdesk.core.errors import InvalidInput, InvalidRecord
from fhirdesk.core.queue_entry import Attempt, IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.settings import Settings
from fhirdesk.core.views import CHECKED, TRACED, IssueView, OpenedView, PreviewView
from fhirdesk.files import BadRow, Row, streams
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import Snapshot
from fhirdesk.sync.plan import Hold, Send
from fhirdesk.sync.references import build_mapper
from fhirdesk.sync.upload.request_builder import build_request, build_send

MOST_OPENED = 200  # rows of an opened file that are shown


class Previewer:
    """Builds previews. Writes nothing, sends nothing."""

    def __init__(self, store: Store, mapper: Mapper, settings: Settings):
        self._store, self._mapper, self._settings = store, mapper, settings
        self._intake = Importer(store, mapper)

    def preview_stored(self, type_: str, key: str, request: bool, *, with_edits: bool = False) -> PreviewView:
        """A stored record as it would be sent now; its references keep the local keys while a parent is not on the
        server. `with_edits`: as its waiting profile edits make it. Raises NotFound."""
        with self._store.snapshot() as view:
            record = view.records.expect(type_, key)
            if with_edits:
                record = _apply_edits(record, view)
            mapper = build_mapper(view, [record], self._mapper)
            draft = mapper.draft(record)
            known = view.id_map.get_many({(type_, key), *draft.references})
            patient = key if type_ == "patient" else record.patient_key
            about = _find_person(view, record, patient)
            attempt = _find_attempt(view, record) if request else None
        entry = unsaved_entry(record)
        plan = build_request(entry, known, draft)
        mapped = plan.mapped if isinstance(plan, Send) else known.get((type_, key))

        def sent(record: Record) -> Resource:
            plan = build_send(replace(entry, record=record), mapped, known, mapper.draft(record))
            return dict(plan.request.body or {}) if isinstance(plan, Send) else {}

        theirs = [dict(mapped.base)] if mapped and mapped.base else []
        make, kept = (sent, theirs) if isinstance(plan, Send) else (mapper.to_resource, [])
        preview = self._view(record, make, mapper, kept, version_id=mapped.version_id if mapped else None)
        if isinstance(plan, Hold):
            plan = build_send(plan.entry, mapped, known, draft)
        return replace(
            preview,
            same_as_server=_is_same(mapped, preview.resource) if mapped else None,
            seen_at=mapped.synced_at if mapped else None,
            request=self._request(plan) if request and isinstance(plan, Send) else None,
            patient_key=patient,
            logical_id=mapped.logical_id if mapped else None,
            attempt=attempt,
            **about,
        )

    def preview_given(self, given: str | bytes | Path, type_: str | None = None) -> tuple[OpenedView, ...]:
        """Previews of the first rows of a file or a text: records (JSON, NDJSON, CSV) or FHIR. `type_`: of records that
        do not name theirs. Raises InvalidDocument if a file cannot be read."""
        if too_large(given):
            return (OpenedView(1, "", error=Reason("preview_too_large"), too_large=_size(given)),)
        rows = itertools.islice(_rows(_source(given)), MOST_OPENED)
        return tuple(self._preview_row(row, type_) for row in rows)

    @staticmethod
    def first_row(given: str | bytes | Path) -> str:
        """The first row of a large file or text, indented and unchecked, to be shown while it is being checked. "" if
        it is small, too large, or cannot be read."""
        if _size(given) <= TRACED or too_large(given):
            return ""
        with suppress(InvalidInput):
            row = next(_rows(_source(given)), None)
            text = json.pretty(row.data) if isinstance(row, Row) else ""
            return text if len(text) <= CHECKED else ""
        return ""

    def _preview_row(self, row: Row | BadRow, type_: str | None) -> OpenedView:
        text = json.pretty(row.data) if isinstance(row, Row) else ""
        if len(text) > CHECKED:
            return OpenedView(row.line, text, error=Reason("preview_too_large"), too_large=len(text))
        try:
            if isinstance(row, BadRow):
                raise row.error
            view = self._resource(row) if row.is_resource else self._row(row, type_)
            return OpenedView(row.line, text, view, key=view.key)
        except InvalidInput as error:
            field, key = (error.field, error.key) if isinstance(error, InvalidRecord) else (None, None)
            return OpenedView(row.line, text, None, Reason(error.code, error.params), field, key)

    def _row(self, row: Row, type_: str | None) -> PreviewView:
        row_record = self._mapper.read_row(row.data, type_ or guess_type(row.data), table=row.is_table)
        with self._store.snapshot() as view:
            existing = view.records.get(row_record.type, row_record.key)
        record = registry.apply_changes(row_record, existing, row_record.fields)
        return self._view(record, lambda record: self._mapper.draft(record).converted, self._mapper)

    def _resource(self, row: Row) -> PreviewView:
        """A resource as it would be sent, with our identifier; if it is not R4, as it was given, with the findings."""
        findings = check(row.data)
        if any(f.severity in GRAVE for f in findings):
            issues = tuple(IssueView(f.severity, f.code, f.expression, f.reason) for f in findings)
            kind, id_ = (str(row.data.get(name) or "") for name in ("resourceType", "id"))
            return PreviewView("", f"{kind}/{id_}", kind, row.data, json.pretty(row.data), issues)
        record = self._intake.to_record(row)
        return self._view(record, lambda record: self._mapper.draft(record).for_server, self._mapper)

    def _view(
        self, record: Record, make: MakeResource, mapper: Mapper, kept: Sequence[Resource] = (), **more: Any
    ) -> PreviewView:
        """The preview of the resource that `make` makes of the record. `kept`: the resources that it is merged into,
        beside the record's base."""
        resource = make(record)
        view = PreviewView(
            record.type,
            record.key,
            str(resource["resourceType"]),
            resource,
            json.pretty(resource),
            record=record,
            partial=bool(registry.missing_fields(record)),
            **more,
        )
        issues = self._issues(record, resource, mapper) if view.checked else ()
        kept = [*kept, json.loads(record.base.body)] if record.base else kept
        origins = mapper.provenance(record, make, kept) if view.traced else ()
        return replace(view, issues=issues, origins=origins)

    @staticmethod
    def _issues(record: Record, resource: Resource, mapper: Mapper) -> tuple[IssueView, ...]:
        """The findings of the check, each with the record's field that it is about."""
        return tuple(
            IssueView(f.severity, f.code, f.expression, f.reason, mapper.field_at(record, resource, f.expression))
            for f in check(resource)
        )

    def _request(self, plan: Send) -> dict[str, object]:
        headers = {"Content-Type": "application/fhir+json", "Authorization": "Bearer ****"}
        if plan.request.if_match:
            headers["If-Match"] = f'W/"{plan.request.if_match}"'
        if plan.request.if_none_exist:
            headers["If-None-Exist"] = plan.request.if_none_exist
        url = f"{self._settings.profile.url or ''}/{plan.request.path}"
        return {"method": plan.request.method, "url": url, "headers": headers, "body": plan.request.body}


def _rows(source: Path | io.BytesIO) -> Iterator[Row | BadRow]:
    return (row for row in files.rows(source) if isinstance(row, Row | BadRow))


def _source(given: str | bytes | Path) -> Path | io.BytesIO:
    return given if isinstance(given, Path) else io.BytesIO(given if isinstance(given, bytes) else given.encode())


def _size(given: str | bytes | Path) -> int:
    """The size in bytes or characters; 0 for a file that is not there."""
    try:
        return given.stat().st_size if isinstance(given, Path) else len(given)
    except OSError:
        return 0


def too_large(given: str | bytes | Path) -> bool:
    """True if it is a single document too large to be checked; its size and its beginning decide, before it is read.
    Many records, one a line or in a list, are read one by one and may be of any size."""
    if _size(given) <= CHECKED:
        return False
    with streams.open_source(_source(given)) as opened:
        first = opened.stream.readline(CHECKED).lstrip(streams.BOM)
    return first.startswith(b"{") and json.state(first) is not json.State.WHOLE


def guess_type(raw: Mapping[str, Any]) -> str | None:
    """The type of a record that does not name it: the only one with its key field and all its fields, else None."""
    named = [n for n in raw if n != "type"]
    types = registry.row_types().values()
    fits = [k.name for k in types if k.field(k.key_field) and k.key_field in raw and all(k.field(n) for n in named)]
    return fits[0] if len(fits) == 1 else None


def _apply_edits(record: Record, view: Snapshot) -> Record:
    """The record as its waiting profile edits make it, once the server accepts them."""
    edits = {n: v for entry in view.entries.read_lane(record.type, record.key) for n, v in (entry.edit or {}).items()}
    return record.with_fields(**edits)


def _find_person(view: Snapshot, record: Record, patient: str | None) -> dict[str, Any]:
    """Whom the record is about, as a preview says it."""
    if patient is None:
        return {}
    person = record if record.type == "patient" else view.records.get("patient", patient)
    is_saved = view.id_map.get("patient", patient) is not None
    return {"patient_name": view.patients.find_name(patient), "patient": person, "is_patient_saved": is_saved}


def _find_attempt(view: Snapshot, record: Record) -> Attempt | None:
    """The last attempt of the record's newest entry; None where it was never sent."""
    newest = view.entries.find_newest(record.type, record.key)
    history = view.queue_views.read_details(newest.uuid).history if newest else ()
    return history[-1] if history else None


def _is_same(mapped: IdMapping, resource: Mapping[str, Any]) -> bool | None:
    """Whether the server's copy, as we know it, equals the resource. None: the server accepted it, and was not read
    since."""
    is_equal = mapped.base == resource
    return None if is_equal and not mapped.base_read else is_equal


def unsaved_entry(record: Record) -> QueueEntry:
    """An entry for a preview: it is never stored."""
    resource_type = registry.resource_type(record)
    status, operation = Status.PENDING, Operation.UPDATE
    return QueueEntry(0, "", record.type, record.key, resource_type, operation, status, 0, 0, 0, 0, 0, record)
