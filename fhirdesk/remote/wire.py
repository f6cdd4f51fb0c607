"""What a request says beside its body, and what came back as an Answer."""

import email.utils
import re
from collections.abc import Mapping
from typing import Any

from fhirdesk.core.address import led_to, origin
from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.exchange import Delivery, Request, Response
from fhirdesk.r4 import json
from fhirdesk.remote.connections import Reply
from fhirdesk.remote.issues import issues_of

FHIR_JSON = "application/fhir+json"
LONGEST_PAUSE = 3600.0
SECONDS = re.compile(r"\s*[0-9]+\s*", re.ASCII)
RATE = {
    "left": re.compile(r"\b(?:r|remaining)=([0-9]{1,9})\b", re.ASCII),
    "resets": re.compile(r"\b(?:t|reset)=([0-9]{1,9})\b", re.ASCII),
}  # https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
MOST_TEXT = 4096  # bytes of an answer in plain text that are looked at


def headers(request: Request, token: str | None, request_id: str) -> dict[str, str]:
    """What a request says beside its body."""
    said = {"Accept": FHIR_JSON, "X-Request-Id": request_id, "Accept-Encoding": "gzip"}
    if request.body is not None:
        said |= {"Content-Type": FHIR_JSON, "Prefer": "return=representation"}
    if request.if_match:
        said["If-Match"] = f'W/"{request.if_match}"'
    if request.creates:
        said["If-None-Match"] = "*"  # one that comes late meets the one that was made meanwhile (RFC 9110 13.1.2)
    if request.if_none_exist:
        said["If-None-Exist"] = request.if_none_exist
    if request.no_cache:
        said["Cache-Control"] = "no-cache"
    if token:
        said["Authorization"] = f"Bearer {token}"
    return said


def answer(reply: Reply, now: float) -> Response:
    """A whole answer. Raises InvalidDocument when it says yes in JSON that cannot be read."""
    told = reply.headers.get
    kind = told("content-type", "")
    body: Any = None
    said = bool(reply.data) and not reply.data.isspace()
    if said and "html" not in kind:
        try:
            body = json.loads_limited(reply.data)
        except InvalidDocument:
            if reply.status < 300:
                raise
            body = reply.data[:MOST_TEXT].decode("utf-8", "replace")
    page = "html" in kind and said
    return Response(
        Delivery.ANSWERED,
        reply.status,
        body if isinstance(body, dict) else None,
        content_type=kind or None,
        location=None if page else _own(told("location") or told("content-location"), reply.url),
        etag=None if page else told("etag"),  # of the page
        retry_after=_pause(reply, now),
        last_modified=told("last-modified"),
        request_id=told("x-request-id"),
        issues=issues_of(body),
        error_params=_moved(reply),
        not_fhir=page,
    )


def _moved(reply: Reply) -> Mapping[str, str]:
    """Of a redirect: from which server to which, without the path, which may name a patient."""
    if not 300 <= reply.status < 400 or "location" not in reply.headers:
        return {}
    there = led_to(reply.url, reply.headers["location"])
    return {"host": str(origin(reply.url) or "?"), "to": str(there or "?")}


def _own(location: str | None, url: str) -> str | None:
    """A Location at another origin is not believed."""
    return location if location and led_to(url, location) == origin(url) else None


def _pause(reply: Reply, now: float) -> float | None:
    """Seconds to wait, as Retry-After says it; where it does not, as RateLimit does to what was too much, or to a
    Bundle in which something may have been."""
    told = reply.headers.get
    waits = told("retry-after")
    if waits:
        return retry_after(waits, _served_at(told("date"), now))
    return rate_limit(told("ratelimit", "")) if reply.status in (200, 429) else None


def rate_limit(value: str) -> float | None:
    """Seconds until more is allowed, of a quota that is used up; in the newer writing (`r=0;t=56`) or the older
    (`remaining=0, reset=56`)."""
    left, resets = (RATE[name].findall(value) for name in ("left", "resets"))
    if not resets or (left and "0" not in left):
        return None
    return min(max(map(float, resets)), LONGEST_PAUSE)


def _served_at(date: str | None, now: float) -> float:
    """The server's own time of its answer; ours where it does not say."""
    at = _time(date or "")
    return now if at is None else at


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait, from seconds or an HTTP-date, clipped to one hour; nonsense is None."""
    if not value:
        return None
    if SECONDS.fullmatch(value):
        return min(float(value), LONGEST_PAUSE)
    at = _time(value)
    return None if at is None else min(max(at - now, 0.0), LONGEST_PAUSE)


def _time(date: str) -> float | None:
    """An HTTP-date; None: it is none."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, TypeError, LookupError, OSError):  # whatever the library stumbles over
        return None
