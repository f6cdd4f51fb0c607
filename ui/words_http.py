"""Requests and responses as text for a person."""

import json
import shlex
from collections.abc import Sequence

from fhirdesk.core.queue_entry import Attempt, Phase
from fhirdesk.core.resource import Issue
from fhirdesk.core.views import PreviewView
from fhirdesk.i18n.translation import N_, _, fill
from ui import words

STATUSES = {
    400: N_("The server found something wrong in it."),
    401: N_("The server wants a sign-in."),
    403: N_("The server does not allow it."),
    404: N_("The server does not find it."),
    408: N_("The server gave up waiting."),
    409: N_("It was changed on the server meanwhile."),
    410: N_("It was deleted on the server."),
    412: N_("It was changed on the server meanwhile."),
    413: N_("It is too large for the server."),
    422: N_("The server understood it and refused it."),
    428: N_("The server wants to know which version is changed."),
    429: N_("The server is busy."),
    503: N_("The server is away or busy."),
}
CLASSES = {
    2: N_("The server did it."),
    3: N_("The server points to another address."),
    4: N_("The server refused it."),
    5: N_("The server had trouble: it may have been saved, or not."),
}
ISSUES = {
    "invalid": N_("the content is not valid"),
    "structure": N_("it is not built as the server expects"),
    "required": N_("something required is missing"),
    "value": N_("a value is not acceptable"),
    "invariant": N_("a rule is broken"),
    "security": N_("no right to do this"),
    "login": N_("a sign-in is needed"),
    "unknown": N_("the sign-in is not known"),
    "expired": N_("the sign-in has expired"),
    "forbidden": N_("not allowed"),
    "suppressed": N_("not shown to this account"),
    "processing": N_("it could not be processed"),
    "not-supported": N_("the server does not support this"),
    "duplicate": N_("it is there already"),
    "multiple-matches": N_("several on the server match"),
    "not-found": N_("something it points at is not there"),
    "deleted": N_("it was deleted"),
    "too-long": N_("it is too long"),
    "code-invalid": N_("a code is not known"),
    "extension": N_("an extension is not accepted"),
    "too-costly": N_("it costs the server too much"),
    "business-rule": N_("a rule of the hospital forbids it"),
    "conflict": N_("it was changed meanwhile"),
    "transient": N_("a passing trouble"),
    "lock-error": N_("somebody else is writing it"),
    "no-store": N_("the server cannot store now"),
    "exception": N_("an error inside the server"),
    "timeout": N_("the server took too long"),
    "incomplete": N_("the answer is not complete"),
    "throttled": N_("too many requests"),
    "informational": N_("a remark"),
}
FAILURES = {  # what the HTTP client calls an exchange that came to no answer
    "why_offline": N_("no connection"),
    "why_not_trusted": N_("the server is not trusted"),
    "ReadTimeout": N_("no answer in time"),
    "WriteTimeout": N_("no answer in time"),
    "TimeoutError": N_("no answer in time"),
    "ReadError": N_("the connection broke"),
    "WriteError": N_("the connection broke"),
    "RemoteProtocolError": N_("the connection broke"),
}
CODES = ISSUES | FAILURES
SEVERITIES = {  # as the preview calls them
    "fatal": N_("fatal"),
    "error": N_("error"),
    "warning": N_("warning"),
    "information": N_("note"),
}


def describe_status(status: int | None) -> str:
    """A sentence that explains an HTTP status; empty where there is none."""
    if status is None:
        return ""
    text = STATUSES.get(status) or CLASSES.get(status // 100, "")
    return _(text) if text else ""


def describe_code(code: str | None) -> str:
    """What an issue's code means; an unknown code is returned as it is."""
    if not code:
        return "—"
    return _(CODES[code]) if code in CODES else code


def format_answer(attempt: Attempt) -> str:
    """The response of an attempt: explained first, then as the server gave it."""
    lines = []
    if attempt.status:
        lines.append(f"HTTP {attempt.status}  {describe_status(attempt.status)}")
    elif attempt.phase in (Phase.LOST, Phase.INTERRUPTED):
        lines.append(_("No whole answer came: we look on the server before anything is sent again."))
    elif attempt.phase is Phase.NOT_SENT:
        lines.append(_("No connection: nothing of it was sent."))
    if attempt.issue and not attempt.issues:
        lines.append(_describe_issue(attempt.issue))
    if attempt.request_id:
        lines.append(fill(_("Request {id}"), id=attempt.request_id))
    return "\n\n".join(["\n".join(lines), *map(format_issue, attempt.issues)])


def format_issue(issue: Issue) -> str:
    """One issue of an OperationOutcome: severity, code, place, and the server's own text."""
    grave = _(SEVERITIES.get(issue.severity, issue.severity))
    said = indent_json(issue.text).replace(" | ", "\n")  # what is meant for people, then the diagnostics
    rest = (issue.expression, issue.details, said)
    return "\n".join([f"{grave} · {_describe_issue(issue.code)}", *(f"    {line}" for line in _split_lines(rest))])


def _split_lines(texts: Sequence[str | None]) -> list[str]:
    return [line for text in texts if text for line in text.split("\n")]


def _describe_issue(code: str) -> str:
    return f"{code}: {_(CODES[code])}" if code in CODES else code


def indent_json(text: str | None) -> str:
    """JSON text indented; any other text as it is."""
    if not text:
        return ""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def format_attempt(attempt: Attempt) -> str:
    """The request of an attempt as it was sent, without its body: method, path and headers."""
    request = attempt.request
    if not request:
        return ""
    lines = [f"{request.get('method', '')} {request.get('path', '')}"]
    for name in ("if_match", "if_none_exist"):
        if request.get(name):
            lines.append(f"{name.replace('_', '-').title()}: {request[name]}")
    return "\n".join(lines)


def format_exchange(view: PreviewView) -> str:
    """The request of a preview, and below it what the server answered to the last attempt."""
    request, attempt = format_request(view), view.attempt
    if attempt is None:
        return request
    when = words.format_moment(attempt.at)
    head = fill(_("Last attempt, {when}"), when=when)
    return "\n\n".join(filter(None, (f"{head}\n{format_answer(attempt)}", request)))


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
