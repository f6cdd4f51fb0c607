"""Bytes to and from the server: whom we trust, what we say in headers, and how much of an answer we read."""

import email.utils
import ssl
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx

from fhirdesk.answer import Answer, Delivery, Request
from fhirdesk.errors import ConfigurationError, InvalidDocument
from fhirdesk.r4 import json
from fhirdesk.remote.issues import issues_of
from fhirdesk.settings import Profile

FHIR_JSON = "application/fhir+json"
LONGEST_PAUSE = 3600.0
GZIP = 31  # zlib's word for: a gzip header comes first
PLAIN = ("", "identity")


class TooLarge(Exception):
    """The answer is larger than we read."""


class Written:
    """Whether any byte of a request may have left: before that, nothing can have happened at the server."""

    def __init__(self) -> None:
        self.any = False

    async def note(self, event: str, _info: object) -> None:
        """What the HTTP client tells of its steps (its `trace` extension)."""
        if event.endswith("send_request_headers.started"):
            self.any = True


def trust(profile: Profile) -> ssl.SSLContext:
    """The system's authorities, never the environment's, and the profile's own beside them. Raises
    ConfigurationError."""
    context = httpx.create_ssl_context(trust_env=False)
    if profile.ca_file:
        try:
            context.load_verify_locations(profile.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError("ca_file_wrong", path=profile.ca_file) from error
    return context


def client(context: ssl.SSLContext, connect: float) -> httpx.AsyncClient:
    """No redirect is followed, nothing is taken from the environment; deadlines are total, and ours."""
    return httpx.AsyncClient(
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(None, connect=connect),
        limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
        verify=context,
    )


async def read(response: httpx.Response, most: int) -> bytes:
    """The body, unpacked by ourselves: at most `most` bytes, packed or not. Raises TooLarge, InvalidDocument."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in (*PLAIN, "gzip", "x-gzip"):
        raise InvalidDocument("answer_coding", coding=coding)  # we asked for gzip alone
    packed = bytearray()
    async for part in response.aiter_raw():
        packed += part
        if len(packed) > most:
            raise TooLarge
    return bytes(packed) if coding in PLAIN else unpacked(bytes(packed), most)


def unpacked(packed: bytes, most: int) -> bytes:
    """What a gzip body holds, all its members; never more than `most` bytes are unpacked."""
    made = bytearray()
    while packed:
        member = zlib.decompressobj(GZIP)
        try:
            made += member.decompress(packed, most + 1 - len(made))
        except zlib.error as error:
            raise InvalidDocument("answer_coding", coding="gzip") from error
        if len(made) > most:
            raise TooLarge
        if not member.eof:
            raise InvalidDocument("answer_coding", coding="gzip")  # cut off
        packed = member.unused_data
    return bytes(made)


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


def answer(response: httpx.Response, data: bytes, now: float) -> Answer:
    """A whole answer. Raises InvalidDocument when it says yes in JSON that cannot be read."""
    kind = response.headers.get("content-type", "")
    body: Any = None
    if data.strip() and "html" not in kind:
        try:
            body = json.loads(data)
        except InvalidDocument:
            if response.status_code < 300:
                raise
            body = data.decode("utf-8", "replace")
    location = response.headers.get("location") or response.headers.get("content-location")
    return Answer(
        Delivery.ANSWERED,
        response.status_code,
        body if isinstance(body, dict) else None,
        content_type=kind or None,
        location=_own(location, str(response.request.url)),
        etag=response.headers.get("etag"),
        retry_after=retry_after(response.headers.get("retry-after"), _served_at(response, now)),
        last_modified=response.headers.get("last-modified"),
        request_id=response.headers.get("x-request-id"),
        issues=issues_of(body),
        failure_params=_moved(response),
    )


def origin(url: str) -> str:
    """Scheme, host and port: what a token belongs to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _moved(response: httpx.Response) -> Mapping[str, str]:
    """Of a redirect: from which server to which, without the path, which may name a patient."""
    if not 300 <= response.status_code < 400 or "location" not in response.headers:
        return {}
    try:
        there = response.request.url.join(response.headers["location"])
    except httpx.InvalidURL:
        return {"host": origin(str(response.request.url)), "to": "?"}
    return {"host": origin(str(response.request.url)), "to": origin(str(there))}


def _own(location: str | None, url: str) -> str | None:
    """A Location on another host is not believed."""
    if not location or "://" not in location:
        return location
    return location if urlsplit(location).netloc == urlsplit(url).netloc else None


def _served_at(response: httpx.Response, now: float) -> float:
    """The server's own time of its answer; ours where it does not say."""
    try:
        return email.utils.parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return now


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait, from seconds or an HTTP-date, clipped to one hour; nonsense is None."""
    if not value:
        return None
    if value.strip().isdigit():
        return min(float(value), LONGEST_PAUSE)
    try:
        at = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(at - now, 0.0), LONGEST_PAUSE)
