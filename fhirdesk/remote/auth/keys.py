"""A client's keys: made, read from PEM or JSON (RFC 7517), and what they sign (RFC 7523)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.settings import Alg
from fhirdesk.r4 import json

if TYPE_CHECKING:  # the library is loaded with the first key: who signs in without one does not wait for it
    from joserfc.jwk import ECKey, RSAKey

RSA_BITS, LEAST_RSA_BITS = 3072, 2048
CURVE, CURVE_BITS = "P-384", 384
MEMBERS = ("kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi")  # what makes the key (RFC 7518 6)
MOST_BYTES = 64 * 1024  # of a file that holds keys


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A private key and the names under which servers know it."""

    jwk: RSAKey | ECKey
    alg: str
    kid: str

    def __repr__(self) -> str:
        return f"ClientKey({self.alg}, {self.kid})"  # nothing of the key itself

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the claims as a signed JWT."""
        from joserfc import jwt

        header = {"alg": self.alg, "kid": self.kid, "typ": "JWT"}
        token: str = jwt.encode(header, dict(claims), self.jwk, algorithms=[self.alg])
        return token

    def describe(self, *, private: bool) -> dict[str, Any]:
        """Return the key as a JWK: the public part, or (`private`) the whole."""
        members = self.jwk.as_dict(private=private)
        return {"kid": self.kid, "use": "sig", "alg": self.alg} | {n: members[n] for n in MEMBERS if n in members}


def make_key(alg: Alg) -> ClientKey:
    """Make a new key; its `kid` is its thumbprint (RFC 7638). An RSA key takes up to a second."""
    from joserfc.jwk import ECKey, RSAKey

    jwk = RSAKey.generate_key(RSA_BITS) if alg == "RS384" else ECKey.generate_key(CURVE)
    return ClientKey(jwk, alg, jwk.thumbprint())


def read_keys(data: bytes) -> tuple[ClientKey, ...]:
    """Return the private keys of a PEM, a JWK or a JWK Set, the one to sign with first. Raises InvalidDocument
    (`key_wrong`) for whatever else, for public keys, and for keys that are too short."""
    from joserfc.errors import JoseError

    try:
        keys = tuple(_import_pem(data) if data.lstrip().startswith(b"-----BEGIN") else _import_json(data))
    except (JoseError, InvalidDocument, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidDocument("key_wrong") from error
    if not keys:
        raise InvalidDocument("key_wrong")
    return keys


def write_keys(keys: Iterable[ClientKey]) -> bytes:
    """Return private keys as a JWK Set."""
    return json.dumps({"keys": [key.describe(private=True) for key in keys]})


def public_set(keys: Iterable[ClientKey]) -> dict[str, Any]:
    """Return the JWK Set that is registered at a server: public parts alone."""
    return {"keys": [key.describe(private=False) for key in keys]}


def _import_pem(data: bytes) -> Iterable[ClientKey]:
    from joserfc.errors import InvalidKeyTypeError
    from joserfc.jwk import ECKey, RSAKey

    try:
        return [_check_key(RSAKey.import_key(data))]
    except InvalidKeyTypeError:
        return [_check_key(ECKey.import_key(data))]


def _import_json(data: bytes) -> Iterable[ClientKey]:
    """Yield the keys of a JWK or a JWK Set. Their other members (use, key_ops, alg) say what others do with them."""
    from joserfc.jwk import ECKey, RSAKey

    kinds: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
    document = json.loads_limited(data)
    for raw in document.get("keys", [document]):
        yield _check_key(
            kinds[raw["kty"]].import_key({name: raw[name] for name in MEMBERS if name in raw}), raw.get("kid")
        )


def _check_key(jwk: RSAKey | ECKey, kid: Any = None) -> ClientKey:
    """Return a key that can sign, under its own name if it has one. Raises ValueError."""
    is_rsa = jwk.key_type == "RSA"
    if jwk.private_key is None or jwk.private_key.key_size < (LEAST_RSA_BITS if is_rsa else CURVE_BITS):
        raise ValueError("not a private key, or too short")
    if not is_rsa and jwk.as_dict()["crv"] != CURVE:
        raise ValueError("another curve")
    return ClientKey(jwk, "RS384" if is_rsa else "ES384", kid if isinstance(kid, str) and kid else jwk.thumbprint())
