"""Verbs for records and resources: convert, validate, import, export, preview, sample."""

import glob
import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fhirdesk import files, sample
from fhirdesk.app.desk import Desk
from fhirdesk.cli.output import DONE, INVALID, SOME_FAILED, USAGE, ProgressBar, opened, print_problems, put, sentence
from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.core.errors import InvalidInput, InvalidRecord, NotFound, Refused
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import note, print_csv, print_json, print_lines
from fhirdesk.core.views import ImportLine, ImportOptions, ImportProgress, Link
from fhirdesk.files import BadRow, Gone, Note, Row, encodings
from fhirdesk.i18n.messages import render
from fhirdesk.r4 import json

SOURCE = re.compile(r"[^\W_][^?/|:\x00-\x1f]{0,59}")  # a name before a colon in a key


def context_of(settings: Settings) -> Context:
    """What the converters need to know."""
    return Context(base=settings.base, time_zone=settings.time_zone, vendor=settings.profile.vendor)


def sources(names: Sequence[str]) -> list[Any]:
    """Paths, or standard input. A pattern that the shell left as it is (that of Windows does) means the files that fit
    it, in order of their names."""
    found = []
    for name in names:
        is_pattern = glob.has_magic(name) and not Path(name).exists()
        fits = sorted(glob.glob(name)) if is_pattern else []  # noqa: PTH207 - hidden files stay out, as in a shell
        found += [sys.stdin.buffer if each == "-" else Path(each) for each in fits or [name]]
    return found


def source(name: str) -> Any:
    """One of them. Raises Refused where a pattern means several."""
    found = sources([name])
    if len(found) > 1:
        raise Refused("files_several", pattern=name, count=len(found))
    return found[0]


def source_name(options: Namespace) -> str | None:
    """The name of the system that the files come from. Raises Refused where it cannot stand in a key."""
    if options.source is not None and not SOURCE.fullmatch(options.source):
        raise Refused("source_name_wrong", name=options.source[:60])
    found: str | None = options.source
    return found


def encoding_of(options: Namespace) -> str | None:
    """What the files are said to be written in. Raises NotFound where there is no such encoding."""
    if options.encoding is None:
        return None
    found = encodings.known(options.encoding)
    if found is None:
        raise NotFound("encoding_unknown", encoding=options.encoding[:60])
    return found


def convert(settings: Settings, options: Namespace) -> int:
    """One line a record, in order; a bad one is one JSON line on stderr."""
    context = context_of(settings)
    print_problems(registry.plugin_problems(), settings)
    if options.type not in registry.row_types():
        note(render("no_such_type", registry.unknown(options.type), settings.lang))
        return USAGE
    good = bad = 0
    for row in files.rows(source(options.file), encoding_of(options)):
        if isinstance(row, Note):
            told = {"note": render(row.reason.code, row.reason.params, settings.lang)}
            print_json(json.dumps(told) + b"\n", error=True)
            continue
        try:
            print_json(json.dumps(_converted(row, options.type, context)) + b"\n")
            good += 1
        except InvalidInput as error:
            bad += 1
            print_json(json.dumps(_wrong(row.line, error, settings)) + b"\n", error=True)
    return DONE if not bad else SOME_FAILED if good else INVALID


def _converted(row: Row | BadRow | Gone, type_: str, context: Context) -> dict[str, Any]:
    if isinstance(row, BadRow):
        raise row.error
    if isinstance(row, Gone) or row.is_resource:
        raise InvalidRecord("row_is_fhir", field="resourceType")
    return registry.convert(row.data, type_, context, table=row.is_table)[1]


def _wrong(line: int, error: InvalidInput, settings: Settings) -> dict[str, Any]:
    """What is wrong with a row, as `convert` says it."""
    field, key = (error.field, error.key) if isinstance(error, InvalidRecord) else (None, None)
    return {"line": line, "key": key, "field": field, "error": render(error.code, error.params, settings.lang)}


async def import_(settings: Settings, options: Namespace) -> int:
    """A line a row once it is committed, then a summary."""
    counts = dict.fromkeys(("read", "new", "changed", "unchanged", "refused", "queued"), 0)
    bar, reached = ProgressBar(render("cli_bar_read", {}, settings.lang)), ImportProgress()

    def tell_files(progress: ImportProgress) -> None:
        nonlocal reached
        print_problems(progress.notes[len(reached.notes) :], settings)
        reached = progress

    how = ImportOptions(
        type=options.type,
        enqueue=not options.no_enqueue,
        source=source_name(options),
        whole=options.whole,
        encoding=encoding_of(options),
        last_wins=options.last_wins,
    )
    paths = sources(options.files)
    async with opened(settings) as desk:
        print_problems(await desk.problems(), settings)
        _known(options.type, desk)
        async for line in desk.import_files(paths, how, progress=tell_files):
            counts["read"] += 1
            counts[line.result] += 1
            counts["queued"] += line.entry is not None
            error, notes = sentence(line.error, settings), [render(n.code, n.params, settings.lang) for n in line.notes]
            if options.json:
                told = {"error": error, "code": line.error.code if line.error else None}
                put(asdict(line) | told | {"notes": notes, "note": notes[0] if notes else None})
            else:
                for text in [error] if error else notes:
                    note(_at_line(line, text, settings))
            bar.show(counts["read"])
        bar.close()
        if counts["queued"] and (await desk.server()).link is Link.UNSET:
            note(render("import_no_server", {}, settings.lang))
    said = {word: str(n) for word, n in counts.items()}
    files_notes = [render(n.code, n.params, settings.lang) for n in reached.notes]
    put({"summary": counts, "notes": files_notes}) if options.json else print_lines(
        render("cli_import", said, settings.lang)
    )
    if counts["refused"]:
        return INVALID if counts["refused"] == counts["read"] else SOME_FAILED
    return DONE


def _at_line(line: ImportLine, text: str, settings: Settings) -> str:
    """What is said of a row, or of the file as a whole."""
    named = _named(line, text)
    return render("cli_line", {"line": str(line.line), "error": named}, settings.lang) if line.line else named


def _named(line: ImportLine, text: str) -> str:
    """What is said of a row, with its key and field before it where the text does not name them."""
    names = [name for name in (line.key, line.field) if name is not None and name not in text]
    return f"{' '.join(names)}: {text}" if names else text


def _known(type_: str | None, desk: Desk) -> None:
    """Raises NotFound where the desk has no such record type."""
    if type_ and type_ not in desk.record_types():
        raise NotFound("no_such_type", **registry.unknown(type_))


async def export(settings: Settings, options: Namespace) -> int:
    """What the cache holds."""
    async with opened(settings) as desk:
        _known(options.type, desk)
        await desk.export(
            options.type, options.format, options.output or (print_csv if options.format == "csv" else print_json)
        )
    if options.output:
        note(render("cli_export", {"path": str(options.output)}, settings.lang))
    return DONE


async def preview(settings: Settings, options: Namespace) -> int:
    """The resource, or the whole request."""
    async with opened(settings) as desk:
        view = await desk.preview(options.type, options.key, request=options.request)
    shown = view.request if options.request else view.resource
    put(shown) if options.json else print_json(json.pretty(shown).encode() + b"\n")
    return DONE


def sample_(settings: Settings, options: Namespace) -> int:
    """Records of a clinic that does not exist."""
    types = set(options.types.split(",")) if options.types else None
    unknown = (types or set()) - registry.record_types().keys()
    if unknown:
        note(render("no_such_type", registry.unknown(sorted(unknown)[0]), settings.lang))
        return 2
    for record in sample.generate(options.patients, options.seed, types=types, faults=options.faults):
        print_json(json.dumps(record) + b"\n")
    return DONE
