"""Connections to the server: whom we trust, how far a request came, and how much of an answer we read."""

import asyncio
import functools
import ssl
import time
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import httpcore2 as httpcore
import httpx2 as httpx

from fhirdesk import __version__
from fhirdesk.core.errors import ConfigurationError, InvalidDocument
from fhirdesk.core.exchange import Request
from fhirdesk.core.settings import Profile

AGENT = f"fhirdesk/{__version__}"
MOST_BYTES, MOST_BUNDLE_BYTES = 16 * 1024 * 1024, 64 * 1024 * 1024
KEEPALIVE_SECONDS = 5.0  # seconds that an idle connection is kept
GZIP = 31  # zlib's word for: a gzip header comes first
PIECE, MOST_MEMBERS = 256 * 1024, 10_000  # bytes unpacked in one go; members of one gzip body
PLAIN = ("", "identity")
FAILURES = (  # of a connection or of what came over it
    httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)  # fmt: skip


class TooLarge(Exception):
    """The response is larger than the client reads."""


class Written:
    """How far a request came: before any byte of it may have left, nothing can have happened at the server."""

    def __init__(self) -> None:
        self.any = False
        self._step: asyncio.Future[None] | None = asyncio.get_running_loop().create_future()

    @property
    def moving(self) -> "asyncio.Future[None] | None":
        """Pending while the request leaves, or while its response comes in; None while the server works on it."""
        return self._step

    async def note(self, event: str, _info: object) -> None:
        """Record a step that the HTTP client reports through its `trace` extension."""
        if event.endswith("send_request_headers.started"):
            self.any = True
        elif event.endswith("send_request_body.complete"):
            self.end()
        elif event.endswith("receive_response_headers.complete"):
            self.end()  # a server may answer before it has read all
            self._step = asyncio.get_running_loop().create_future()

    def end(self) -> None:
        """The request is written, or its response is read, or it failed."""
        step, self._step = self._step, None
        if step:
            step.set_result(None)


def trust(profile: Profile) -> ssl.SSLContext:
    """Return the TLS context of a profile: it trusts the system's authorities and the profile's own, never one that the
    environment names. Raises ConfigurationError."""
    context = httpx.create_ssl_context(trust_env=False)
    if profile.ca_file:
        try:
            context.load_verify_locations(profile.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError("ca_file_wrong", path=profile.ca_file) from error
    return context


def client(context: ssl.SSLContext, connect: float) -> httpx.AsyncClient:
    """Return a client for sign-ins. No redirect is followed, nothing is taken from the environment; deadlines are
    total, and ours."""
    return httpx.AsyncClient(
        trust_env=False, follow_redirects=False, timeout=httpx.Timeout(None, connect=connect), verify=context
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as it came: the names of headers in lower case, the body unpacked."""

    url: str  # that was asked
    status: int
    headers: Mapping[str, str]
    data: bytes


class Connections:
    """Connections to the server. The pool is asked without a client around it, who would take as much time again for
    each request, and for what we do not want: redirects, cookies, sign-ins of its own."""

    def __init__(self, context: ssl.SSLContext, connect: float):
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=64, max_keepalive_connections=32, keepalive_expiry=KEEPALIVE_SECONDS
        )
        self._timeout = {"connect": connect}
        self._asked: set[Written] = set()  # requests whose response is not read yet

    async def close(self) -> None:
        await self._pool.aclose()

    async def until_quiet(self, longest: float) -> None:
        """Wait while requests that were handed over leave, or responses come in; `longest` seconds at most."""
        end = time.monotonic() + longest
        while (moving := [m for w in self._asked if (m := w.moving)]) and (left := end - time.monotonic()) > 0:
            await asyncio.wait(moving, timeout=left)

    async def ask(
        self, base: str, request: Request, headers: Mapping[str, str], content: bytes | None, written: Written
    ) -> Reply:
        """Send one request and return its whole response. Raises FAILURES, TooLarge, InvalidDocument."""
        base_url, path = _parse_base(base), target(request)
        size = {} if content is None else {"Content-Length": str(len(content))}
        all_headers = {"User-Agent": AGENT, **headers, **size}
        message = httpcore.Request(
            request.method,
            _build_url(base_url, path),
            headers=[(b"Host", base_url.netloc), *((n.encode(), v.encode()) for n, v in all_headers.items())],
            content=content,
            extensions={"timeout": self._timeout, "trace": written.note},
        )
        self._asked.add(written)
        try:
            response = await self._pool.handle_async_request(message)
            try:
                received = _join_headers(response.headers)
                data = await read(received.get("content-encoding", ""), response.aiter_stream(), most(request))
            finally:
                await response.aclose()
        finally:
            self._asked.discard(written)
            written.end()
        return Reply(base + path, response.status, received, data)


_parse_base = functools.lru_cache(httpx.URL)


def _build_url(base: httpx.URL, path: str) -> httpcore.URL:
    target = base.raw_path.rstrip(b"/") + path.encode()
    return httpcore.URL(scheme=base.raw_scheme, host=base.raw_host, port=base.port, target=target)


def target(request: Request) -> str:
    """Return what follows the base in the address of a request."""
    path = f"/{quote(request.path, safe='/%')}" if request.path else ""
    return f"{path}?{urlencode(request.params, quote_via=quote)}" if request.params else path


def most(request: Request) -> int:
    """Return how many bytes the response to a request may have."""
    return MOST_BYTES if request.path else MOST_BUNDLE_BYTES


def _join_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by their name in lower case; values of one name are joined by commas."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


async def read(coding: str, parts: AsyncIterable[bytes], most: int) -> bytes:
    """Return the body, unpacked here and not by the HTTP client: at most `most` bytes, packed or not. Raises
    TooLarge, InvalidDocument."""
    coding = coding.strip().lower()
    if coding not in (*PLAIN, "gzip", "x-gzip"):
        raise InvalidDocument("answer_coding", coding=coding[:40])  # we asked for gzip alone
    body = bytearray()
    async for part in _limit(parts, most) if coding in PLAIN else _unpack(_limit(parts, most)):
        body += part
        if len(body) > most:
            raise TooLarge
    return bytes(body)


async def _limit(parts: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    read = 0
    async for part in parts:
        read += len(part)
        if read > most:
            raise TooLarge
        yield part


async def _unpack(parts: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield what a gzip body holds, member after member, in small pieces. Between two pieces other tasks run and the
    deadline can end the request (F2)."""
    member, members = None, 0
    async for part in parts:
        while part:
            if member is None:
                member, members = zlib.decompressobj(GZIP), members + 1
            try:
                piece = member.decompress(part, PIECE)
            except zlib.error as error:
                raise InvalidDocument("answer_coding", coding="gzip") from error
            part = member.unused_data if member.eof else member.unconsumed_tail
            member = None if member.eof else member
            if members > MOST_MEMBERS:
                raise InvalidDocument("answer_coding", coding="gzip")
            yield piece
            await asyncio.sleep(0)
    if member is not None:
        raise InvalidDocument("answer_coding", coding="gzip")  # cut off
