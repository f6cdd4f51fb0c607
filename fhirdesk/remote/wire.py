"""The headers of a request, and a reply read as a Response."""

import email.utils
import re
from collections.abc import Mapping
from typing import Any

from fhirdesk.core.address import origin, resolve_origin
from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.exchange import Delivery, Request, Response
from fhirdesk.r4 import json
from fhirdesk.remote.connections import Reply
from fhirdesk.remote.issues import issues_of

FHIR_JSON = "application/fhir+json"
MAX_PAUSE = 3600.0
SECONDS = re.compile(r"\s*[0-9]+\s*", re.ASCII)
RATE = {
    "left": re.compile(r"\b(?:r|remaining)=([0-9]{1,9})\b", re.ASCII),
    "resets": re.compile(r"\b(?:t|reset)=([0-9]{1,9})\b", re.ASCII),
}  # https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
MAX_TEXT_BYTES = 4096  # bytes of an answer in plain text that are looked at


def headers(request: Request, token: str | None, request_id: str) -> dict[str, str]:
    """Return the headers of a request."""
    values = {"Accept": FHIR_JSON, "X-Request-Id": request_id, "Accept-Encoding": "gzip"}
    if request.body is not None:
        values |= {"Content-Type": FHIR_JSON, "Prefer": "return=representation"}
    if request.if_match:
        values["If-Match"] = f'W/"{request.if_match}"'
    if request.creates:
        values["If-None-Match"] = "*"  # one that comes late meets the one that was made meanwhile (RFC 9110 13.1.2)
    if request.if_none_exist:
        values["If-None-Exist"] = request.if_none_exist
    if request.no_cache:
        values["Cache-Control"] = "no-cache"
    if token:
        values["Authorization"] = f"Bearer {token}"
    return values


def answer(reply: Reply, now: float) -> Response:
    """Read a reply as a Response. Raises InvalidDocument for a 2xx whose JSON cannot be read."""
    header = reply.headers.get
    kind = header("content-type", "")
    body: Any = None
    has_body = bool(reply.data) and not reply.data.isspace()
    if has_body and "html" not in kind:
        try:
            body = json.loads_limited(reply.data)
        except InvalidDocument:
            if reply.status < 300:
                raise
            body = reply.data[:MAX_TEXT_BYTES].decode("utf-8", "replace")
    page = "html" in kind and has_body
    return Response(
        Delivery.ANSWERED,
        reply.status,
        body if isinstance(body, dict) else None,
        content_type=kind or None,
        location=None if page else _trust_location(header("location") or header("content-location"), reply.url),
        etag=None if page else header("etag"),  # of the page
        retry_after=_read_pause(reply, now),
        last_modified=header("last-modified"),
        request_id=header("x-request-id"),
        issues=issues_of(body),
        error_params=_describe_redirect(reply),
        not_fhir=page,
    )


def _describe_redirect(reply: Reply) -> Mapping[str, str]:
    """Return from which server to which a redirect leads, without the path, which may name a patient; else nothing."""
    if not 300 <= reply.status < 400 or "location" not in reply.headers:
        return {}
    target = resolve_origin(reply.url, reply.headers["location"])
    return {"host": str(origin(reply.url) or "?"), "to": str(target or "?")}


def _trust_location(location: str | None, url: str) -> str | None:
    """Return the Location if it is at the same origin; the server cannot speak for another one."""
    return location if location and resolve_origin(url, location) == origin(url) else None


def _read_pause(reply: Reply, now: float) -> float | None:
    """Return the seconds to wait that Retry-After gives; without it, those of RateLimit on a 429, or on a 200, which
    may be a Bundle with a 429 inside."""
    header = reply.headers.get
    waits = header("retry-after")
    if waits:
        return retry_after(waits, _served_at(header("date"), now))
    return rate_limit(header("ratelimit", "")) if reply.status in (200, 429) else None


def rate_limit(value: str) -> float | None:
    """Return the seconds until a quota that is used up is renewed, else None. Both notations are read: the newer
    (`r=0;t=56`) and the older (`remaining=0, reset=56`)."""
    left, resets = (RATE[name].findall(value) for name in ("left", "resets"))
    if not resets or (left and "0" not in left):
        return None
    return min(max(map(float, resets)), MAX_PAUSE)


def _served_at(date: str | None, now: float) -> float:
    """Return the server's own time of its response, or ours if it gives none."""
    at = parse_date(date or "")
    return now if at is None else at


def retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds to wait, from seconds or an HTTP-date, at most one hour; None if the value is neither."""
    if not value:
        return None
    if SECONDS.fullmatch(value):
        return min(float(value), MAX_PAUSE)
    at = parse_date(value)
    return None if at is None else min(max(at - now, 0.0), MAX_PAUSE)


def parse_date(date: str) -> float | None:
    """Return the time of an HTTP-date, or None if it is not one."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, TypeError, LookupError, OSError):  # whatever the library stumbles over
        return None
