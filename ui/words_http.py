"""Requests and responses as text for a person."""

import json
import shlex
from collections.abc import Sequence

from fhirdesk.core.queue_entry import Attempt, Phase
from fhirdesk.core.resource import Issue
from fhirdesk.core.views import PreviewView
from ui.language import mark, translate

STATUSES = {
    400: mark("Http", "The server found something wrong in it."),
    401: mark("Http", "The server wants a sign-in."),
    403: mark("Http", "The server does not allow it."),
    404: mark("Http", "The server does not find it."),
    408: mark("Http", "The server gave up waiting."),
    409: mark("Http", "It was changed on the server meanwhile."),
    410: mark("Http", "It was deleted on the server."),
    412: mark("Http", "It was changed on the server meanwhile."),
    413: mark("Http", "It is too large for the server."),
    422: mark("Http", "The server understood it and refused it."),
    428: mark("Http", "The server wants to know which version is changed."),
    429: mark("Http", "The server is busy."),
    503: mark("Http", "The server is away or busy."),
}
CLASSES = {
    2: mark("Http", "The server did it."),
    3: mark("Http", "The server points to another address."),
    4: mark("Http", "The server refused it."),
    5: mark("Http", "The server had trouble: it may have been saved, or not."),
}
ISSUES = {
    "invalid": mark("Issues", "the content is not valid"),
    "structure": mark("Issues", "it is not built as the server expects"),
    "required": mark("Issues", "something required is missing"),
    "value": mark("Issues", "a value is not acceptable"),
    "invariant": mark("Issues", "a rule is broken"),
    "security": mark("Issues", "no right to do this"),
    "login": mark("Issues", "a sign-in is needed"),
    "unknown": mark("Issues", "the sign-in is not known"),
    "expired": mark("Issues", "the sign-in has expired"),
    "forbidden": mark("Issues", "not allowed"),
    "suppressed": mark("Issues", "not shown to this account"),
    "processing": mark("Issues", "it could not be processed"),
    "not-supported": mark("Issues", "the server does not support this"),
    "duplicate": mark("Issues", "it is there already"),
    "multiple-matches": mark("Issues", "several on the server match"),
    "not-found": mark("Issues", "something it points at is not there"),
    "deleted": mark("Issues", "it was deleted"),
    "too-long": mark("Issues", "it is too long"),
    "code-invalid": mark("Issues", "a code is not known"),
    "extension": mark("Issues", "an extension is not accepted"),
    "too-costly": mark("Issues", "it costs the server too much"),
    "business-rule": mark("Issues", "a rule of the hospital forbids it"),
    "conflict": mark("Issues", "it was changed meanwhile"),
    "transient": mark("Issues", "a passing trouble"),
    "lock-error": mark("Issues", "somebody else is writing it"),
    "no-store": mark("Issues", "the server cannot store now"),
    "exception": mark("Issues", "an error inside the server"),
    "timeout": mark("Issues", "the server took too long"),
    "incomplete": mark("Issues", "the answer is not complete"),
    "throttled": mark("Issues", "too many requests"),
    "informational": mark("Issues", "a remark"),
}
FAILURES = {  # what the HTTP client calls an exchange that came to no answer
    "why_offline": mark("Issues", "no connection"),
    "why_not_trusted": mark("Issues", "the server is not trusted"),
    "ReadTimeout": mark("Issues", "no answer in time"),
    "WriteTimeout": mark("Issues", "no answer in time"),
    "TimeoutError": mark("Issues", "no answer in time"),
    "ReadError": mark("Issues", "the connection broke"),
    "WriteError": mark("Issues", "the connection broke"),
    "RemoteProtocolError": mark("Issues", "the connection broke"),
}
CODES = ISSUES | FAILURES
SEVERITIES = {  # as the preview calls them
    "fatal": mark("Severities", "fatal"),
    "error": mark("Severities", "error"),
    "warning": mark("Severities", "warning"),
    "information": mark("Severities", "note"),
}


def describe_status(status: int | None) -> str:
    """A sentence that explains an HTTP status; empty where there is none."""
    if status is None:
        return ""
    text = STATUSES.get(status) or CLASSES.get(status // 100, "")
    return translate("Http", text) if text else ""


def describe_code(code: str | None) -> str:
    """What an issue's code means; an unknown code is returned as it is."""
    if not code:
        return "—"
    return translate("Issues", CODES[code]) if code in CODES else code


def format_answer(attempt: Attempt) -> str:
    """The response of an attempt: explained first, then as the server gave it."""
    lines = []
    if attempt.status:
        lines.append(f"HTTP {attempt.status}  {describe_status(attempt.status)}")
    elif attempt.phase in (Phase.LOST, Phase.INTERRUPTED):
        lines.append(translate("Http", "No whole answer came: we look on the server before anything is sent again."))
    elif attempt.phase is Phase.NOT_SENT:
        lines.append(translate("Http", "No connection: nothing of it was sent."))
    if attempt.issue and not attempt.issues:
        lines.append(_describe_issue(attempt.issue))
    if attempt.request_id:
        lines.append(translate("Http", "Request {id}").format(id=attempt.request_id))
    return "\n\n".join(["\n".join(lines), *map(format_issue, attempt.issues)])


def format_issue(issue: Issue) -> str:
    """One issue of an OperationOutcome: severity, code, place, and the server's own text."""
    grave = translate("Severities", SEVERITIES.get(issue.severity, issue.severity))
    rest = (issue.expression, issue.details, indent_json(issue.text))
    return "\n".join([f"{grave} · {_describe_issue(issue.code)}", *(f"    {line}" for line in _split_lines(rest))])


def _split_lines(texts: Sequence[str | None]) -> list[str]:
    return [line for text in texts if text for line in text.split("\n")]


def _describe_issue(code: str) -> str:
    return f"{code}: {translate('Issues', CODES[code])}" if code in CODES else code


def indent_json(text: str | None) -> str:
    """JSON text indented; any other text as it is."""
    if not text:
        return ""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def format_attempt(attempt: Attempt) -> str:
    """The request of an attempt: method, path and headers, then the body as it was sent."""
    request = attempt.request
    if not request:
        return ""
    lines = [f"{request.get('method', '')} {request.get('path', '')}"]
    for name in ("if_match", "if_none_exist"):
        if request.get(name):
            lines.append(f"{name.replace('_', '-').title()}: {request[name]}")
    return "\n".join([*lines, "", attempt.body] if attempt.body is not None else lines)


def format_request(view: PreviewView) -> str:
    """The request of a preview: method, address and headers, then the body."""
    request = view.request
    if request is None:
        return ""
    head = "\n".join([f"{request['method']} {request['url']}", *(f"{k}: {v}" for k, v in request["headers"].items())])
    return f"{head}\n\n{view.text}" if request.get("body") is not None else head


def format_curl(view: PreviewView) -> str:
    """The request of a preview as a cURL command."""
    request = view.request or {}
    parts = ["curl", "-X", str(request["method"]), shlex.quote(str(request["url"]))]
    for name, value in request["headers"].items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    if request.get("body") is not None:
        parts += ["--data-binary", shlex.quote(view.text)]
    return " ".join(parts)
