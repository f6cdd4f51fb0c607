"""The embedded server and signed assertions: it takes a right one, once, and refuses every wrong one."""

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2 as httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from fhirdesk.remote.auth.keys import ClientKey, make_key, public_set
from fhirdesk.sandbox.server import Sandbox
from tests.marks import fault

KEY, RSA, OTHER = make_key("ES384"), make_key("RS384"), make_key("ES384")
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Claims = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(auth="oauth") as sandbox:
        sandbox.app.tokens.add({"client_id": "desk", "jwks": public_set([KEY, RSA]), "scope": "system/*.read"})
        sandbox.app.tokens.add({"client_id": "other", "jwks": public_set([OTHER])})
        yield sandbox


def claims(server: Sandbox, **changes: Any) -> Claims:
    """What is right, changed; None leaves a claim out."""
    now = int(time.time())
    right: Claims = {"iss": "desk", "sub": "desk", "aud": server.token_url, "jti": str(uuid.uuid4())}
    right |= {"iat": now, "exp": now + 240}
    return {name: value for name, value in (right | changes).items() if value is not None}


def post(server: Sandbox, assertion: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": BEARER, "client_assertion": assertion}
    with httpx.Client(trust_env=False) as http:
        return http.post(server.token_url, data=form | changes)


def encode(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def unsigned(server: Sandbox) -> str:
    return f"{encode({'alg': 'none', 'kid': KEY.kid})}.{encode(claims(server))}."


def signed_with_the_public_key(server: Sandbox) -> str:
    """The classic: HMAC, with what everybody knows as the secret."""
    secret = OctKey.import_key(json.dumps(KEY.describe(private=False)))
    return jwt.encode({"alg": "HS384", "kid": KEY.kid}, claims(server), secret, algorithms=["HS384"])


def signed_as_rs256(server: Sandbox) -> str:
    return jwt.encode({"alg": "RS256", "kid": RSA.kid}, claims(server), RSA.jwk, algorithms=["RS256"])


def with_key_inside(server: Sandbox) -> str:
    """Signed by a key that the assertion itself brings."""
    header = {"alg": "ES384", "kid": OTHER.kid, "jwk": OTHER.describe(private=False)}
    return jwt.encode(header, claims(server), OTHER.jwk, algorithms=["ES384"])


def changed_after(server: Sandbox) -> str:
    header, _, signature = KEY.sign(claims(server)).split(".")
    return f"{header}.{encode(claims(server, iss='other', sub='other'))}.{signature}"


def signed(key: ClientKey = KEY, **changes: Any) -> Callable[[Sandbox], str]:
    return lambda server: key.sign(claims(server, **changes))


WRONG: dict[str, Callable[[Sandbox], str]] = {
    "signed by a key that is not registered": signed(ClientKey(OTHER.jwk, "ES384", KEY.kid)),
    "signed by another client's key": signed(OTHER),
    "changed after it was signed": changed_after,
    "not signed": unsigned,
    "signed with the public key as a secret": signed_with_the_public_key,
    "signed with another algorithm": signed_as_rs256,
    "with a key of its own inside": with_key_inside,
    "from a client that nobody knows": signed(iss="nobody", sub="nobody"),
    "about another client": signed(sub="other"),
    "for another server": signed(aud="https://other.example/token"),
    "for nobody": signed(aud=None),
    "for the base of this server": lambda server: KEY.sign(claims(server, aud=server.base)),
    "over": lambda server: KEY.sign(claims(server, exp=int(time.time()) - 1)),
    "good for too long": lambda server: KEY.sign(claims(server, exp=int(time.time()) + 3600)),
    "good for ever": signed(exp=None),
    "with an end that is a word": signed(exp="soon"),
    "from the future": lambda server: KEY.sign(claims(server, iat=int(time.time()) + 900)),
    "without a number": signed(jti=None),
    "with an empty number": signed(jti=""),
    "with a number that is no text": signed(jti=[1]),
    "no assertion": lambda server: "a.b.c",
    "nothing": lambda server: "..",
    "not JSON inside": lambda server: f"{encode({'alg': 'ES384'})}.{base64.urlsafe_b64encode(b'[').decode()}.AA",
    "without a kid": lambda server: jwt.encode({"alg": "ES384"}, claims(server), KEY.jwk, algorithms=["ES384"]),
}


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ES384", "RS384"])
def test_a_right_assertion_gets_a_token_once(server: Sandbox, key: ClientKey) -> None:
    assertion = key.sign(claims(server))
    given = post(server, assertion)
    assert given.status_code == 200 and given.json()["scope"] == "system/*.read"
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {given.json()['access_token']}"}) as http:
        assert http.get(f"{server.base}/Patient").status_code == 200
    again = post(server, assertion)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("wrong", WRONG, ids=lambda name: name.replace(" ", "_"))
def test_a_wrong_assertion_gets_no_token(server: Sandbox, wrong: str) -> None:
    found = post(server, WRONG[wrong](server))
    assert (found.status_code, found.json()["error"]) == (400, "invalid_client"), wrong


def test_an_assertion_of_another_kind_is_refused(server: Sandbox) -> None:
    saml = BEARER.replace("jwt", "saml2")
    assert post(server, KEY.sign(claims(server)), client_assertion_type=saml).json()["error"] == "invalid_request"
    wrong = post(server, KEY.sign(claims(server)), grant_type="password")
    assert wrong.json()["error"] == "unsupported_grant_type"


def test_a_client_with_a_key_has_no_empty_secret(server: Sandbox) -> None:
    form = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": ""}
    with httpx.Client(trust_env=False) as http:
        assert http.post(server.token_url, data=form).status_code == 401


def test_a_server_may_refuse_secrets_and_other_algorithms() -> None:
    form = {"grant_type": "client_credentials", "client_id": "cdss-client", "client_secret": "secret"}
    with Sandbox("openemr", auth="oauth") as emr, httpx.Client(trust_env=False) as http:
        assert http.post(emr.token_url, data=form).json()["error"] == "invalid_request"
        emr.app.tokens.add({"client_id": "desk", "jwks": public_set([KEY, RSA])})
        assert post(emr, KEY.sign(claims(emr))).status_code == 400
        assert post(emr, RSA.sign(claims(emr))).json()["expires_in"] == 300
        assert post(emr, RSA.sign(claims(emr)), scope="system/*.rs").json()["error"] == "invalid_scope"
        methods = http.get(f"{emr.base}/.well-known/smart-configuration").json()
        assert methods["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]


@pytest.mark.parametrize(
    ("scope", "method", "type_", "allowed"),
    [
        ("system/*.read", "GET", "Patient", True),
        ("system/*.read", "POST", "Patient", False),
        ("system/Patient.write", "PUT", "Patient", True),
        ("system/Patient.write", "GET", "Patient", False),
        ("system/Patient.cruds", "DELETE", "Patient", True),
        ("system/Patient.rs", "GET", "Observation", False),
        ("system/Patient.rs system/*.c", "POST", "Observation", True),
        ("system/*.*", "PUT", "Condition", True),
        ("patient/*.read", "GET", "Patient", False),
        ("", "GET", "Patient", False),
    ],
)
def test_a_token_may_do_what_its_scope_says(scope: str, method: str, type_: str, allowed: bool) -> None:
    with Sandbox(auth="oauth", check_scopes=True) as server:
        server.app.tokens.add({"client_id": "desk", "jwks": public_set([KEY]), "scope": scope})
        token = post(server, KEY.sign(claims(server))).json()["access_token"]
        with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as http:
            answer = http.request(method, f"{server.base}/{type_}", json={} if method in ("POST", "PUT") else None)
        assert (answer.status_code != 403) is allowed


@fault("G2")
@pytest.mark.parametrize("skew", [3600, -3600])
def test_a_server_whose_clock_is_wrong_goes_by_it(skew: int) -> None:
    with Sandbox(auth="oauth", clock_skew=skew) as server:
        server.app.tokens.add({"client_id": "desk", "jwks": public_set([KEY])})
        assert post(server, KEY.sign(claims(server))).status_code == 400
        there = int(time.time()) + skew
        right = post(server, KEY.sign(claims(server, iat=there, exp=there + 240)))
        assert right.status_code == 200 and abs(parsedate_to_datetime(right.headers["Date"]).timestamp() - there) < 5
