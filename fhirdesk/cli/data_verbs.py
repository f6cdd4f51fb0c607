"""Verbs for records and resources: convert, validate, import, export, preview, edit, sample."""

import sys
import uuid
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fhirdesk import files, sample
from fhirdesk.cli.output import AWAY, DONE, INVALID, REFUSED, SOME_FAILED, Bar, note, opened, put, sentence, tell
from fhirdesk.converters import registry
from fhirdesk.converters.base import Context
from fhirdesk.errors import InvalidDocument, InvalidInput, InvalidRecord, NotFound
from fhirdesk.files import BadRow, Row
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.settings import Settings
from fhirdesk.views import EditOutcome
from fhirdesk.words import say

EDIT_EXIT = {
    EditOutcome.ACCEPTED: DONE,
    EditOutcome.UNCHANGED: DONE,
    EditOutcome.LOCAL_ONLY: DONE,
    EditOutcome.REFUSED: REFUSED,
    EditOutcome.UNREACHABLE: AWAY,
    EditOutcome.UNKNOWN: AWAY,
    EditOutcome.CONFLICT: SOME_FAILED,
    EditOutcome.FORBIDDEN: REFUSED,
}


def context_of(settings: Settings) -> Context:
    """What the converters need to know."""
    return Context(base=settings.base, time_zone=settings.time_zone, vendor=settings.profile.vendor)


def source(name: str) -> Any:
    """A path, or standard input."""
    return sys.stdin.buffer if name == "-" else Path(name)


async def convert(settings: Settings, options: Namespace) -> int:
    """One line a record, in order; a bad one is one JSON line on stderr."""
    context = context_of(settings)
    tell(registry.plugin_problems(), settings)
    if options.type not in registry.record_types():
        note(say("no_such_type", {"type": options.type}, settings.lang))
        return 2
    good = bad = 0
    for row in files.rows(source(options.file)):
        try:
            put(_converted(row, options.type, context))
            good += 1
        except InvalidInput as error:
            bad += 1
            field = error.field if isinstance(error, InvalidRecord) else None
            key = error.key if isinstance(error, InvalidRecord) else None
            text = say(error.code, error.params, settings.lang)
            note(json.dumps({"line": row.line, "key": key, "field": field, "error": text}).decode())
    return DONE if not bad else SOME_FAILED if good else INVALID


def _converted(row: Row | BadRow, type_: str, context: Context) -> dict[str, Any]:
    if isinstance(row, BadRow):
        raise row.error
    return registry.convert(row.data, type_, context)[1]


async def validate(settings: Settings, options: Namespace) -> int:
    """One verdict a document."""
    data = read_all(options.file)
    all_valid = True
    for verdict in verdicts(data, settings.lang):
        put(verdict)
        all_valid &= bool(verdict["valid"])
    return DONE if all_valid else INVALID


def read_all(name: str) -> bytes:
    """All of a file or of standard input."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InvalidDocument("file_unreadable", path=name) from error


def verdicts(data: bytes, lang: str) -> Iterator[dict[str, Any]]:
    """A single document gets one verdict; else each line that is not blank gets one."""
    lines = [(n, text) for n, text in enumerate(data.split(b"\n"), 1) if text.strip()]
    try:
        yield verdict_of(json.loads(data), 1, lang)
        return
    except InvalidDocument as error:
        if len(lines) < 2:
            yield not_json(1, error, lang)
            return
    for number, text in lines:
        try:
            yield verdict_of(json.loads(text), number, lang)
        except InvalidDocument as error:
            yield not_json(number, error, lang)


def not_json(line: int, error: InvalidDocument, lang: str) -> dict[str, Any]:
    """The verdict on what is no JSON."""
    text = say(error.code, error.params, lang)
    issue = {"severity": "fatal", "code": "structure", "expression": None, "text": text}
    return {"line": line, "resource_type": None, "id": None, "valid": False, "issues": [issue]}


def verdict_of(document: Any, line: int, lang: str) -> dict[str, Any]:
    """The verdict on a JSON document."""
    issues = [
        {"severity": f.severity, "code": f.code, "expression": f.expression, "text": f.text(lang)}
        for f in check(document)
    ]
    resource = document if isinstance(document, dict) else {}
    valid = not any(i["severity"] in ("error", "fatal") for i in issues)
    return {
        "line": line,
        "resource_type": resource.get("resourceType"),
        "id": resource.get("id"),
        "valid": valid,
        "issues": issues,
    }


async def import_(settings: Settings, options: Namespace) -> int:
    """A line a row once it is committed, then a summary."""
    counts = dict.fromkeys(("read", "new", "changed", "unchanged", "refused", "queued"), 0)
    bar = Bar(say("cli_bar_read", {}, settings.lang))
    async with opened(settings) as desk:
        tell(await desk.problems(), settings)
        paths = [source(name) for name in options.files]
        async for line in desk.import_files(paths, type_=options.type, enqueue=not options.no_enqueue):
            counts["read"] += 1
            counts[line.result] += 1
            counts["queued"] += line.entry is not None
            error = sentence(line.error, settings)
            if options.json:
                put({k: v for k, v in asdict(line).items() if k != "error"} | {"error": error})
            elif error:
                note(say("cli_line", {"line": str(line.line), "error": error}, settings.lang))
            bar.show(counts["read"])
    bar.close()
    said = {word: str(n) for word, n in counts.items()}
    put({"summary": counts}) if options.json else print(say("cli_import", said, settings.lang))
    if counts["refused"]:
        return INVALID if counts["refused"] == counts["read"] else SOME_FAILED
    return DONE


async def export(settings: Settings, options: Namespace) -> int:
    """What the cache holds."""
    async with opened(settings) as desk:
        if options.type and options.type not in desk.record_types():
            raise NotFound("no_such_type", type=options.type)
        await desk.export(options.type, options.format, options.output or sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return DONE


async def preview(settings: Settings, options: Namespace) -> int:
    """The resource, or the whole request."""
    async with opened(settings) as desk:
        view = await desk.preview(options.type, options.key, request=options.request)
    shown = view.request if options.request else view.resource
    put(shown) if options.json else print(json.pretty(shown))
    return DONE


async def edit(settings: Settings, options: Namespace) -> int:
    """Write-through."""
    changes = {f: v for f in ("phone", "email", "address") if (v := getattr(options, f)) is not None}
    if not changes:
        note(say("edit_nothing", {}, settings.lang))
        return 2
    async with opened(settings) as desk:
        result = await desk.edit_patient(options.key, changes, uuid=str(uuid.uuid4()), later=options.later)
    message = say(result.message.code, result.message.params, settings.lang)
    record = {"type": "patient"} | dict(result.record.fields) if result.record else None
    if options.json:
        put(
            {
                "outcome": result.outcome.value,
                "field": result.field,
                "message": message,
                "record": record,
                "entry": result.entry,
            }
        )
    else:
        print(message)
    return EDIT_EXIT[result.outcome]


async def sample_(_settings: Settings, options: Namespace) -> int:
    """Records of a clinic that does not exist."""
    for record in sample.generate(options.patients, options.seed):
        sys.stdout.buffer.write(json.dumps(record) + b"\n")
    sys.stdout.buffer.flush()
    return DONE
