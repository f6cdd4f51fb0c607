"""Signed assertions of clients, checked as a server does (SMART Backend Services, RFC 7523 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.r4 import json

if TYPE_CHECKING:  # the library is loaded with the first assertion
    from joserfc.jwk import ECKey, RSAKey

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGS = ("RS384", "ES384")
LONGEST = 300.0  # seconds that an assertion may be good for
SLACK = 60.0  # seconds that a client's clock may be ahead
Clients = Mapping[str, Mapping[str, Any]]


class NotProved(Exception):
    """The assertion does not prove who the client is; the text says why."""


class Assertions:
    """The assertions that one server has seen: each is good once."""

    def __init__(self, url: str, now: Callable[[], float], algs: tuple[str, ...] = ALGS):
        """`url`: the token endpoint; `now`: the server's time, seconds since the epoch."""
        self._url, self._now, self._algs = url, now, algs
        self._used: dict[tuple[str, str], float] = {}  # client and jti → until when it could be used again

    def check(self, assertion: str, clients: Clients) -> str:
        """Return the id of the client that signed. Raises NotProved."""
        from joserfc import jws, jwt
        from joserfc.errors import JoseError

        try:
            unproved = jws.extract_compact(assertion.encode())
            client_id = json.loads_limited(unproved.payload).get("iss")
            jwk = _find_key(clients.get(client_id, {}), unproved.headers().get("kid"))
            claims = jwt.decode(assertion, jwk, algorithms=list(self._algs)).claims
        except (JoseError, InvalidDocument, ValueError, TypeError, AttributeError, KeyError) as error:
            raise NotProved("the assertion is not signed by a key of the client") from error
        self._check_claims(claims)
        self._use_once(claims)
        return str(client_id)

    def _check_claims(self, claims: Mapping[str, Any]) -> None:
        now, ends, issued = self._now(), claims.get("exp"), claims.get("iat", 0)
        if claims.get("sub") != claims.get("iss"):
            raise NotProved("sub is not iss")
        if claims.get("aud") not in (self._url, [self._url]):
            raise NotProved("aud is not this token endpoint")
        if not isinstance(ends, int | float) or not now < ends <= now + LONGEST:
            raise NotProved("exp is not within five minutes")
        if not isinstance(issued, int | float) or issued > now + SLACK:
            raise NotProved("iat is in the future")

    def _use_once(self, claims: Mapping[str, Any]) -> None:
        now, number = self._now(), claims.get("jti")
        self._used = {use: ends for use, ends in self._used.items() if ends > now}
        if not isinstance(number, str) or not number or (claims["iss"], number) in self._used:
            raise NotProved("jti is missing, or was used before")
        self._used[claims["iss"], number] = claims["exp"]


def _find_key(client: Mapping[str, Any], kid: Any) -> RSAKey | ECKey:
    """Return the registered public key of that name. Raises KeyError, JoseError, ValueError."""
    from joserfc.jwk import ECKey, RSAKey

    kinds: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
    registered = {key["kid"]: key for key in client["jwks"]["keys"]}[kid]
    return kinds[registered["kty"]].import_key(dict(registered))
