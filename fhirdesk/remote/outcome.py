"""Classifies a response by its status; on a 4xx the worst issue refines it (docs/queue.md, "Reading an answer")."""

import re
from collections.abc import Mapping

from fhirdesk.core.exchange import Classified, Delivery, Request, Response, Verdict
from fhirdesk.core.resource import Issue, is_id, version_id
from fhirdesk.remote.issues import worst

V = Verdict
DELIVERY: Mapping[Delivery, Verdict] = {
    Delivery.NOT_SENT: V.NOT_SENT,
    Delivery.NOT_TRUSTED: V.NOT_TRUSTED,
    Delivery.LOST: V.UNKNOWN,
}
STATUS: Mapping[int, Verdict] = {
    202: V.DEFERRED, 304: V.UNKNOWN, 400: V.REJECTED, 401: V.SIGN_IN, 402: V.PERMISSION, 403: V.PERMISSION,
    405: V.UNSUPPORTED, 406: V.UNSUPPORTED, 408: V.UNKNOWN, 409: V.STALE, 410: V.GONE, 411: V.REJECTED, 412: V.STALE,
    413: V.TOO_LARGE, 414: V.REJECTED, 415: V.REJECTED, 421: V.BUSY, 422: V.REJECTED, 423: V.STALE, 425: V.BUSY,
    428: V.NEEDS_VERSION, 429: V.BUSY, 431: V.REJECTED, 451: V.PERMISSION, 500: V.SERVER_ERROR, 501: V.UNSUPPORTED,
    502: V.SERVER_ERROR, 503: V.SERVER_ERROR, 504: V.SERVER_ERROR, 507: V.BUSY, 511: V.NOT_FHIR,
}  # fmt: skip
NOT_FOUND: Mapping[str, Verdict] = {"create": V.WRONG_PLACE, "update": V.NOT_THERE, "delete": V.DONE}
# The worst error issue refines what a status leaves open. A status that says more by itself is not refined.
REFINED = frozenset({400, 409, 412, 415, 422, 423})
PERMANENT = (
    "invalid", "structure", "required", "value", "invariant", "code-invalid", "extension", "too-long",
    "not-supported", "business-rule",
)  # fmt: skip
ISSUE: Mapping[str, Verdict] = {
    **dict.fromkeys(PERMANENT, V.REJECTED),
    "security": V.PERMISSION, "forbidden": V.PERMISSION, "suppressed": V.PERMISSION,
    "login": V.SIGN_IN, "unknown": V.SIGN_IN, "expired": V.SIGN_IN,
    "duplicate": V.DUPLICATE, "multiple-matches": V.DUPLICATE, "conflict": V.STALE, "deleted": V.GONE,
    "not-found": V.MISSING_REFERENCE,
    "transient": V.BACKOFF, "lock-error": V.LOCKED, "no-store": V.BACKOFF, "exception": V.BACKOFF,
    "timeout": V.BACKOFF, "incomplete": V.BACKOFF, "throttled": V.BUSY,
}  # fmt: skip
# Some servers say it in their free text alone: HAPI names an absent and a deleted target of a reference by number.
TEXT: Mapping[str, Verdict] = {"HAPI-1094": V.MISSING_REFERENCE, "HAPI-1096": V.MISSING_REFERENCE}
DONE_FOR_A_DELETE = frozenset({V.GONE, V.MISSING_REFERENCE, V.NOT_THERE})  # what a delete asked for
ERRORS = frozenset({"fatal", "error"})
CONDITIONAL: Mapping[int, Verdict] = {
    409: V.LOCKED,  # equal conditional creates at once: the next try finds the one
    412: V.DUPLICATE,
}
NO_SCOPE = "why_scope"
LOCATION = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/([A-Za-z0-9.-]{1,64}))?$")


def classify(request: Request, answer: Response) -> Classified:
    """Return the verdict on a response; for a success with what proves it: id, version, resource."""
    issue = worst(answer.issues)
    if answer.delivery is not Delivery.ANSWERED or answer.status is None:
        return Classified(DELIVERY.get(answer.delivery, V.UNKNOWN), answer, issue=issue)
    if 200 <= answer.status < 300 and answer.status != 202:
        return _classify_success(request, answer)
    return Classified(_classify_refusal(request, answer, issue), answer, issue=issue)


def _classify_refusal(request: Request, answer: Response, issue: Issue | None) -> Verdict:
    status = answer.status or 0
    if answer.not_fhir and request.method == "DELETE" and status in (404, 410):
        return V.NOT_FHIR
    conditional = CONDITIONAL.get(status) if request.if_none_exist else None
    verdict = conditional or _refine(_classify_status(request, answer), status, issue)
    return V.DONE if request.method == "DELETE" and verdict in DONE_FOR_A_DELETE else verdict


def scope_missing(answer: Response) -> bool:
    """Return whether a 401 is about what the token may do, and not about the token: the body says so, or two fresh
    tokens were refused."""
    is_forbidden = any(issue.code == "forbidden" for issue in answer.issues)
    return answer.status == 401 and (is_forbidden or answer.error_code == NO_SCOPE)


def _classify_status(request: Request, answer: Response) -> Verdict:
    status = answer.status or 0
    if scope_missing(answer):
        return V.PERMISSION
    if 300 <= status < 400 and status != 304:
        return V.MOVED
    if status == 404:
        return NOT_FOUND.get(request.interaction, V.UNKNOWN)
    if status == 503 and answer.retry_after is not None:
        return V.BUSY
    if status >= 500:
        return STATUS.get(status, V.SERVER_ERROR)
    return STATUS.get(status, V.REJECTED if status >= 400 else V.UNKNOWN)


def _refine(verdict: Verdict, status: int, issue: Issue | None) -> Verdict:
    if status not in REFINED or issue is None or issue.severity not in ERRORS:
        return verdict
    from_text = next((v for number, v in TEXT.items() if number in (issue.text or "")), None)
    return from_text or ISSUE.get(issue.code, verdict)


def _classify_success(request: Request, answer: Response) -> Classified:
    """Return DONE with its proof, UNPROVED without one, and NOT_FHIR for a body of a type that was not asked for."""
    kind = request.path.split("/")[0]
    id_, version = _read_location(answer, kind)
    id_ = id_ or _read_row_id(request, answer)
    version = etag_version(answer.etag) or version  # some proxies change it: what the resource says comes first
    if _is_not_fhir(request, answer, kind, bool(id_ or version)):
        return Classified(V.NOT_FHIR, answer)
    if request.method == "DELETE":
        return Classified(V.DONE, answer)
    mine = answer.body if answer.body and answer.body.get("resourceType") == kind else None
    if mine is not None:
        version = version_id(mine) or version
    named = {i for i in (id_, _read_id(mine.get("id")) if mine else None) if i}
    if request.method == "PUT":
        named.add(request.path.split("/")[1])
    if len(named) != 1:  # none, or that of another
        return Classified(V.UNPROVED, answer, resource=mine)
    id_ = named.pop()
    return Classified(V.DONE, answer, id_, version, mine)


def _is_not_fhir(request: Request, answer: Response, kind: str, proof: bool) -> bool:
    """Return whether the body is a page for people or a resource of another type. An OperationOutcome is neither, if it
    comes with a proof or answers a delete."""
    if answer.not_fhir or (answer.status != 204 and "html" in (answer.content_type or "") and not proof):
        return True
    if answer.body is None or answer.body.get("resourceType") == kind or _read_row_id(request, answer):
        return False
    outcome = answer.body.get("resourceType") == "OperationOutcome"
    return not (outcome and (proof or request.method == "DELETE"))


def _read_row_id(request: Request, answer: Response) -> str | None:
    """Return the id in OpenEMR's answer to a create, which is a row and no resource: `{"pid": 1, "uuid": "…"}`."""
    body = answer.body or {}
    return _read_id(body.get("uuid")) if request.method == "POST" and "resourceType" not in body else None


def _read_id(value: object) -> str | None:
    return value if isinstance(value, str) and is_id(value) else None


def _read_location(answer: Response, kind: str) -> tuple[str | None, str | None]:
    """Return (id, version) of the Location, if it is of the type that was asked for."""
    parts = LOCATION.search(answer.location or "")
    return (parts[2], parts[3]) if parts and parts[1] == kind else (None, None)


def etag_version(etag: str | None) -> str | None:
    """Return the version id of an ETag, with or without W/ and quotes (HAPI's Bundles say `1`)."""
    return etag.removeprefix("W/").strip('"') or None if etag else None
