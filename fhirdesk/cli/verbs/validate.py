"""The verb `validate`: a verdict for each JSON document, as it comes."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from fhirdesk import files
from fhirdesk.cli.output import DONE, INVALID
from fhirdesk.cli.verbs.data import source
from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import note, print_json, print_lines
from fhirdesk.files import BadRow, Document
from fhirdesk.i18n.messages import render
from fhirdesk.r4 import json
from fhirdesk.r4.check import Finding, check, check_entries

Verdict = dict[str, Any]


def validate(settings: Settings, options: Namespace) -> int:
    """Exit code 0 when all is valid, else 6."""
    counts: Counter[bool] = Counter()
    for document in files.documents(source(options.file)):
        for verdict in verdicts(document, settings.lang):
            counts[verdict["valid"]] += 1
            print_json(json.dumps(verdict) + b"\n") if options.json else print_lines(*_for_people(verdict))
    if not options.json:
        params = {"count": f"{counts.total():,}", "bad": f"{counts[False]:,}"}
        note(render("cli_validated", params, settings.lang))
    return INVALID if counts[False] else DONE


def verdicts(document: Document | BadRow, lang: str) -> Iterator[Verdict]:
    """One for a document; one more for each entry of a Bundle that stands alone."""
    if isinstance(document, BadRow):
        yield _unreadable(document.line, document.error, lang)
        return
    try:
        found = json.strict(document.data)
    except InvalidDocument as error:
        yield _unreadable(document.line, error, lang)
        return
    if document.is_alone and isinstance(found, dict) and found.get("resourceType") == "Bundle":
        for index, resource, findings in check_entries(found):
            entry = {} if index is None else {"entry": index}
            yield _verdict(document.line, resource, findings, lang) | entry
    else:
        yield _verdict(document.line, found, check(found), lang)


def _unreadable(line: int, error: InvalidDocument, lang: str) -> Verdict:
    reason = Reason(error.code, error.params)
    issue = {"severity": "fatal", "code": "structure", "expression": None}
    text = render(reason.code, reason.params, lang)
    return {"line": line, "resource_type": None, "id": None, "valid": False, "issues": [issue | {"text": text}]}


def _verdict(line: int, resource: Any, findings: Iterable[Finding], lang: str) -> Verdict:
    issues = [
        {"severity": f.severity, "code": f.code, "expression": f.expression, "text": f.text(lang)} for f in findings
    ]
    named = resource if isinstance(resource, dict) else {}
    valid = not any(issue["severity"] in ("error", "fatal") for issue in issues)
    type_, id_ = named.get("resourceType"), named.get("id")
    return {"line": line, "resource_type": type_, "id": id_, "valid": valid, "issues": issues}


def _for_people(verdict: Verdict) -> list[str]:
    """Nothing for what is right; else a line an issue: where, what."""
    name = f"{verdict['line']}: {verdict['resource_type'] or '?'}/{verdict['id'] or '?'}"
    return [f"{name}  {i['severity']}  {i['expression'] or ''}  {i['text']}" for i in verdict["issues"]]
