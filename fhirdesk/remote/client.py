"""The FHIR server over HTTP: each request has a total deadline and comes back as an Answer, never as an exception."""

import asyncio
import email.utils
import gzip
import ssl
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2 as httpx

from fhirdesk.answer import Answer, Capabilities, Delivery, Request
from fhirdesk.clock import Clock
from fhirdesk.entry import Reason
from fhirdesk.errors import ConfigurationError, FhirDeskError, InvalidDocument, NotAuthorized, ServerError, Unavailable
from fhirdesk.metrics import Metrics
from fhirdesk.r4 import json
from fhirdesk.remote import bundle
from fhirdesk.remote.auth import Tokens
from fhirdesk.remote.issues import issues_of
from fhirdesk.settings import Profile
from fhirdesk.views import CheckStep

FHIR_JSON = "application/fhir+json"
MOST_BYTES, MOST_BUNDLE_BYTES = 16 * 1024 * 1024, 64 * 1024 * 1024
LONGEST_PAUSE = 3600.0
WORTH_PACKING = 1400  # bytes: less goes in one network packet anyway
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class TooLarge(Exception):
    """The answer is larger than we read."""


class Remote:
    """One server, as one profile uses it."""

    def __init__(
        self,
        profile: Profile,
        *,
        secret: str | None,
        deadline: float,
        bundle_deadline: float,
        clock: Clock,
        metrics: Metrics,
    ):
        self._profile, self._clock, self._metrics = profile, clock, metrics
        self._deadline, self._bundle_deadline = deadline, bundle_deadline
        self.gzip = profile.gzip  # bodies go compressed, until the server does not read one
        self._http = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=min(10.0, deadline)),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            verify=_trust(profile.ca_file) if profile.ca_file else True,
        )
        self._tokens = Tokens(profile, secret, self._http, clock)

    @property
    def deadline(self) -> float:
        """The whole time for one request, seconds."""
        return self._deadline

    @property
    def longest(self) -> float:
        """Seconds after which no request of ours can still be running."""
        return max(self._deadline, self._bundle_deadline)

    @property
    def base(self) -> str:
        """The server's base address. Raises ConfigurationError when none is set."""
        if not self._profile.url:
            raise ConfigurationError("no_server")
        return self._profile.url

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    # -- requests

    async def send(self, request: Request, *, deadline: float | None = None) -> Answer:
        """One interaction; a refused token is renewed once, and a compressed body that is refused goes plain once."""
        limit = deadline or self._deadline
        content = json.dumps(request.body) if request.body is not None else None
        if content is None or not self.gzip or len(content) < WORTH_PACKING:
            return await self._signed(request, content, limit)
        answer = await self._signed(request, gzip.compress(content, 1), limit, packed=True)
        if answer.status not in (400, 415):
            return answer
        answer = await self._signed(request, content, limit)
        self.gzip = answer.status in (400, 415)  # else it was the packing
        return answer

    async def _signed(self, request: Request, content: bytes | None, limit: float, *, packed: bool = False) -> Answer:
        try:
            token = await self._tokens.get()
            answer = await self._exchange(request, content, token, limit, packed)
            if answer.status == 401 and self._tokens.wanted:
                token = await self._tokens.get(not_this=token)
                answer = await self._exchange(request, content, token, limit, packed)
        except NotAuthorized as error:
            return Answer(Delivery.ANSWERED, 401, failure=error.code)
        except Unavailable as error:
            return Answer(Delivery.NOT_SENT, failure=error.code)
        return answer

    async def send_bundle(self, requests: Sequence[Request], *, kind: str) -> tuple[Answer, tuple[Answer, ...]]:
        """Many at once: the whole answer, and one for each request (none when the Bundle was refused whole)."""
        whole = await self.send(Request("POST", "", bundle.bundle_of(requests, kind)), deadline=self._bundle_deadline)
        return whole, bundle.answers_of(requests, whole)

    async def read(self, resource_type: str, logical_id: str) -> Answer:
        """GET one resource."""
        return await self.send(Request("GET", f"{resource_type}/{quote(logical_id, safe='')}", no_cache=True))

    async def find(self, resource_type: str, system: str, key: str) -> Answer:
        """Search by business identifier, past any cache."""
        return await self.send(Request("GET", resource_type, params={"identifier": f"{system}|{key}"}, no_cache=True))

    async def _exchange(
        self, request: Request, content: bytes | None, token: str | None, deadline: float, packed: bool
    ) -> Answer:
        started, request_id = time.perf_counter(), str(uuid.uuid4())
        try:
            async with asyncio.timeout(deadline):
                headers = _headers(request, token, request_id) | ({"Content-Encoding": "gzip"} if packed else {})
                answer = await self._ask(request, content, headers)
        except NOT_SENT as error:
            trusted = not isinstance(error.__cause__, ssl.SSLError) and "CERTIFICATE" not in str(error).upper()
            answer = Answer(
                Delivery.NOT_SENT if trusted else Delivery.NOT_TRUSTED,
                failure="why_offline" if trusted else "why_not_trusted",
            )
        except (httpx.HTTPError, TimeoutError, TooLarge, InvalidDocument, httpx.StreamError) as error:
            answer = Answer(Delivery.LOST, failure=type(error).__name__)
        ms = (time.perf_counter() - started) * 1000
        self._metrics.answered(ms, answer.status)
        return _with(answer, ms=ms, request_id=answer.request_id or request_id)

    async def _ask(self, request: Request, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        url = f"{self.base}/{request.path}" if request.path else self.base
        most = MOST_BUNDLE_BYTES if request.path == "" else MOST_BYTES
        params = dict(request.params) or None
        async with self._http.stream(request.method, url, params=params, content=content, headers=headers) as response:
            data = bytearray()
            async for part in response.aiter_bytes():
                data += part
                if len(data) > most:
                    raise TooLarge
            return _answer(response, bytes(data), self._clock.now())

    # -- what the server is

    async def capabilities(self) -> Capabilities:
        """/metadata, read. Raises Unavailable, NotAuthorized, ServerError."""
        answer = await self.send(Request("GET", "metadata"))
        if answer.delivery is not Delivery.ANSWERED or (answer.status or 0) >= 500 or answer.status in (408, 429):
            raise Unavailable(answer.failure if answer.failure in ("why_offline", "why_not_trusted") else "why_offline")
        if answer.status == 401:
            raise NotAuthorized("why_sign_in")
        if not answer.body or answer.body.get("resourceType") != "CapabilityStatement":
            raise ServerError("why_not_fhir")
        version = str(answer.body.get("fhirVersion", "?"))
        if not version.startswith("4.0"):
            raise ServerError("wrong_fhir_version", version=version)
        return _capabilities(answer.body)

    async def check(self) -> tuple[CheckStep, ...]:
        """The connection, step by step; it ends at the first step that fails."""
        steps: list[CheckStep] = []
        for name, work in (("token", self._tokens.get), ("metadata", self.capabilities)):
            started = time.perf_counter()
            try:
                await work()
                reason, ok = Reason("check_ok"), True
            except FhirDeskError as error:
                reason, ok = Reason(error.code, error.params), False
            steps.append(CheckStep(name, ok, (time.perf_counter() - started) * 1000, reason))
            if not ok:
                break
        return tuple(steps)


def _trust(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(ca_file)
    return context


def _headers(request: Request, token: str | None, request_id: str) -> dict[str, str]:
    headers = {"Accept": FHIR_JSON, "X-Request-Id": request_id, "Accept-Encoding": "gzip"}
    if request.body is not None:
        headers |= {"Content-Type": FHIR_JSON, "Prefer": "return=representation"}
    if request.if_match:
        headers["If-Match"] = f'W/"{request.if_match}"'
    if request.if_none_exist:
        headers["If-None-Exist"] = request.if_none_exist
    if request.no_cache:
        headers["Cache-Control"] = "no-cache"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _answer(response: httpx.Response, data: bytes, now: float) -> Answer:
    kind = response.headers.get("content-type", "")
    body: Any = None
    if data.strip() and "html" not in kind:
        try:
            body = json.loads(data)
        except InvalidDocument:
            if response.status_code < 300:
                raise
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


def _moved(response: httpx.Response) -> Mapping[str, str]:
    """Of a redirect: from which server to which, without the path, which may name a patient."""
    if not 300 <= response.status_code < 400 or "location" not in response.headers:
        return {}
    here, there = response.request.url, response.request.url.join(response.headers["location"])
    return {"host": _origin(str(here)), "to": _origin(str(there))}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


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


def _with(answer: Answer, **changes: Any) -> Answer:
    from dataclasses import replace

    return replace(answer, **changes)


def _capabilities(body: Mapping[str, Any]) -> Capabilities:
    rest: Mapping[str, Any] = next((r for r in body.get("rest") or () if r.get("mode") == "server"), {})
    kinds = [r for r in rest.get("resource") or () if r.get("type")]
    system = {i.get("code") for i in rest.get("interaction") or ()}
    return Capabilities(
        fhir_version=str(body.get("fhirVersion")),
        software=str((body.get("software") or {}).get("name", "")),
        interactions={r["type"]: frozenset(i.get("code") for i in r.get("interaction") or ()) for r in kinds},
        conditional_create=frozenset(r["type"] for r in kinds if r.get("conditionalCreate")),
        update_create=frozenset(r["type"] for r in kinds if r.get("updateCreate")),
        versioned=frozenset(r["type"] for r in kinds if r.get("versioning") != "no-version"),
        batch=bool(system & {"batch", "transaction"}),
        transaction="transaction" in system,
    )
