"""The verb `validate`: a verdict for each JSON document, as it comes."""

from argparse import Namespace
from collections import Counter

from fhirdesk.app import json_text
from fhirdesk.app.validation import Verdict
from fhirdesk.app.validation import validate as check_documents
from fhirdesk.cli.output import DONE, INVALID
from fhirdesk.cli.sources import find_source
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_error, print_json_bytes, print_lines
from fhirdesk.i18n.messages import render


def validate(settings: Settings, options: Namespace) -> int:
    """Print what is wrong with each document (`--json`: a verdict a line). Exit code 0 when all are valid, else 6."""
    counts: Counter[bool] = Counter()
    for verdict in check_documents(find_source(options.file), settings.lang):
        counts[verdict["valid"]] += 1
        print_json_bytes(json_text.dumps(verdict) + b"\n") if options.json else print_lines(*_for_people(verdict))
    if not options.json:
        params = {"count": f"{counts.total():,}", "bad": f"{counts[False]:,}"}
        print_error(render("cli_validated", params, settings.lang))
    return INVALID if counts[False] else DONE


def _for_people(verdict: Verdict) -> list[str]:
    """A line an issue: which document, where in it, what is wrong; none for a valid document."""
    name = f"{verdict['line']}: {verdict['resource_type'] or '?'}/{verdict['id'] or '?'}"
    return [f"{name}  {i['severity']}  {i['expression'] or ''}  {i['text']}" for i in verdict["issues"]]
