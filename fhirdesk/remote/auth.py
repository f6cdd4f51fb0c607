"""OAuth2 client credentials: one token, one refresh at a time (https://www.rfc-editor.org/rfc/rfc6749#section-4.4)."""

import asyncio
import base64
from typing import Any

import httpx2 as httpx

from fhirdesk.clock import Clock
from fhirdesk.errors import NotAuthorized, Unavailable
from fhirdesk.r4 import json
from fhirdesk.settings import Profile

DEADLINE = 10.0  # seconds for a token
DEFAULT_LIFETIME = 300.0
LONGEST_LIFETIME = 86_400.0


class Tokens:
    """The token of one profile."""

    def __init__(self, profile: Profile, secret: str | None, http: httpx.AsyncClient, clock: Clock):
        self._profile, self._secret, self._http, self._clock = profile, secret, http, clock
        self._token: str | None = None
        self._good_until = 0.0
        self._lock = asyncio.Lock()

    @property
    def wanted(self) -> bool:
        """Whether this server asks for a sign-in at all."""
        return bool(self._profile.client_id and self._profile.token_url)

    async def get(self, *, not_this: str | None = None) -> str | None:
        """A token; never `not_this` one, which the server refused. Raises NotAuthorized, Unavailable."""
        if not self.wanted:
            return None
        async with self._lock:
            if self._token and self._token != not_this and self._clock.monotonic() < self._good_until:
                return self._token
            answer = await self._ask()
            self._token = str(answer["access_token"])
            lifetime = _lifetime(answer.get("expires_in"))
            self._good_until = self._clock.monotonic() + lifetime - min(60.0, 0.2 * lifetime)
            return self._token

    async def _ask(self) -> dict[str, Any]:
        pair = f"{self._profile.client_id}:{self._secret or ''}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}", "Accept": "application/json"}
        form = {"grant_type": "client_credentials"} | ({"scope": self._profile.scope} if self._profile.scope else {})
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await self._http.post(str(self._profile.token_url), data=form, headers=headers)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable("token_unavailable") from error
        if answer.status_code >= 500:
            raise Unavailable("token_unavailable")
        body = json.loads(answer.content) if "json" in answer.headers.get("content-type", "") else None
        if answer.status_code != 200 or not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            raise NotAuthorized("token_refused", status=answer.status_code)
        return body


def _lifetime(value: Any) -> float:
    """Seconds a token lives; odd answers are read as five minutes."""
    try:
        seconds = float(str(value))
    except ValueError:
        return DEFAULT_LIFETIME
    return min(seconds, LONGEST_LIFETIME) if seconds > 0 else DEFAULT_LIFETIME
