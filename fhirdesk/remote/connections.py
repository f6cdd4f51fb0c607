"""Connections to the server: whom we trust, how far a request came, and how much of an answer we read."""

import asyncio
import functools
import ssl
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
IDLE = 5.0  # seconds that an idle connection is kept
GZIP = 31  # zlib's word for: a gzip header comes first
PIECE, MOST_MEMBERS = 256 * 1024, 10_000  # bytes unpacked in one go; members of one gzip body
PLAIN = ("", "identity")
FAILURES = (  # of a connection or of what came over it
    httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)  # fmt: skip


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
    """For sign-ins. No redirect is followed, nothing is taken from the environment; deadlines are total, and ours."""
    return httpx.AsyncClient(
        trust_env=False, follow_redirects=False, timeout=httpx.Timeout(None, connect=connect), verify=context
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, as it came: the names of headers in lower case, the body unpacked."""

    url: str  # that was asked
    status: int
    headers: Mapping[str, str]
    data: bytes


class Connections:
    """Connections to the server. The pool is asked without a client around it, who would take as much time again for
    each request, and for what we do not want: redirects, cookies, sign-ins of its own."""

    def __init__(self, context: ssl.SSLContext, connect: float):
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context, max_connections=64, max_keepalive_connections=32, keepalive_expiry=IDLE
        )
        self._timeout = {"connect": connect}

    async def close(self) -> None:
        """Close them."""
        await self._pool.aclose()

    async def ask(
        self, base: str, request: Request, said: Mapping[str, str], content: bytes | None, written: Written
    ) -> Reply:
        """One request and its whole answer. Raises FAILURES, TooLarge, InvalidDocument."""
        there, at = _place(base), target(request)
        size = {} if content is None else {"Content-Length": str(len(content))}
        headers = {"User-Agent": AGENT, **said, **size}
        asked = httpcore.Request(
            request.method,
            _address(there, at),
            headers=[(b"Host", there.netloc), *((n.encode(), v.encode()) for n, v in headers.items())],
            content=content,
            extensions={"timeout": self._timeout, "trace": written.note},
        )
        response = await self._pool.handle_async_request(asked)
        try:
            found = _told(response.headers)
            data = await read(found.get("content-encoding", ""), response.aiter_stream(), most(request))
        finally:
            await response.aclose()
        return Reply(base + at, response.status, found, data)


_place = functools.lru_cache(httpx.URL)


def _address(there: httpx.URL, at: str) -> httpcore.URL:
    target = there.raw_path.rstrip(b"/") + at.encode()
    return httpcore.URL(scheme=there.raw_scheme, host=there.raw_host, port=there.port, target=target)


def target(request: Request) -> str:
    """What follows the base in the address."""
    path = f"/{quote(request.path, safe='/%')}" if request.path else ""
    return f"{path}?{urlencode(request.params, quote_via=quote)}" if request.params else path


def most(request: Request) -> int:
    """Bytes that its answer may have."""
    return MOST_BYTES if request.path else MOST_BUNDLE_BYTES


def _told(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def read(coding: str, parts: AsyncIterable[bytes], most: int) -> bytes:
    """The body, unpacked by ourselves: at most `most` bytes, packed or not. Raises TooLarge, InvalidDocument."""
    coding = coding.strip().lower()
    if coding not in (*PLAIN, "gzip", "x-gzip"):
        raise InvalidDocument("answer_coding", coding=coding[:40])  # we asked for gzip alone
    made = bytearray()
    async for part in _capped(parts, most) if coding in PLAIN else _unpacked(_capped(parts, most)):
        made += part
        if len(made) > most:
            raise TooLarge
    return bytes(made)


async def _capped(parts: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    read = 0
    async for part in parts:
        read += len(part)
        if read > most:
            raise TooLarge
        yield part


async def _unpacked(parts: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """What a gzip body holds, member after member, in small pieces: between two of them others have their turn, and the
    deadline can end it."""
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
