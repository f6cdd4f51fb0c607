"""What a server shows of itself before it is trusted: its certificate's last day and fingerprint (RFC 5280).

Nothing is ever sent over such a connection: it is opened to look, and closed.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

PATIENCE = 5.0  # seconds
SEQUENCE, CONTEXT_0, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person compares with what the hospital's IT says."""

    host: str
    expires: str  # a date, "?" where it cannot be read
    fingerprint: str  # SHA-256, as aa:bb:cc

    @property
    def params(self) -> dict[str, str]:
        """The parameters of a message: host, expires, fingerprint."""
        return {"host": self.host, "expires": self.expires, "fingerprint": self.fingerprint}


def describe(host: str, der: bytes | None) -> Certificate:
    """Read a certificate in DER; "?" for what cannot be read."""
    if not der:
        return Certificate(host, "?", "?")
    return Certificate(host, read_expiry(der), hashlib.sha256(der).digest().hex(":"))


async def fetch(host: str, port: int) -> Certificate:
    """Fetch the certificate of a server that is not trusted, so that a person can compare it. Nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # to look at it only: nothing is sent
    der = None
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
            der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            await abort(writer)
    return describe(host, der)


async def abort(writer: asyncio.StreamWriter) -> None:
    """Close a connection that was opened only to look, without sending anything."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


def read_expiry(der: bytes) -> str:
    """Return the last day that a certificate is valid, or "?"."""
    # Certificate → tbsCertificate → [version] serial signature issuer validity → notAfter
    try:
        whole = next(_iterate_parts(der))[1]
        fields = [p for p in _iterate_parts(next(_iterate_parts(whole))[1]) if p[0] != CONTEXT_0]
        kind, text = list(_iterate_parts(fields[3][1]))[1]
        form = "%y%m%d%H%M%SZ" if kind == UTC_TIME else "%Y%m%d%H%M%SZ"
        return datetime.strptime(text.decode("ascii"), form).replace(tzinfo=UTC).date().isoformat()
    except (IndexError, StopIteration, ValueError):
        return "?"


def _iterate_parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, content) of each element of a DER sequence."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        yield tag, data[at : at + length]
        at += length
