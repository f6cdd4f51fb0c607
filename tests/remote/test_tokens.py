"""OAuth2 client credentials on a real token endpoint, and on odd ones (G1); a token goes to its own server only."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from fhirdesk.core.errors import FhirDeskError, NotAuthorized, Unavailable
from fhirdesk.core.exchange import Delivery, Request, Response
from fhirdesk.remote.auth import endpoint
from fhirdesk.remote.client import Remote
from fhirdesk.remote.outcome import scope_missing
from fhirdesk.sandbox.server import Sandbox
from tests.marks import fault, invariant
from tests.remote.clients import with_remote
from tests.remote.raw import Raw, always, answer
from tests.sync.bench import SetClock

READ = Request("GET", "Patient", params={"_count": "1"})
ODD_LIFETIMES: tuple[Any, ...] = (0, -1, None, "soon", True, [])
BUNDLE = answer(b'{"resourceType":"Bundle","type":"searchset"}')


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(auth="oauth") as made:
        yield made


def signed(sandbox: Sandbox, secret: str = "secret", **more: Any) -> Any:
    def call(work: Any, **others: Any) -> Any:
        words: dict[str, Any] = {"client_id": "cdss-client", "token_url": sandbox.token_url} | more | others
        return with_remote(sandbox.base, work, secret=secret, **words)

    return call


def tokens_asked(sandbox: Sandbox) -> int:
    return sum(1 for row in sandbox.log() if row["url"] == "/token")


def test_a_token_is_fetched_once_and_used(sandbox: Sandbox) -> None:
    async def twice(remote: Remote) -> list[int | None]:
        return [(await remote.send(READ)).status for _ in range(2)]

    assert signed(sandbox)(twice) == [200, 200]
    assert tokens_asked(sandbox) == 1


def test_the_token_endpoint_is_found_where_the_server_says_it_is(sandbox: Sandbox) -> None:
    assert signed(sandbox)(lambda r: r.send(READ), token_url=None).status == 200


@fault("D2")
def test_a_refused_token_is_renewed_once_in_silence_and_by_one_alone(sandbox: Sandbox) -> None:
    async def many(remote: Remote) -> list[int | None]:
        await remote.send(READ)
        sandbox.app.tokens.revoke()
        return [a.status for a in await asyncio.gather(*(remote.send(READ) for _ in range(12)))]

    assert signed(sandbox)(many) == [200] * 12
    assert tokens_asked(sandbox) == 2


@fault("D2")
def test_when_the_new_one_is_refused_too_the_answer_is_401(sandbox: Sandbox) -> None:
    sandbox.fault(method="GET", path="Patient", status=401, chance=1)
    assert signed(sandbox)(lambda r: r.send(READ)).status == 401
    assert tokens_asked(sandbox) == 2


@pytest.mark.parametrize("secret", ["wrong", "", "ä ö%:+/ü"])
def test_a_wrong_secret_is_401_and_said(sandbox: Sandbox, secret: str) -> None:
    found: Response = signed(sandbox, secret)(lambda r: r.send(READ))
    assert (found.status, found.error_code) == (401, "token_refused")


def test_a_secret_of_odd_characters_arrives(sandbox: Sandbox) -> None:
    sandbox.app.tokens.add({"client_id": "a:b", "secret": "ä ö%:+/ü"})
    assert signed(sandbox, "ä ö%:+/ü")(lambda r: r.send(READ), client_id="a:b").status == 200


def test_a_server_that_wants_the_secret_in_the_form_gets_it_there() -> None:
    def reply(asked: bytes) -> Iterator[bytes | float]:
        if b"/token" not in asked.split(b"\r\n")[0]:
            yield BUNDLE
        elif b"client_secret=s" in asked:
            yield answer(b'{"access_token":"t","expires_in":300}', kind="application/json")
        else:
            yield answer(b'{"error":"invalid_client"}', status="401 No", kind="application/json")

    with Raw(reply) as server:
        url = server.url.replace("/fhir", "/token")
        assert with_remote(server.url, lambda r: r.send(READ), secret="s", client_id="c", token_url=url).status == 200


@fault("G1")
@pytest.mark.parametrize(
    ("lifetime", "used"),
    [(3600, 3540.0), (300, 240.0), (100, 80.0), (60, 48.0), (1, 0.8), ("300", 240.0)]
    + [(odd, 240.0) for odd in ODD_LIFETIMES]
    + [(1e12, 86_340.0)],
)
def test_a_token_is_renewed_a_minute_or_a_fifth_of_its_life_before_its_end(lifetime: Any, used: float) -> None:
    body = json.dumps({"access_token": "t", "token_type": "Bearer", "expires_in": lifetime}).encode()
    clock = SetClock()

    async def left(remote: Remote) -> float:
        await remote.tokens.get()
        first = remote.tokens.seconds_left
        clock.at += first - 0.01
        await remote.tokens.get()
        clock.at += 0.02
        await remote.tokens.get()
        return first

    with always(answer(body, kind="application/json")) as server:
        words: dict[str, Any] = {"client_id": "c", "token_url": server.url, "clock": clock, "secret": "s"}
        assert with_remote(server.url, left, **words) == pytest.approx(used)
        assert len(server.asked) == 2


@fault("G1")
@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (answer(b"<html>sign in</html>", kind="text/html"), NotAuthorized, "token_none"),
        (answer(b"{}", kind="application/json"), NotAuthorized, "token_none"),
        (answer(b'["t"]', kind="application/json"), NotAuthorized, "token_none"),
        (answer(b'{"access_token":7}', kind="application/json"), NotAuthorized, "token_none"),
        (answer(b'{"access_token":"a\\r\\nX: y"}', kind="application/json"), NotAuthorized, "token_none"),
        (answer(b'{"access_token":"t","token_type":"MAC"}', kind="application/json"), NotAuthorized, "token_kind"),
        (
            answer(b'{"error":"invalid_client"}', status="400 Bad", kind="application/json"),
            NotAuthorized,
            "token_refused",
        ),
        (answer(b"", status="302 Moved", Location="http://127.0.0.1:1/"), NotAuthorized, "token_refused"),
        (answer(b"", status="503 Busy"), Unavailable, "token_unavailable"),
        (answer(b"", status="429 Busy"), Unavailable, "token_unavailable"),
        (answer(b" " * 10_000_000, kind="application/json"), Unavailable, "token_unavailable"),
        (b"nonsense\r\n\r\n", Unavailable, "token_unavailable"),
    ],
)
def test_an_odd_answer_gives_no_token_and_no_crash(data: bytes, error: type[FhirDeskError], code: str) -> None:
    with always(data) as server, pytest.raises(error) as said:
        words: dict[str, Any] = {"client_id": "c", "token_url": server.url, "secret": "hidden-secret"}
        with_remote(server.url, lambda r: r.tokens.get(), **words)
    assert said.value.code == code
    assert "hidden-secret" not in str(said.value)


@fault("G1")
def test_a_slow_token_ends_at_its_own_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "DEADLINE", 0.3)

    def drip(_: bytes) -> Iterator[bytes | float]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
        while True:
            yield 0.05
            yield b" "

    with Raw(drip) as server:
        words: dict[str, Any] = {"client_id": "c", "token_url": server.url, "secret": "s"}
        found = with_remote(server.url, lambda r: r.send(READ), **words)
    assert (found.delivery, found.error_code) == (Delivery.NOT_SENT, "token_unavailable")


@fault("G4")
def test_tokens_at_another_host_are_asked_for_only_where_the_profile_says_so() -> None:
    there = json.dumps({"token_endpoint": "https://tokens.example/token"}).encode()
    with always(answer(there, kind="application/json")) as server, pytest.raises(NotAuthorized) as said:
        with_remote(server.url, lambda r: r.tokens.get(), client_id="c", secret="s")
    assert (said.value.code, said.value.params["host"]) == ("token_elsewhere", "https://tokens.example")
    assert len(server.asked) == 1


@fault("G4")
@invariant(12)
@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:{port}",
        "https://127.0.0.1:{own}",
        "http://127.0.0.1.evil.test:{own}",
        "http://[",
        "//evil.test",
    ],
)
def test_a_token_endpoint_of_another_origin_gets_no_secret(elsewhere: str) -> None:
    """An origin is scheme, host and port."""
    with always(answer(b"{}", kind="application/json")) as thief:

        def reply(_: bytes) -> Iterator[bytes | float]:
            there = f"{elsewhere.format(port=thief.port, own=server.port)}/token"
            yield answer(json.dumps({"token_endpoint": there}).encode(), kind="application/json")

        with Raw(reply) as server, pytest.raises(NotAuthorized) as said:
            with_remote(server.url, lambda r: r.tokens.get(), client_id="c", secret="s")
    assert said.value.code == "token_elsewhere" and thief.asked == []


@fault("G4")
@pytest.mark.parametrize("status", ["503 Busy", "429 Busy"])
def test_a_server_that_is_busy_when_it_is_asked_where_its_tokens_are_needs_no_person(status: str) -> None:
    with always(answer(b"", status=status)) as server, pytest.raises(Unavailable) as said:
        with_remote(server.url, lambda r: r.tokens.get(), client_id="c", secret="s")
    assert said.value.code == "token_unavailable"


@fault("F7", "F8")
@invariant(12)
def test_a_token_goes_to_its_own_server_only() -> None:
    """A redirect and a link that lead elsewhere are not followed, with or without the token."""
    with always(BUNDLE) as elsewhere:
        link = {"relation": "next", "url": f"{elsewhere.url}/Patient?page=2"}
        reference = {
            "resource": {"resourceType": "Observation", "subject": {"reference": f"{elsewhere.url}/Patient/1"}}
        }
        page = {"resourceType": "Bundle", "type": "searchset", "link": [link], "entry": [reference]}

        def reply(asked: bytes) -> Iterator[bytes | float]:
            if b"/token" in asked.split(b"\r\n")[0]:
                yield answer(b'{"access_token":"sesame","expires_in":300}', kind="application/json")
            elif asked.startswith(b"POST"):
                yield answer(b"", status="307 Moved", Location=elsewhere.url + "/Patient")
            else:
                yield answer(json.dumps(page).encode(), Link=f"<{elsewhere.url}>; rel=next")

        with Raw(reply) as server:
            url = server.url.replace("/fhir", "/token")

            async def work(remote: Remote) -> None:
                await remote.send(READ)
                await remote.find("Patient", "s", "1")
                await remote.send(Request("POST", "Patient", {"resourceType": "Patient"}))

            with_remote(server.url, work, client_id="c", secret="s", token_url=url)
            assert (
                sum(b"authorization: Bearer sesame" in a or b"Authorization: Bearer sesame" in a for a in server.asked)
                == 3
            )
        assert elsewhere.asked == []


@fault("C7")
@pytest.mark.parametrize(
    "said",
    [
        b'{"error":"invalid_request","error_description":"assertion type is not supported"}',
        b'{"error":"invalid_request","message":"The assertion type is not supported","code":0}',
    ],
)
def test_a_secret_that_is_refused_because_a_signed_assertion_is_wanted_is_told_so(said: bytes) -> None:
    with always(answer(said, status="400 Bad Request", kind="application/json")) as door:
        words: dict[str, Any] = {"client_id": "c", "token_url": f"{door.url}/token"}
        found: Response = with_remote(door.url, lambda r: r.send(READ), secret="s", **words)
    assert (found.status, found.error_code) == (401, "token_wants_key")


@fault("C7")
def test_two_fresh_tokens_refused_are_about_the_scope_and_one_is_about_the_sign_in(sandbox: Sandbox) -> None:
    sandbox.fault(method="GET", path="Patient", status=401, chance=1)

    async def twice(remote: Remote) -> list[bool]:
        return [scope_missing(await remote.send(READ)) for _ in range(2)]

    assert signed(sandbox)(twice) == [True, False]
