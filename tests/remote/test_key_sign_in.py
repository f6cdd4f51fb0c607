"""Sign-in with a signed assertion (SMART Backend Services): what is sent, to whom, and how answers are understood."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import FhirDeskError, NotAuthorized
from fhirdesk.core.exchange import Request, Response
from fhirdesk.remote.auth.keys import ClientKey, make_key, public_set
from fhirdesk.remote.client import Remote
from fhirdesk.remote.outcome import scope_missing
from fhirdesk.sandbox.server import Sandbox
from tests.marks import fault, invariant
from tests.remote.clients import with_remote
from tests.remote.raw import Raw, always, answer

READ = Request("GET", "Patient", params={"_count": "1"})
KEY, OTHER, RSA = make_key("ES384"), make_key("ES384"), make_key("RS384")
BUNDLE = answer(b'{"resourceType":"Bundle","type":"searchset"}')
TOKEN = answer(b'{"access_token":"sesame","expires_in":300}', kind="application/json")
Call = Callable[..., Any]


def register(server: Sandbox, *keys: ClientKey) -> None:
    server.app.tokens.add({"client_id": "desk", "jwks": public_set(keys)})


def call(server: Sandbox, work: Any, *keys: ClientKey, **more: Any) -> Any:
    words: dict[str, Any] = {"client_id": "desk", "sign_in": "key", "token_url": server.token_url} | more
    return with_remote(server.base, work, keys=keys, **words)


def count_sign_ins(server: Sandbox) -> int:
    return sum(row["url"] == "/token" for row in server.log())


def read_form(asked: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.partition(b"\r\n\r\n")[2].decode()).items()}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(auth="oauth", sign_in="jwt") as sandbox:
        register(sandbox, KEY, RSA)
        yield sandbox


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ES384", "RS384"])
def test_a_key_signs_in(server: Sandbox, key: ClientKey) -> None:
    assert call(server, lambda r: r.send(READ), key).status == 200


def test_the_token_endpoint_is_found_where_the_server_says_it_is(server: Sandbox) -> None:
    assert call(server, lambda r: r.send(READ), KEY, token_url=None).status == 200


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ES384", "RS384"])
def test_an_assertion_is_new_each_time_short_and_for_the_token_endpoint_alone(key: ClientKey) -> None:
    def reply(asked: bytes) -> Iterator[bytes | float]:
        yield TOKEN if asked.startswith(b"POST") else answer(b"", status="401 No")

    with Raw(reply) as door:
        words: dict[str, Any] = {"client_id": "desk", "sign_in": "key", "token_url": f"{door.url}/token"}
        with_remote(door.url, lambda r: r.send(READ), keys=[key], **words)
        forms = [read_form(a) for a in door.asked if a.startswith(b"POST")]
        assert len(forms) == 2  # the token was refused, and renewed
    tokens = [jwt.decode(form["client_assertion"], key.jwk, algorithms=[key.alg]) for form in forms]
    for form, token in zip(forms, tokens, strict=True):
        assert token.header == {"alg": key.alg, "kid": key.jwk.thumbprint(), "typ": "JWT"}
        assert token.claims["iss"] == token.claims["sub"] == "desk"
        assert token.claims["aud"] == f"{door.url}/token"
        assert 0 < token.claims["exp"] - time.time() <= 300
        assert form["scope"] == "system/*.read system/*.write" and form["grant_type"] == "client_credentials"
        assert not {"client_secret", "client_id"} & set(form)
    assert tokens[0].claims["jti"] != tokens[1].claims["jti"]


@pytest.mark.parametrize(
    ("vendor", "asked", "sent"),
    [
        ("epic", None, "system/*.read system/*.write"),
        ("epic", "system/Patient.rs", "system/Patient.rs"),
        ("openemr", "system/Patient.cruds", "system/Patient.cruds"),
    ],
)
def test_a_scope_is_always_sent_with_a_key(vendor: str, asked: str | None, sent: str) -> None:
    with always(TOKEN) as door:
        words: dict[str, Any] = {"client_id": "desk", "sign_in": "key", "token_url": door.url, "vendor": vendor}
        with_remote(door.url, lambda r: r.tokens.get(), keys=[KEY], scope=asked, **words)
        assert read_form(door.asked[0])["scope"] == sent


@fault("C7")
def test_openemr_is_asked_per_type_and_tells_a_missing_scope_from_a_lost_token() -> None:
    with Sandbox("openemr", auth="oauth") as emr:
        register(emr, RSA)

        async def work(remote: Remote) -> list[Response]:
            answers = [await remote.send(READ), await remote.send(Request("GET", "Practitioner"))]
            emr.app.tokens.revoke()
            return [*answers, await remote.send(READ)]

        read, elsewhere, again = call(emr, work, RSA, vendor="openemr")
        assert (read.status, again.status) == (200, 200)
        assert elsewhere.status == 401 and scope_missing(elsewhere)
        assert count_sign_ins(emr) == 2  # none for what a new token would not change
        with pytest.raises(NotAuthorized) as said:
            call(emr, lambda r: r.tokens.get(), RSA, scope="system/*.rs")
        assert (said.value.code, said.value.params["scope"]) == ("token_scope", "system/*.rs")
        with pytest.raises(NotAuthorized) as said:
            with_remote(emr.base, lambda r: r.tokens.get(), secret="s", client_id="desk", token_url=emr.token_url)
        assert said.value.code == "token_wants_key"


def test_after_a_rotation_the_key_that_the_server_knows_signs(server: Sandbox) -> None:
    async def work(remote: Remote) -> list[int | None]:
        answers = []
        for _ in range(3):
            server.app.tokens.revoke()
            answers.append((await remote.send(READ)).status)
        return answers

    assert call(server, work, OTHER, KEY) == [200, 200, 200]
    assert count_sign_ins(server) == 4  # the new key was tried once
    register(server, OTHER, KEY)
    assert call(server, lambda r: r.send(READ), OTHER, KEY).status == 200
    assert count_sign_ins(server) == 5


@pytest.mark.parametrize(
    ("keys", "words", "code"),
    [
        ([OTHER], {}, "token_key_refused"),
        ([], {}, "token_no_key"),
        ([KEY], {"client_id": None}, "token_no_client"),
        ([KEY], {"client_id": "nobody"}, "token_key_refused"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(
    server: Sandbox, keys: list[ClientKey], words: dict[str, Any], code: str
) -> None:
    found: Response = call(server, lambda r: r.send(READ), *keys, **words)
    assert (found.status, found.error_code) == (401, code)


# -- clocks


class Skewed(Clock):
    """A computer whose clock is wrong."""

    def __init__(self, ahead: float):
        super().__init__()
        self._ahead = ahead

    def now(self) -> float:
        return super().now() + self._ahead


@fault("G2")
@pytest.mark.parametrize("ahead", [3600.0, -3600.0, 90.0, -400.0])
def test_a_clock_that_is_wrong_signs_with_the_time_of_the_server(
    server: Sandbox, ahead: float, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(remote: Remote) -> tuple[list[int | None], float]:
        answers = []
        for _ in range(2):
            server.app.tokens.revoke()
            answers.append((await remote.send(READ)).status)
        return answers, remote.tokens.clock_offset

    answers, offset = call(server, work, KEY, clock=Skewed(ahead))
    assert answers == [200, 200] and offset == pytest.approx(-ahead, abs=3)
    assert count_sign_ins(server) <= 3  # refused once at most
    assert "clock" in caplog.text


@fault("G2")
def test_a_clock_that_is_right_within_a_minute_is_used_as_it_is(server: Sandbox) -> None:
    async def work(remote: Remote) -> float:
        await remote.tokens.get()
        return remote.tokens.clock_offset

    assert call(server, work, KEY, clock=Skewed(30.0)) == 0.0
    assert count_sign_ins(server) == 1


@fault("G2")
@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2026 10:00:00 GMT", "Fri, 27 Nov 99999 10:00:00 GMT"])
def test_a_date_that_is_none_changes_no_clock(date: str) -> None:
    with always(answer(b'{"access_token":"t"}', kind="application/json", Date=date)) as door:

        async def work(remote: Remote) -> float:
            await remote.tokens.get()
            return remote.tokens.clock_offset

        words: dict[str, Any] = {"client_id": "desk", "sign_in": "key", "token_url": door.url}
        assert with_remote(door.url, work, keys=[KEY], **words) == 0.0


# -- one renewal for all


@fault("G1")
def test_many_that_wait_for_one_renewal_share_its_failure(server: Sandbox) -> None:
    async def many(remote: Remote) -> list[str | None]:
        return [a.error_code for a in await asyncio.gather(*(remote.send(READ) for _ in range(12)))]

    assert call(server, many, OTHER) == ["token_key_refused"] * 12
    assert count_sign_ins(server) == 1


@fault("G1")
def test_who_gives_up_waiting_takes_the_token_from_nobody(server: Sandbox) -> None:
    server.fault(method="POST", path="/token", delayMs=200)

    async def work(remote: Remote) -> str | None:
        first = asyncio.ensure_future(remote.tokens.get())
        await asyncio.sleep(0.05)
        first.cancel()
        return await remote.tokens.get()

    assert call(server, work, KEY) and count_sign_ins(server) == 1


# -- nothing goes elsewhere, nothing is logged


@fault("G4")
@invariant(12)
@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:{port}", "https://127.0.0.1:{own}", "http://localhost:{own}"])
def test_an_endpoint_that_is_found_at_another_origin_gets_no_assertion(elsewhere: str) -> None:
    with always(TOKEN) as thief:

        def reply(_: bytes) -> Iterator[bytes | float]:
            there = f"{elsewhere.format(port=thief.port, own=door.port)}/token"
            yield answer(json.dumps({"token_endpoint": there}).encode(), kind="application/json")

        with Raw(reply) as door, pytest.raises(FhirDeskError) as said:
            with_remote(door.url, lambda r: r.tokens.get(), keys=[KEY], client_id="desk", sign_in="key")
        assert said.value.code == "token_elsewhere" and thief.asked == []
        assert all(b"assertion" not in asked for asked in door.asked)


@fault("G4")
@invariant(12)
def test_an_endpoint_that_a_person_typed_is_asked_for_tokens_and_for_nothing_else() -> None:
    with always(TOKEN) as tokens, always(BUNDLE) as door:
        words: dict[str, Any] = {"client_id": "desk", "sign_in": "key", "token_url": f"{tokens.url}/token"}
        assert with_remote(door.url, lambda r: r.send(READ), keys=[KEY], **words).status == 200
        assert tokens.heads() == ["POST /fhir/token HTTP/1.1"] and b"sesame" not in tokens.asked[0]
        claims = jwt.decode(read_form(tokens.asked[0])["client_assertion"], KEY.jwk, algorithms=["ES384"]).claims
        assert claims["aud"] == f"{tokens.url}/token"
        assert len(door.asked) == 1 and b"sesame" in door.asked[0] and b"assertion" not in door.asked[0]


@fault("G4")
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_a_redirect_of_the_token_endpoint_is_not_followed(status: str) -> None:
    with always(TOKEN) as thief, always(answer(b"", status=status, Location=thief.url)) as door:
        words: dict[str, Any] = {"client_id": "desk", "sign_in": "key", "token_url": door.url}
        found = with_remote(door.url, lambda r: r.send(READ), keys=[KEY], **words)
        assert (found.status, found.error_code, thief.asked) == (401, "token_key_refused", [])


@fault("G8")
@pytest.mark.parametrize("work", [lambda r: r.send(READ), lambda r: r.tokens.get(not_this="x")])
def test_no_log_has_an_assertion_a_secret_or_a_token(
    server: Sandbox, work: Callable[[Remote], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, name)

    async def both(remote: Remote) -> str | None:
        await work(remote)
        return await remote.tokens.get()

    token = call(server, both, KEY)
    assert token and token not in caplog.text
    assert str(KEY.describe(private=True)["d"]) not in caplog.text and "eyJ" not in caplog.text
    with Sandbox(auth="oauth") as plain:
        words: dict[str, Any] = {"client_id": "cdss-client", "token_url": plain.token_url}
        plain.app.tokens.add({"client_id": "cdss-client", "secret": "hush-hush"})
        token = with_remote(plain.base, both, secret="hush-hush", **words)
    assert token and token not in caplog.text and "hush-hush" not in caplog.text and "aHVzaC1odXNo" not in caplog.text
