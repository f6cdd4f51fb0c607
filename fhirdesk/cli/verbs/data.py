"""Verbs for records and resources: convert, export, preview, sample."""

from argparse import Namespace
from typing import Any

from fhirdesk.app import converting, json_text
from fhirdesk.app.record_types import plugin_problems, problem_with
from fhirdesk.app.sample_clinic import generate
from fhirdesk.cli.output import DONE, INVALID, SOME_FAILED, USAGE, opened, print_json, print_problems
from fhirdesk.cli.sources import find_source
from fhirdesk.core.errors import InvalidInput, InvalidRecord, NotFound
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_csv, print_error, print_json_bytes
from fhirdesk.i18n.messages import render


def encoding_of(options: Namespace) -> str | None:
    """The encoding that `--encoding` names; None where the option is not given. Raises NotFound where there is no such
    encoding."""
    if options.encoding is None:
        return None
    encoding = converting.find_encoding(options.encoding)
    if encoding is None:
        raise NotFound("encoding_unknown", encoding=options.encoding[:60])
    return encoding


def expect_type(type_: str | None) -> None:
    """Raises NotFound where a name is given and there is no such record type."""
    if type_ and (problem := problem_with(type_)):
        raise NotFound(problem.code, **problem.params)


def convert(settings: Settings, options: Namespace) -> int:
    """Print one resource a line, in the order of the rows; a bad row is one JSON line on standard error. Exit code 6
    when no row was good, 1 when some were."""
    print_problems(plugin_problems(), settings)
    if problem := problem_with(options.type, in_rows=True):
        print_problems([problem], settings)
        return USAGE
    good = bad = 0
    for row in converting.convert(find_source(options.file), options.type, settings, encoding_of(options)):
        if row.note:
            _print_error({"note": render(row.note.code, row.note.params, settings.lang)})
        elif row.error:
            bad += 1
            _print_error(_describe(row.line, row.error, settings))
        else:
            good += 1
            print_json_bytes(json_text.dumps(row.resource) + b"\n")
    return DONE if not bad else SOME_FAILED if good else INVALID


def _print_error(document: dict[str, Any]) -> None:
    print_json_bytes(json_text.dumps(document) + b"\n", error=True)


def _describe(line: int, error: InvalidInput, settings: Settings) -> dict[str, Any]:
    """What is wrong with a row, as `convert` prints it."""
    field, key = (error.field, error.key) if isinstance(error, InvalidRecord) else (None, None)
    return {"line": line, "key": key, "field": field, "error": render(error.code, error.params, settings.lang)}


async def export(settings: Settings, options: Namespace) -> int:
    """Write the records of the local store, or their resources, to a file or standard output."""
    async with opened(settings) as desk:
        expect_type(options.type)
        to_stdout = print_csv if options.format == "csv" else print_json_bytes
        await desk.records.export(options.type, options.format, options.output or to_stdout)
    if options.output:
        print_error(render("cli_export", {"path": str(options.output)}, settings.lang))
    return DONE


async def preview(settings: Settings, options: Namespace) -> int:
    """Print the resource of a record as it would be sent now; `--request`: the whole request."""
    async with opened(settings) as desk:
        view = await desk.records.preview(options.type, options.key, request=options.request)
    document = view.request if options.request else view.resource
    print_json(document) if options.json else print_json_bytes(json_text.pretty(document).encode() + b"\n")
    return DONE


def sample_(settings: Settings, options: Namespace) -> int:
    """Print the records of a clinic that does not exist, one a line."""
    types = set(options.types.split(",")) if options.types else None
    problems = [problem for type_ in sorted(types or ()) if (problem := problem_with(type_))]
    if problems:
        print_problems(problems[:1], settings)
        return USAGE
    for record in generate(options.patients, options.seed, types=types, faults=options.faults):
        print_json_bytes(json_text.dumps(record) + b"\n")
    return DONE
