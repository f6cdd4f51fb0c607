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


@pytest.mark.parametrize(
    ("data", "alg", "kid"),
    [
        (RSA.as_pem(private=True), "RS384", RSA.thumbprint()),
        (EC.as_pem(private=True), "ES384", EC.thumbprint()),
        (pem(RSA.private_key), "RS384", RSA.thumbprint()),
        (b"\n" + EC.as_pem(private=True), "ES384", EC.thumbprint()),
        (jwk(RSA), "RS384", RSA.thumbprint()),
        (jwk(EC, kid="registered", alg="ES384", use="sig"), "ES384", "registered"),
        (jwk(RSA, alg="RS256", key_ops=["sign"]), "RS384", RSA.thumbprint()),  # what others do with it
    ],
)
def test_a_key_is_read_from_pem_and_jwk(data: bytes, alg: str, kid: str) -> None:
    (key,) = read_keys(data)
    assert (key.alg, key.kid) == (alg, kid)
    shown = public_set([key])["keys"][0]
    assert not PRIVATE & set(shown) and (shown["alg"], shown["use"], shown["kid"]) == (alg, "sig", kid)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": []}',
        b'{"keys": 7}',
        b'{"kty": "RSA", "n": "AQ", "e": "AQAB", "d": "zz"}',
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"\xff\xfe\x00",
        RSA.as_pem(private=False),
        RSA.as_pem(private=True, password="word"),
        pem(rsa.generate_private_key(65537, 1024)),
        ECKey.generate_key("P-256").as_pem(private=True),
        OKPKey.generate_key("Ed25519").as_pem(private=True),
        jwk(EC, private=False),
        jwk(EC, d=7),
        jwk(OctKey.generate_key(256)),
    ],
)
@pytest.mark.filterwarnings("ignore:Key size")  # the library says of the short one, too
def test_what_cannot_sign_is_said(data: bytes) -> None:
    with pytest.raises(InvalidDocument) as said:
        read_keys(data)
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
