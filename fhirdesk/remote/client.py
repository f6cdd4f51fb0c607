"""The FHIR server over HTTP: each request has a total deadline and comes back as a Response, never as an exception."""

import asyncio
import gzip
import logging
import ssl
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import ConfigurationError, InvalidDocument, NotAuthorized, ServerError, Unavailable
from fhirdesk.core.exchange import Capabilities, Delivery, Request, Response
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.resource import token
from fhirdesk.core.settings import Profile
from fhirdesk.r4 import json
from fhirdesk.remote import bundle, certificate, connections, wire
from fhirdesk.remote.auth.keys import ClientKey
from fhirdesk.remote.auth.tokens import Tokens
from fhirdesk.remote.capabilities import capabilities
from fhirdesk.remote.outcome import NO_SCOPE, scope_missing

log = logging.getLogger(__name__)
CUT_SHORT = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
CONNECT_SECONDS = 10.0  # seconds
MIN_GZIP_BYTES = 1400  # bytes: less goes in one network packet anyway


class Remote:
    """The client of one server, as one profile describes it."""

    def __init__(
        self,
        profile: Profile,
        *,
        secret: str | None,
        keys: Sequence[ClientKey] = (),
        deadline: float,
        bundle_deadline: float,
        clock: Clock,
        metrics: Metrics,
    ):
        self._profile, self._clock, self._metrics = profile, clock, metrics
        self._deadline, self._bundle_deadline = deadline, bundle_deadline
        self.gzip = profile.gzip  # bodies go compressed, until the server does not read one
        self.trust = connections.trust(profile)
        self._server = connections.Connections(self.trust, min(CONNECT_SECONDS, deadline))
        self._sign_in = connections.client(self.trust, min(CONNECT_SECONDS, deadline))
        self.tokens = Tokens(profile, secret, self._sign_in, clock, keys)

    @property
    def deadline(self) -> float:
        """Seconds that one request may take in all."""
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
        """Close the connections to the server and to its token endpoint."""
        await self._server.close()
        await self.tokens.close()
        await self._sign_in.aclose()

    async def until_quiet(self, longest: float) -> None:
        """Wait while requests leave or responses come in; `longest` seconds at most."""
        await self._server.until_quiet(longest)

    # -- requests

    async def send(self, request: Request, *, deadline: float | None = None) -> Response:
        """Send one request and return its response. A token that is refused is renewed once; a compressed body that is
        refused is sent again uncompressed, once."""
        limit = deadline or self._deadline
        content = json.dumps(request.body) if request.written is None and request.body is not None else request.written
        if content is None or not self.gzip or len(content) < MIN_GZIP_BYTES:
            return await self._send_signed(request, content, limit)
        answer = await self._send_signed(request, gzip.compress(content, 1), limit, packed=True)
        if answer.status not in (400, 415):
            return answer
        answer = await self._send_signed(request, content, limit)
        self.gzip = answer.status in (400, 415)  # else it was the packing
        return answer

    async def _send_signed(
        self, request: Request, content: bytes | None, limit: float, *, packed: bool = False
    ) -> Response:
        try:
            fresh = self.tokens.seconds_left == 0
            token = await self.tokens.get()
            answer = await self._exchange(request, content, token, limit, packed)
            if answer.status == 401 and self.tokens.wanted and not scope_missing(answer):
                token = await self.tokens.get(not_this=token)
                answer = await self._exchange(request, content, token, limit, packed)
                if answer.status == 401 and fresh:  # two that were got for it: it is not the token
                    answer = replace(answer, error_code=NO_SCOPE)
        except NotAuthorized as error:
            return Response(Delivery.ANSWERED, 401, error_code=error.code, error_params=error.params)
        except Unavailable as error:
            return Response(Delivery.NOT_SENT, error_code=error.code, error_params=error.params)
        return answer

    async def send_bundle(self, requests: Sequence[Request], *, kind: str) -> tuple[Response, tuple[Response, ...]]:
        """Send many requests in one Bundle. Return the response to the Bundle, and one for each request: none of these
        when the server refused the Bundle as a whole."""
        whole = await self.send(Request("POST", "", bundle.bundle_of(requests, kind)), deadline=self._bundle_deadline)
        return whole, bundle.answers_of(requests, whole)

    async def read(self, resource_type: str, logical_id: str) -> Response:
        """Read one resource, past any cache."""
        answer = await self.send(Request("GET", f"{resource_type}/{quote(logical_id, safe='')}", no_cache=True))
        return _check_identity(answer, {"resourceType": resource_type, "id": logical_id})

    async def history(self, resource_type: str, logical_id: str, count: int) -> Response:
        """Read the newest versions of one resource, `count` at most, past any cache."""
        path = f"{resource_type}/{quote(logical_id, safe='')}/_history"
        answer = await self.send(Request("GET", path, params={"_count": str(count)}, no_cache=True))
        return _check_identity(answer, {"resourceType": "Bundle"})

    async def find(self, resource_type: str, system: str, key: str) -> Response:
        """Search by business identifier, past any cache."""
        return await self.search(resource_type, {"identifier": token(system, key)})

    async def search(self, resource_type: str, params: Mapping[str, str]) -> Response:
        """One page of a search, past any cache."""
        request = Request("GET", resource_type, params=params, no_cache=True)
        return _check_identity(await self.send(request), {"resourceType": "Bundle"})

    async def _exchange(
        self, request: Request, content: bytes | None, token: str | None, deadline: float, packed: bool
    ) -> Response:
        started, request_id, written = time.perf_counter(), str(uuid.uuid4()), connections.Written()
        headers = wire.headers(request, token, request_id) | ({"Content-Encoding": "gzip"} if packed else {})
        try:
            async with asyncio.timeout(deadline):
                reply = await self._server.ask(self.base, request, headers, content, written)
                answer = wire.answer(reply, self._clock.now())
        except (*connections.FAILURES, TimeoutError, connections.TooLarge, InvalidDocument, MemoryError) as error:
            answer = _lost(error) if written.any else await self._not_sent(error)
        except Exception as error:  # noqa: BLE001 - what a reader of ours stumbles over is not known, and ends nobody
            log.error("an answer could not be read: %s", type(error).__name__)  # no more: it may hold patient data
            answer = _lost(error) if written.any else Response(Delivery.NOT_SENT, error_code="why_offline")
        ms = (time.perf_counter() - started) * 1000
        self._metrics.record_answer(ms, answer.status)
        return replace(answer, ms=ms, request_id=answer.request_id or request_id)

    async def _not_sent(self, error: Exception) -> Response:
        """Return the response to a request of which no byte was written. If the server is not trusted, it carries the
        certificate that the server presents."""
        if not _is_untrusted(error):
            return Response(Delivery.NOT_SENT, error_code="why_offline")
        parts = urlsplit(self.base)
        presented = await certificate.fetch(parts.hostname or "", parts.port or 443)
        return Response(Delivery.NOT_TRUSTED, error_code="why_not_trusted", error_params=presented.params)

    # -- what the server is

    async def capabilities(self) -> Capabilities:
        """Fetch and read /metadata. Raises Unavailable, NotAuthorized, ServerError."""
        return capabilities(statement_of(await self.send(Request("GET", "metadata"))))

    async def statement(self) -> Mapping[str, Any] | None:
        """Fetch /metadata without a token, and with one only if the server wants that; return the document as it came.
        Raises Unavailable, NotAuthorized, ServerError."""
        answer = await self._exchange(Request("GET", "metadata"), None, None, self._deadline, packed=False)
        if answer.status in (401, 403) and self.tokens.wanted:
            answer = await self.send(Request("GET", "metadata"))
        return statement_of(answer)


def statement_of(answer: Response) -> Mapping[str, Any] | None:
    """Return the body of a response to /metadata. Raises Unavailable, NotAuthorized, ServerError."""
    status = answer.status or 0
    if answer.delivery is not Delivery.ANSWERED or status >= 500 or status in (408, 429):
        code = answer.error_code if answer.error_code in ("why_offline", "why_not_trusted") else "why_offline"
        raise Unavailable(code, **answer.error_params)
    if status in (401, 403):
        raise NotAuthorized(answer.error_code or "why_sign_in", **answer.error_params)
    if 300 <= status < 400:
        raise ServerError("why_moved", **answer.error_params)
    return answer.body


def _lost(error: Exception) -> Response:
    """Return the response to a request that was written and has no readable answer: its outcome is not known."""
    failure = error.code if isinstance(error, InvalidDocument) else type(error).__name__
    return Response(
        Delivery.LOST, error_code=failure, unread=not isinstance(error, (*connections.FAILURES, TimeoutError))
    )


def _check_identity(answer: Response, expected: Mapping[str, str]) -> Response:
    """Mark a response as not FHIR if its body has another type or id than was asked for (F4)."""
    body = answer.body
    if answer.status != 200 or body is None or all(body.get(name) == value for name, value in expected.items()):
        return answer
    return replace(answer, not_fhir=True)


def _is_untrusted(error: BaseException | None) -> bool:
    """Return whether TLS is why the connection failed. A handshake that was slow or cut off does not count."""
    while error is not None:
        if isinstance(error, ssl.SSLError) and not isinstance(error, CUT_SHORT):
            return True
        error = error.__cause__ or error.__context__
    return False
