"""An answer read: status first, then, on a 4xx, the worst issue refines it (docs/queue.md, "Reading an answer")."""

import re
from collections.abc import Mapping

from fhirdesk.answer import Answer, Delivery, Reading, Request, Verdict
from fhirdesk.remote.issues import worst
from fhirdesk.resource import is_id, version_id

V = Verdict
DELIVERY: Mapping[Delivery, Verdict] = {
    Delivery.NOT_SENT: V.NOT_SENT,
    Delivery.NOT_TRUSTED: V.NOT_TRUSTED,
    Delivery.LOST: V.UNKNOWN,
}
STATUS: Mapping[int, Verdict] = {
    202: V.UNKNOWN, 304: V.UNKNOWN, 400: V.REJECTED, 401: V.SIGN_IN, 402: V.PERMISSION, 403: V.PERMISSION,
    405: V.UNSUPPORTED, 406: V.UNSUPPORTED, 408: V.UNKNOWN, 409: V.STALE, 410: V.GONE, 411: V.REJECTED, 412: V.STALE,
    413: V.TOO_LARGE, 414: V.REJECTED, 415: V.REJECTED, 421: V.BUSY, 422: V.REJECTED, 423: V.STALE, 425: V.BUSY,
    428: V.NEEDS_VERSION, 429: V.BUSY, 431: V.REJECTED, 451: V.PERMISSION, 500: V.UNKNOWN, 501: V.UNSUPPORTED,
    502: V.UNKNOWN, 503: V.UNKNOWN, 504: V.UNKNOWN, 507: V.BUSY, 511: V.NOT_FHIR,
}  # fmt: skip
NOT_FOUND: Mapping[str, Verdict] = {"POST": V.WRONG_PLACE, "PUT": V.NOT_THERE, "DELETE": V.DONE}
ISSUE: Mapping[str, Verdict] = {
    "security": V.PERMISSION, "forbidden": V.PERMISSION, "suppressed": V.PERMISSION,
    "login": V.SIGN_IN, "unknown": V.SIGN_IN, "expired": V.SIGN_IN,
    "duplicate": V.DUPLICATE, "multiple-matches": V.DUPLICATE, "deleted": V.GONE,
    "transient": V.BACKOFF, "lock-error": V.LOCKED, "no-store": V.BACKOFF, "exception": V.BACKOFF,
    "timeout": V.BACKOFF, "incomplete": V.BACKOFF, "throttled": V.BUSY,
}  # fmt: skip
REFINED = frozenset({V.REJECTED, V.STALE})  # a status that says more by itself is not refined
LOCATION = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/([A-Za-z0-9.-]{1,64}))?$")


def read_answer(request: Request, answer: Answer) -> Reading:
    """The verdict, and for a yes its proof."""
    issue = worst(answer.issues)
    if answer.delivery is not Delivery.ANSWERED or answer.status is None:
        return Reading(DELIVERY.get(answer.delivery, V.UNKNOWN), answer, issue=issue)
    if 200 <= answer.status < 300 and answer.status != 202:
        return _success(request, answer)
    return Reading(_verdict(request, answer, issue.code if issue else None), answer, issue=issue)


def _verdict(request: Request, answer: Answer, code: str | None) -> Verdict:
    status = answer.status or 0
    if 300 <= status < 400 and status != 304:
        return V.MOVED
    if status == 404:
        return NOT_FOUND.get(request.method, V.UNKNOWN)
    if status == 410 and request.method == "DELETE":
        return V.DONE
    if status == 412 and request.if_none_exist:
        return V.DUPLICATE
    if status == 409 and request.if_none_exist and request.method == "POST":
        return V.LOCKED  # equal conditional creates at once: the next try finds the one
    if status == 503 and answer.retry_after is not None:
        return V.BUSY
    verdict = STATUS.get(status, V.REJECTED if 400 <= status < 500 else V.UNKNOWN)
    return ISSUE.get(code or "", verdict) if verdict in REFINED else verdict


def _success(request: Request, answer: Answer) -> Reading:
    resource, kind = answer.body, request.path.split("/")[0]
    if request.method == "DELETE":
        return Reading(V.DONE, answer)
    if answer.content_type and "html" in answer.content_type and not answer.location:
        return Reading(V.NOT_FHIR, answer)
    found = resource.get("resourceType") if resource else None
    located = _located(request, answer, kind)
    if resource is not None and found not in (kind, "OperationOutcome"):
        return Reading(V.NOT_FHIR, answer)
    id_, version = located
    mine = resource if resource is not None and found == kind else None
    if mine is not None:
        id_, version = id_ or _id(mine.get("id")), version or version_id(mine)
    if request.method == "PUT" and id_ is None:
        id_ = request.path.split("/")[1]
    if id_ is None:
        return Reading(V.UNKNOWN, answer)
    return Reading(V.DONE, answer, id_, _etag(answer.etag) or version, mine)


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and is_id(value) else None


def _located(request: Request, answer: Answer, kind: str) -> tuple[str | None, str | None]:
    """(id, version) of the Location, if it is of the type that was asked for."""
    found = LOCATION.search(answer.location or "")
    return (found[2], found[3]) if found and found[1] == kind else (None, None)


def _etag(etag: str | None) -> str | None:
    """The version id of an ETag, with or without W/ and quotes (HAPI's Bundles say `1`)."""
    return etag.removeprefix("W/").strip('"') or None if etag else None
