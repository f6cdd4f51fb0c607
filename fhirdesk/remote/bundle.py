"""Many interactions in one request: batch and transaction (https://hl7.org/fhir/R4/http.html#transaction)."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from fhirdesk.core.exchange import Delivery, Request, Response
from fhirdesk.core.resource import identifiers, listed
from fhirdesk.r4 import json
from fhirdesk.remote.issues import issues_of

STATUS = re.compile("[1-5][0-9][0-9]")
ASKS_TO_WAIT = (429, 503)  # of an entry: it waits as long as the headers around the Bundle say
MISMATCH = "answer_mismatch"  # the server answered, and not as a Bundle is answered


def bundle_of(requests: Sequence[Request], kind: str) -> dict[str, Any]:
    """Return the Bundle to post at the server's base, one entry for each request."""
    new = f"urn:uuid:{uuid.uuid4()}"[:-12]  # the last twelve digits count
    entries = [_build_entry(r, f"{new}{n:012x}") for n, r in enumerate(requests)]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def _build_entry(request: Request, new: str) -> dict[str, Any]:
    """Return the entry of a request; `new` is the fullUrl of a resource that has no id yet."""
    inner: dict[str, Any] = {"method": request.method, "url": request.path}
    if request.if_none_exist:
        inner["ifNoneExist"] = request.if_none_exist
    if request.if_match:
        inner["ifMatch"] = f'W/"{request.if_match}"'
    if request.creates:
        inner["ifNoneMatch"] = "*"
    entry: dict[str, Any] = {"request": inner}
    if request.method == "POST":
        entry = {"fullUrl": request.full_url or new} | entry
    if request.body is not None:
        entry["resource"] = json.raw(request.written) if request.written else request.body
    return entry


def answers_of(requests: Sequence[Request], whole: Response) -> tuple[Response, ...]:
    """Return one response for each request, by position; () when the Bundle was refused or not answered. A 2xx whose
    body is not a Bundle of as many entries proves nothing: each response is lost."""
    if whole.not_fhir or whole.status == 202 or not 200 <= (whole.status or 0) < 300:
        return ()
    body = whole.body or {}
    entries = listed(body.get("entry")) if body.get("resourceType") == "Bundle" else []
    if len(entries) != len(requests):
        return tuple(_lost_response(whole) for _ in requests)
    return tuple(_read_entry(r, e, whole) for r, e in zip(requests, entries, strict=True))


def _read_entry(request: Request, entry: Any, whole: Response) -> Response:
    response = _object(entry.get("response")) if isinstance(entry, Mapping) else None
    if response is None or not STATUS.match(str(response.get("status"))):
        return _lost_response(whole)
    status = int(str(response["status"])[:3])
    resource, outcome = entry.get("resource"), response.get("outcome")
    if not (resource is None or isinstance(resource, Mapping)) or not _is_about(request, resource):
        return _lost_response(whole)
    return Response(
        Delivery.ANSWERED,
        status,
        _object(outcome) if resource is None else resource,
        location=_text(response.get("location")),
        etag=_text(response.get("etag")),
        retry_after=whole.retry_after if status in ASKS_TO_WAIT else None,
        request_id=whole.request_id,
        ms=whole.ms,
        issues=issues_of(outcome or (resource if status >= 400 else None)),
    )


def _object(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _is_about(request: Request, resource: Mapping[str, Any] | None) -> bool:
    """Return whether a resource answers this request: type and identifier must match. The answer to another entry would
    give one patient the id of another."""
    if resource is None or resource.get("resourceType") == "OperationOutcome":
        return True
    sent = request.body or {}
    if resource.get("resourceType") != request.path.split("/")[0]:
        return False
    ours = [(i.get("system"), i.get("value")) for i in identifiers(sent)]
    theirs = [(i.get("system"), i.get("value")) for i in identifiers(resource)]
    return not ours or not theirs or ours[0] in theirs


def _lost_response(whole: Response) -> Response:
    return Response(Delivery.LOST, request_id=whole.request_id, ms=whole.ms, error_code=MISMATCH, unread=True)
