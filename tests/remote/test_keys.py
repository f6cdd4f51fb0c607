"""A client's keys: what can be read, what cannot, and what is shown of them."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.remote.auth.keys import ClientKey, make_key, public_set, read_keys, write_keys

RSA, EC = RSAKey.generate_key(2048), ECKey.generate_key("P-384")
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}


def pem(key: RSAPrivateKey | None) -> bytes:
    """As older tools write it: BEGIN RSA PRIVATE KEY."""
    assert key is not None
    kind, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, kind, plain)


def jwk(key: Any, *, private: bool = True, **more: Any) -> bytes:
    return json.dumps(key.as_dict(private=private) | more).encode()


RIGHT = {  # by names that are the same in every process of a run
    "RSA as PEM": (RSA.as_pem(private=True), "RS384", RSA.thumbprint()),
    "EC as PEM": (EC.as_pem(private=True), "ES384", EC.thumbprint()),
    "RSA as older tools write it": (pem(RSA.private_key), "RS384", RSA.thumbprint()),
    "after an empty line": (b"\n" + EC.as_pem(private=True), "ES384", EC.thumbprint()),
    "RSA as JWK": (jwk(RSA), "RS384", RSA.thumbprint()),
    "with a name of its own": (jwk(EC, kid="registered", alg="ES384", use="sig"), "ES384", "registered"),
    "with what others do with it": (jwk(RSA, alg="RS256", key_ops=["sign"]), "RS384", RSA.thumbprint()),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_key_is_read_from_pem_and_jwk(name: str) -> None:
    data, alg, kid = RIGHT[name]
    (key,) = read_keys(data)
    assert (key.alg, key.kid) == (alg, kid)
    shown = public_set([key])["keys"][0]
    assert not PRIVATE & set(shown) and (shown["alg"], shown["use"], shown["kid"]) == (alg, "sig", kid)


WRONG = {
    "nothing": b"",
    "an empty object": b"{}",
    "a list": b"[]",
    "an empty set": b'{"keys": []}',
    "no set": b'{"keys": 7}',
    "no numbers": b'{"kty": "RSA", "n": "AQ", "e": "AQAB", "d": "zz"}',
    "no DER": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "no text": b"\xff\xfe\x00",
    "a public PEM": RSA.as_pem(private=False),
    "a PEM with a password": RSA.as_pem(private=True, password="word"),
    "a short one": pem(rsa.generate_private_key(65537, 1024)),
    "another curve": ECKey.generate_key("P-256").as_pem(private=True),
    "another kind": OKPKey.generate_key("Ed25519").as_pem(private=True),
    "a public JWK": jwk(EC, private=False),
    "a number for a part": jwk(EC, d=7),
    "a secret": jwk(OctKey.generate_key(256)),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore:Key size")  # the library says of the short one, too
def test_what_cannot_sign_is_said(name: str) -> None:
    with pytest.raises(InvalidDocument) as said:
        read_keys(WRONG[name])
    assert said.value.code == "key_wrong"


def test_a_set_of_keys_is_written_and_read_again() -> None:
    keys = (make_key("ES384"), make_key("RS384"))
    again = read_keys(write_keys(keys))
    assert [(k.alg, k.kid) for k in again] == [(k.alg, k.kid) for k in keys]
    assert [k.kid for k in again] == [k.jwk.thumbprint() for k in keys]
    assert public_set(again) == public_set(keys)


def test_a_key_does_not_show_itself() -> None:
    key: ClientKey = make_key("ES384")
    assert str(key.describe(private=True)["d"]) not in repr(key)
