"""The token endpoint of a server: where it is, and what it answers."""

import asyncio
from typing import Any

import httpx2 as httpx

from fhirdesk.core.address import origin
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import InvalidDocument, NotAuthorized, Unavailable
from fhirdesk.core.settings import Profile
from fhirdesk.r4 import json
from fhirdesk.remote import connections
from fhirdesk.remote.auth.grants import Grant
from fhirdesk.remote.auth.server_time import ServerTime

DEADLINE = 10.0  # seconds for a token
MOST_BYTES = 1024 * 1024
DISCOVERY = ".well-known/smart-configuration"  # http://hl7.org/fhir/smart-app-launch/conformance.html
JSON = {"Accept": "application/json", "Accept-Encoding": "gzip"}


class TokenEndpoint:
    """Asks for tokens, in the way that the server took last time."""

    def __init__(self, profile: Profile, http: httpx.AsyncClient, clock: Clock):
        self._http, self._base, self._url = http, str(profile.url), profile.token_url
        self._way = 0
        self.time = ServerTime(clock)

    async def ask(self, grant: Grant) -> dict[str, Any]:
        """Return the body that holds a bearer token. Raises NotAuthorized, Unavailable."""
        try:
            async with asyncio.timeout(DEADLINE):
                url = self._url = self._url or await self._discover_url()
                status, body = await self._prove(grant, url)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, connections.TooLarge) as error:
            raise Unavailable("token_unavailable") from error
        if status >= 500 or status == 429:
            raise Unavailable("token_unavailable")
        if status != 200:
            raise _explain_refusal(grant, status, body)
        return _check_token(body)

    async def _prove(self, grant: Grant, url: str) -> tuple[int, Any]:
        """Try each way of the grant, the one that worked last time first, until the client is not refused."""
        first = status, body = await self._post(grant, self._way, url)
        for way in range(grant.ways):
            if not _is_refused(status, body):
                break
            if way != self._way:
                status, body = await self._post(grant, way, url)
                self._way = way if status == 200 else self._way
        return first if _is_refused(status, body) else (status, body)

    async def _post(self, grant: Grant, way: int, url: str) -> tuple[int, Any]:
        """Send one request for a token; once more if it was refused and signed with a time that is not the server's."""
        status, body, was_wrong = await self._send(grant, way, url)
        if was_wrong and status in (400, 401):
            status, body, _ = await self._send(grant, way, url)
        return status, body

    async def _send(self, grant: Grant, way: int, url: str) -> tuple[int, Any, bool]:
        proof = grant.prove(way, url, self.time.now())
        form = {"grant_type": "client_credentials"} | ({"scope": grant.scope} if grant.scope else {}) | proof.form
        async with self._http.stream("POST", url, data=form, headers=JSON | proof.headers) as response:
            was_wrong = self.time.observe(response.headers.get("date"))
            return response.status_code, await _read_json(response), was_wrong

    async def _discover_url(self) -> str:
        """Return the token endpoint that the server names. One at another origin is refused: the secret would go there;
        only the profile itself may name such a one. Raises NotAuthorized, Unavailable."""
        async with self._http.stream("GET", f"{self._base}/{DISCOVERY}", headers=JSON) as response:
            document = await _read_json(response)
            self.time.observe(response.headers.get("date"))
        if response.status_code >= 500 or response.status_code == 429:
            raise Unavailable("token_unavailable")
        url = document.get("token_endpoint") if isinstance(document, dict) and response.status_code == 200 else None
        if not isinstance(url, str):
            raise NotAuthorized("token_nowhere")
        if (endpoint := origin(url)) is None or endpoint != origin(self._base):
            raise NotAuthorized("token_elsewhere", host=endpoint or "?")
        return url


async def _read_json(response: httpx.Response) -> Any:
    """Return the JSON document of a response, or None if it is not JSON."""
    try:
        data = await connections.read(response.headers.get("content-encoding", ""), response.aiter_raw(), MOST_BYTES)
        return None if "html" in response.headers.get("content-type", "") else json.loads_limited(data)
    except InvalidDocument:
        return None


def _is_refused(status: int, body: Any) -> bool:
    """Return whether the server does not take who the client says it is."""
    return status in (400, 401) and isinstance(body, dict) and body.get("error") == "invalid_client"


def _explain_refusal(grant: Grant, status: int, body: Any) -> NotAuthorized:
    """Return the error that says what was refused: the kind of sign-in, the scope, or the client."""
    if status in (400, 401) and grant.refused == "token_refused" and _wants_assertion(body):
        return NotAuthorized("token_wants_key")
    if isinstance(body, dict) and body.get("error") == "invalid_scope":
        return NotAuthorized("token_scope", scope=grant.scope or "")
    return NotAuthorized(grant.refused, status=status)


def _wants_assertion(body: Any) -> bool:
    """Return whether a secret was refused because the server wants a signed assertion (private_key_jwt)."""
    texts = (body.get(name) for name in ("error_description", "message", "error")) if isinstance(body, dict) else ()
    return any("assertion" in text.lower() for text in texts if isinstance(text, str))


def _check_token(body: Any) -> dict[str, Any]:
    """Return the body if it holds a bearer token that fits in a header. Raises NotAuthorized."""
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str) or not body["access_token"]:
        raise NotAuthorized("token_none")
    if not body["access_token"].isascii() or not body["access_token"].isprintable():
        raise NotAuthorized("token_none")  # it would end or add a header
    kind = body.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise NotAuthorized("token_kind", kind=str(kind)[:40])
    return body
