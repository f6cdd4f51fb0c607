"""The access token of one profile: held in memory, renewed before it ends, by one request at a time."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx

from fhirdesk.core.clock import Clock
from fhirdesk.core.settings import Profile
from fhirdesk.remote.auth.endpoint import TokenEndpoint
from fhirdesk.remote.auth.grants import grant_of
from fhirdesk.remote.auth.keys import ClientKey

DEFAULT_LIFETIME = 300.0
LONGEST_LIFETIME = 86_400.0


@dataclass(frozen=True, slots=True)
class Token:
    """What the server gave, for its own origin and for the scope of the profile alone."""

    value: str
    good_until: float  # monotonic seconds


class Tokens:
    """The access token of one profile, renewed before it expires."""

    def __init__(
        self,
        profile: Profile,
        secret: str | None,
        http: httpx.AsyncClient,
        clock: Clock,
        keys: Sequence[ClientKey] = (),
    ):
        self._profile, self._secret, self._keys, self._clock = profile, secret, keys, clock
        self._endpoint = TokenEndpoint(profile, http, clock)
        self._token: Token | None = None
        self._renewal: asyncio.Task[Token] | None = None

    @property
    def wanted(self) -> bool:
        """Whether the profile signs in at all."""
        return self._profile.signs_in_by != "none"

    @property
    def seconds_left(self) -> float:
        """Seconds until the current token is renewed; 0 without one."""
        return max(0.0, self._token.good_until - self._clock.monotonic()) if self._token else 0.0

    @property
    def clock_offset(self) -> float:
        """Seconds that the server's clock is ahead of this computer's; 0 where that is a minute at most."""
        return self._endpoint.time.offset

    async def get(self, *, not_this: str | None = None) -> str | None:
        """Return a valid token, but never `not_this` one, which the server refused; None without a
        sign-in. Whoever comes while it is renewed gets what comes of that, be it an error. Raises NotAuthorized,
        Unavailable."""
        if not self.wanted:
            return None
        if self._token and self._token.value != not_this and self.seconds_left > 0:
            return self._token.value
        if self._renewal is None:
            self._token, self._renewal = None, asyncio.ensure_future(self._renew())
            self._renewal.add_done_callback(self._end_renewal)
        return (await asyncio.shield(self._renewal)).value  # who gives up waiting takes it from nobody

    async def _renew(self) -> Token:
        body = await self._endpoint.ask(grant_of(self._profile, self._secret, self._keys))
        lifetime = _lifetime(body.get("expires_in"))
        margin = min(60.0, 0.2 * lifetime)
        return Token(str(body["access_token"]), self._clock.monotonic() + lifetime - margin)

    def _end_renewal(self, renewal: asyncio.Task[Token]) -> None:
        self._renewal = None
        if not renewal.cancelled() and renewal.exception() is None:
            self._token = renewal.result()

    async def close(self) -> None:
        """Give up a renewal that is under way."""
        if renewal := self._renewal:
            renewal.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await renewal


def _lifetime(value: Any) -> float:
    """Return the seconds that a token lives; what is no positive number counts as five minutes."""
    try:
        seconds = float(str(value))
    except ValueError:
        return DEFAULT_LIFETIME
    return min(seconds, LONGEST_LIFETIME) if seconds > 0 else DEFAULT_LIFETIME
