"""FHIR JSON is checked against R4, document by document; nothing is kept."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from fhirdesk import files
from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files import BadRow, Document
from fhirdesk.i18n.messages import render
from fhirdesk.r4 import json
from fhirdesk.r4.check import Finding, check, check_entries

Verdict = dict[str, Any]  # line, resource_type, id, valid, issues; of an entry of a Bundle its number, too


def validate(source: Path | BinaryIO, lang: str) -> Iterator[Verdict]:
    """The verdicts on all JSON documents of a file or stream, in order."""
    for document in files.documents(source):
        yield from verdicts(document, lang)


def verdicts(document: Document | BadRow, lang: str) -> Iterator[Verdict]:
    """One verdict for a document; one more for each entry of a Bundle that stands alone in its file."""
    if isinstance(document, BadRow):
        yield _unreadable(document.line, document.error, lang)
        return
    try:
        value = json.loads_strict(document.data)
    except InvalidDocument as error:
        yield _unreadable(document.line, error, lang)
        return
    if document.is_alone and isinstance(value, dict) and value.get("resourceType") == "Bundle":
        for index, resource, findings in check_entries(value):
            entry = {} if index is None else {"entry": index}
            yield _verdict(document.line, resource, findings, lang) | entry
    else:
        yield _verdict(document.line, value, check(value), lang)


def _unreadable(line: int, error: InvalidDocument, lang: str) -> Verdict:
    issue = {"severity": "fatal", "code": "structure", "expression": None}
    text = render(error.code, error.params, lang)
    return {"line": line, "resource_type": None, "id": None, "valid": False, "issues": [issue | {"text": text}]}


def _verdict(line: int, resource: Any, findings: Iterable[Finding], lang: str) -> Verdict:
    issues = [
        {"severity": f.severity, "code": f.code, "expression": f.expression, "text": f.text(lang)} for f in findings
    ]
    members = resource if isinstance(resource, dict) else {}
    is_valid = not any(issue["severity"] in ("error", "fatal") for issue in issues)
    type_, id_ = members.get("resourceType"), members.get("id")
    return {"line": line, "resource_type": type_, "id": id_, "valid": is_valid, "issues": issues}
