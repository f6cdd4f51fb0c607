"""How a client proves who it is: by a secret or a signed assertion. Each grant knows one or two ways, tried in turn."""

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

from fhirdesk.core.errors import NotAuthorized
from fhirdesk.core.settings import Profile
from fhirdesk.core.vendors import habits
from fhirdesk.remote.auth.keys import ClientKey

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = 240  # seconds that an assertion is good; SMART allows 300


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request for a token carries beside `grant_type` and `scope`."""

    form: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Grant(Protocol):
    """A kind of sign-in."""

    ways: int  # in which it can prove who the client is
    refused: str  # the error code when the server takes none of them
    scope: str | None

    def prove(self, way: int, url: str, now: float) -> Proof:
        """Return the proof for the token endpoint at `url`; `now`: the server's time, seconds since the epoch."""


class SecretGrant:
    """A client's secret (RFC 6749 2.3.1): in a header, or in the form where a server wants it there."""

    ways, refused = 2, "token_refused"

    def __init__(self, client_id: str, secret: str, scope: str | None):
        self._client_id, self._secret, self.scope = client_id, secret, scope

    def prove(self, way: int, url: str, now: float) -> Proof:
        """Return the secret as the header `Authorization` (way 0) or as fields of the form (way 1)."""
        if way == 1:
            return Proof(form={"client_id": self._client_id, "client_secret": self._secret})
        pair = f"{quote(self._client_id, safe='')}:{quote(self._secret, safe='')}".encode()
        return Proof(headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"})


class KeyGrant:
    """A signed assertion (SMART Backend Services, http://hl7.org/fhir/smart-app-launch/backend-services.html). After a
    rotation there are two keys, of which the server may know the older one only."""

    refused = "token_key_refused"

    def __init__(self, client_id: str, keys: Sequence[ClientKey], scope: str):
        self._client_id, self._keys, self.ways = client_id, keys, len(keys)
        self.scope: str | None = scope

    def prove(self, way: int, url: str, now: float) -> Proof:
        """Return an assertion that is signed by the key number `way`, once valid, for that endpoint alone."""
        issued = int(now)
        claims = {"iss": self._client_id, "sub": self._client_id, "aud": url, "jti": str(uuid.uuid4())}
        assertion = self._keys[way].sign(claims | {"iat": issued, "exp": issued + LIFETIME})
        return Proof(form={"client_assertion_type": JWT_BEARER, "client_assertion": assertion})


def grant_of(profile: Profile, secret: str | None, keys: Sequence[ClientKey]) -> Grant:
    """Return the grant of a profile that signs in. Raises NotAuthorized where the client id or the key is missing."""
    if not profile.client_id:
        raise NotAuthorized("token_no_client")
    if profile.signs_in_by == "secret":
        return SecretGrant(profile.client_id, secret or "", profile.scope)
    if not keys:
        raise NotAuthorized("token_no_key")
    return KeyGrant(profile.client_id, keys, profile.scope or habits(profile.vendor).scope)
