"""Reads what a server says went wrong: OperationOutcome, OAuth JSON, OpenEMR's validationErrors, plain text or nothing.
What an issue's code means is said by `outcome`."""

from collections.abc import Iterator, Mapping
from typing import Any

from fhirdesk.core.resource import Issue

MAX_TEXT = 500  # characters of a server's free text
OAUTH = {"invalid_token": "login", "invalid_client": "login", "insufficient_scope": "forbidden"}  # RFC 6750, 6749
NO_SCOPE = "Unauthorized"  # what OpenEMR says, with 401, of a token that lacks a scope; of a lost token it says more
RANK = {"fatal": 0, "error": 1, "warning": 2, "information": 3}


def issues_of(body: Any) -> tuple[Issue, ...]:
    """Return every issue of an error body, in the order of the document."""
    if isinstance(body, Mapping):
        if body.get("resourceType") == "OperationOutcome":
            return tuple(_read_outcome(body))
        if isinstance(body.get("error"), str):
            code = "forbidden" if body.get("message") == NO_SCOPE else OAUTH.get(body["error"], "processing")
            more = body.get("error_description") or body.get("message") or ""
            return (Issue("error", code, text=_shorten(f"{body['error']}: {more}")),)
        if "validationErrors" in body:
            return (Issue("error", "invalid", text=_shorten(str(body["validationErrors"]))),)
    if isinstance(body, str) and body.strip():
        return (Issue("error", "processing", text=_shorten(body.strip())),)
    return ()


def _read_outcome(body: Mapping[str, Any]) -> Iterator[Issue]:
    for issue in _objects(body.get("issue")):
        details = next(iter(_objects([issue.get("details")])), {})
        coding = next(iter(_objects(details.get("coding"))), {})
        texts = [text for text in (details.get("text"), issue.get("diagnostics")) if text]
        yield Issue(
            str(issue.get("severity", "error")),
            str(issue.get("code", "processing")),
            _first(issue.get("expression")) or _first(issue.get("location")),
            f"{coding.get('system', '')}|{coding['code']}" if coding.get("code") else None,
            _shorten(" | ".join(dict.fromkeys(map(str, texts))) or coding.get("display")),
        )


def _objects(items: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list; a server may send anything, so values of another shape are skipped."""
    return [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []


def _first(items: Any) -> str | None:
    return str(items[0])[:MAX_TEXT] if isinstance(items, list) and items else None


def _shorten(text: Any) -> str | None:
    return None if not text else str(text)[:MAX_TEXT]


def worst(issues: tuple[Issue, ...]) -> Issue | None:
    """Return the most severe issue, the first of several; None without one."""
    return min(issues, key=lambda i: RANK.get(i.severity, 1), default=None)
