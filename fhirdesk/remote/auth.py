"""OAuth2 client credentials: one token, one refresh at a time (https://www.rfc-editor.org/rfc/rfc6749#section-4.4)."""

import asyncio
import base64
from typing import Any
from urllib.parse import quote

import httpx2 as httpx

from fhirdesk.core.address import origin
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import InvalidDocument, NotAuthorized, Unavailable
from fhirdesk.core.settings import Profile
from fhirdesk.r4 import json
from fhirdesk.remote import connections

DEADLINE = 10.0  # seconds for a token
MOST_BYTES = 1024 * 1024
DEFAULT_LIFETIME = 300.0
LONGEST_LIFETIME = 86_400.0
DISCOVERY = ".well-known/smart-configuration"  # http://hl7.org/fhir/smart-app-launch/conformance.html


class Tokens:
    """The access token of one profile, renewed before it expires."""

    def __init__(self, profile: Profile, secret: str | None, http: httpx.AsyncClient, clock: Clock):
        self._profile, self._secret, self._http, self._clock = profile, secret, http, clock
        self._url = profile.token_url
        self._basic = True  # the secret goes in a header, until a server wants it in the form
        self._token: str | None = None
        self._good_until = 0.0
        self._lock = asyncio.Lock()

    @property
    def wanted(self) -> bool:
        """Whether the profile signs in at all."""
        return bool(self._profile.client_id)

    @property
    def seconds_left(self) -> float:
        """Seconds until the current token is renewed; 0 without one."""
        return max(0.0, self._good_until - self._clock.monotonic()) if self._token else 0.0

    async def get(self, *, not_this: str | None = None) -> str | None:
        """Return a valid token, but never `not_this` one, which the server refused; None without a
        sign-in. Raises NotAuthorized, Unavailable."""
        if not self.wanted:
            return None
        async with self._lock:  # whoever comes meanwhile takes the token that this refresh brings
            if self._token and self._token != not_this and self._clock.monotonic() < self._good_until:
                return self._token
            self._token = None
            answer = await self._ask()
            self._token = str(answer["access_token"])
            lifetime = _lifetime(answer.get("expires_in"))
            self._good_until = self._clock.monotonic() + lifetime - min(60.0, 0.2 * lifetime)
            return self._token

    async def _ask(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(DEADLINE):
                url = self._url = self._url or await self._discover_url()
                status, body = await self._post(url)
                if self._basic and status in (400, 401) and isinstance(body, dict) and body.get("error") == REFUSED:
                    self._basic = False
                    status, body = await self._post(url)
                    self._basic = status != 200  # else: this server wants it in the form
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, connections.TooLarge) as error:
            raise Unavailable("token_unavailable") from error
        if status >= 500 or status == 429:
            raise Unavailable("token_unavailable")
        if status in (400, 401) and _wants_assertion(body):
            raise NotAuthorized("token_wants_key")
        if status != 200:
            raise NotAuthorized("token_refused", status=status)
        return _check_token(body)

    async def _post(self, url: str) -> tuple[int, Any]:
        form = {"grant_type": "client_credentials"} | ({"scope": self._profile.scope} if self._profile.scope else {})
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        name, secret = str(self._profile.client_id), self._secret or ""
        if self._basic:
            pair = f"{quote(name, safe='')}:{quote(secret, safe='')}".encode()  # RFC 6749 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form |= {"client_id": name, "client_secret": secret}
        async with self._http.stream("POST", url, data=form, headers=headers) as response:
            return response.status_code, await self._json(response)

    async def _discover_url(self) -> str:
        """Return the token endpoint that the server names. One at another origin is refused: the secret would go there;
        only the profile itself may name such a one. Raises NotAuthorized, Unavailable."""
        base = str(self._profile.url)
        async with self._http.stream("GET", f"{base}/{DISCOVERY}", headers={"Accept": "application/json"}) as response:
            document = await self._json(response)
        if response.status_code >= 500 or response.status_code == 429:
            raise Unavailable("token_unavailable")
        url = document.get("token_endpoint") if isinstance(document, dict) and response.status_code == 200 else None
        if not isinstance(url, str):
            raise NotAuthorized("token_nowhere")
        if (endpoint := origin(url)) is None or endpoint != origin(base):
            raise NotAuthorized("token_elsewhere", host=endpoint or "?")
        return url

    @staticmethod
    async def _json(response: httpx.Response) -> Any:
        """Return the JSON document of a response, or None if it is not JSON."""
        try:
            data = await connections.read(
                response.headers.get("content-encoding", ""), response.aiter_raw(), MOST_BYTES
            )
            return None if "html" in response.headers.get("content-type", "") else json.loads_limited(data)
        except InvalidDocument:
            return None


REFUSED = "invalid_client"


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


def _lifetime(value: Any) -> float:
    """Return the seconds that a token lives; what is no positive number counts as five minutes."""
    try:
        seconds = float(str(value))
    except ValueError:
        return DEFAULT_LIFETIME
    return min(seconds, LONGEST_LIFETIME) if seconds > 0 else DEFAULT_LIFETIME
