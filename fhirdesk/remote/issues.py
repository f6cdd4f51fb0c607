"""What a server says went wrong: OperationOutcome, OAuth JSON, OpenEMR's validationErrors, plain text or nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from fhirdesk.core.resource import Issue

SHOWN = 500  # characters of a server's free text
OAUTH = {"invalid_token": "login", "invalid_client": "login", "insufficient_scope": "forbidden"}  # RFC 6750, 6749
NO_SCOPE = "Unauthorized"  # what OpenEMR says, with 401, of a token that lacks a scope; of a lost token it says more
RANK = {"fatal": 0, "error": 1, "warning": 2, "information": 3}


def issues_of(body: Any) -> tuple[Issue, ...]:
    """Every issue, in the order of the document."""
    if isinstance(body, Mapping):
        if body.get("resourceType") == "OperationOutcome":
            return tuple(_outcome(body))
        if isinstance(body.get("error"), str):
            code = "forbidden" if body.get("message") == NO_SCOPE else OAUTH.get(body["error"], "processing")
            more = body.get("error_description") or body.get("message") or ""
            return (Issue("error", code, text=_cut(f"{body['error']}: {more}")),)
        if "validationErrors" in body:
            return (Issue("error", "invalid", text=_cut(str(body["validationErrors"]))),)
    if isinstance(body, str) and body.strip():
        return (Issue("error", "processing", text=_cut(body.strip())),)
    return ()


def _outcome(body: Mapping[str, Any]) -> Iterator[Issue]:
    for issue in _objects(body.get("issue")):
        details = next(iter(_objects([issue.get("details")])), {})
        coding = next(iter(_objects(details.get("coding"))), {})
        said = [text for text in (details.get("text"), issue.get("diagnostics")) if text]
        yield Issue(
            str(issue.get("severity", "error")),
            str(issue.get("code", "processing")),
            _place(issue.get("expression")) or _place(issue.get("location")),
            f"{coding.get('system', '')}|{coding['code']}" if coding.get("code") else None,
            _cut(" | ".join(dict.fromkeys(map(str, said))) or coding.get("display")),
        )


def _objects(found: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; a server may send anything."""
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _place(found: Any) -> str | None:
    return str(found[0])[:SHOWN] if isinstance(found, list) and found else None


def _cut(text: Any) -> str | None:
    return None if not text else str(text)[:SHOWN]


def worst(issues: tuple[Issue, ...]) -> Issue | None:
    """The issue that decides."""
    return min(issues, key=lambda i: RANK.get(i.severity, 1), default=None)
