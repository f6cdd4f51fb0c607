"""Addresses of servers. An origin is scheme, host and port (RFC 6454): what belongs to one goes to no other."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit, urlunsplit

from fhirdesk.core.errors import ConfigurationError

PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")  # a name, or an IPv6 address
PLAIN = re.compile(r"[^\s\\\x00-\x20\x7f]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a token, a secret and an id belong to."""

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """Host and port, as an address has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


def origin(url: str) -> Origin | None:
    """Of a whole address; None: it is none of a server."""
    try:
        parts = urlsplit(url)
        host, port = _written(parts.hostname or ""), parts.port
    except ValueError:
        return None
    usual = PORTS.get(parts.scheme)
    if usual is None or port == 0 or not HOST.fullmatch(host):
        return None
    return Origin(parts.scheme, host.rstrip("."), usual if port is None else port)


def _written(host: str) -> str:
    """A host as it goes out. Raises ValueError for one that can be read in two ways."""
    written = host.encode("idna").decode()
    if written.encode().decode("idna") != host and written != host:
        raise ValueError(host)
    return written


def resolve_origin(url: str, location: str) -> Origin | None:
    """The origin that a Location leads to, seen from the address that answered; None: nobody can follow it."""
    try:
        return origin(urljoin(url, location))
    except ValueError:
        return None


def is_this_computer(host: str) -> bool:
    """Whether a host is this computer: by its number, never by how its name begins."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_url(url: str | None, allow_http: bool = False) -> str | None:
    """A server's address without a trailing slash, a name of other letters as it goes out; plain http only to this
    computer, unless the profile allows it. Raises ConfigurationError."""
    if not url:
        return None
    server = origin(url)
    if server is None or not _is_plain(url):
        raise ConfigurationError("url_wrong", url=re.sub(r"//[^/]*@", "//***@", url))
    if server.scheme == "http" and not allow_http and not is_this_computer(server.host):
        raise ConfigurationError("url_plain_http", host=server.host)
    return (
        urlunsplit(urlsplit(url)._replace(netloc=server.netloc)).rstrip("/") if not url.isascii() else url.rstrip("/")
    )


def _is_plain(url: str) -> bool:
    """Without a name or password, a mark in a page, and whatever readers of addresses disagree about."""
    parts = urlsplit(url)
    return "@" not in parts.netloc and not parts.fragment and PLAIN.fullmatch(url) is not None
