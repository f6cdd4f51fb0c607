"""Who may call: programs of this computer, never a page in its browser.

A page can send a form to any address, and, once a name of its own leads to this computer (DNS rebinding), read the
answers too. So the name that was called must be this computer's, and what changes faults or wipes the store must come
as JSON: no form can say so, and a script must ask first, which nobody here answers.
"""

from collections.abc import Set
from urllib.parse import urlsplit

from starlette.requests import Request

from fhirdesk.sandbox.outcomes import Refusal

ADMIN = "/__admin/"
JSON_TYPES = ("application/fhir+json", "application/json", "text/json")
NAMES = ("127.0.0.1", "localhost", "[::1]")


def hosts_of(origin: str) -> Set[str]:
    """Return the Host headers by which this server may be called."""
    port = urlsplit(origin).port
    return {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())


def check_caller(request: Request, hosts: Set[str]) -> None:
    """Raise Refusal (421, 415) for a request that a page in a browser could have sent."""
    if request.headers.get("host", "").lower() not in hosts:
        raise Refusal(421, "security", "This server answers to the names of this computer alone")
    if request.url.path.startswith(ADMIN) and request.method != "GET" and media_type(request) not in JSON_TYPES:
        raise Refusal(415, "security", "An admin call that changes something needs Content-Type: application/json")


def media_type(request: Request) -> str:
    """Return the Content-Type of the body without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
