"""The keys of a profile: made, kept where only their owner reads them, shown in public, rotated, forgotten."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import keyring
import keyring.backends.fail
import pytest

from fhirdesk.app import credentials
from fhirdesk.core.settings import load_profiles
from fhirdesk.remote.auth.keys import make_key, read_keys, write_keys
from fhirdesk.sandbox.server import Sandbox
from tests.cli.conftest import Cli, Said
from tests.cli.test_servers import Memory, Plain, Real, Shut
from tests.marks import fault

BASE = "http://127.0.0.1:9/fhir"
PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}
WINDOWS_LIMIT = 1280  # characters that its keyring holds


class Small(Memory):
    """The keyring of Windows, which holds 2,560 bytes of UTF-16."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > WINDOWS_LIMIT:
            raise OSError(1783, "The stub received bad data")
        super().set_password(service, username, password)


Windows = type("Keyring", (Small,), {"__module__": "keyring.backends.Windows"})


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    before = keyring.get_keyring()
    monkeypatch.setattr(credentials, "_session", {})
    monkeypatch.setattr(credentials, "PATIENCE", 1.0)
    keyring.set_keyring(made := Real())
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(auth="oauth", sign_in="jwt") as sandbox:
        yield sandbox


def kids(cli: Cli, name: str = "clinic") -> list[str]:
    said = cli("profile", "jwks", name)
    assert said.code == 0, said.err
    keys: list[dict[str, Any]] = said.rows[0]["keys"]
    assert all(not PRIVATE & set(key) for key in keys)
    return [key["kid"] for key in keys]


def register(cli: Cli, server: Sandbox) -> None:
    """As a person would: what the program prints, put in at the server."""
    client = {"client_id": "desk", "jwks": cli("profile", "jwks", "clinic").rows[0], "scope": "system/*.*"}
    with httpx.Client(trust_env=False) as http:
        assert http.post(f"{server.origin}/__admin/clients", json=client).status_code == 204


def steps(said: Said) -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in said.rows[0]["steps"]}


@pytest.mark.parametrize("alg", ["RS384", "ES384"])
@pytest.mark.parametrize("where", ["file", "keyring"])
def test_a_key_is_made_registered_and_signs_in(
    cli: Cli, server: Sandbox, tmp_path: Path, people: Path, alg: str, where: str
) -> None:
    named = ("--key-file", tmp_path / "client.key") if where == "file" else ()
    words = ("--sign-in", "key", "--new-key", "--alg", alg, *named)
    said = cli("profile", "add", "clinic", server.base, "--client-id", "desk", "--token-url", server.token_url, *words)
    assert said.code == 0 and "profile jwks clinic" in said.err
    refused = cli("check", "--json")
    assert refused.code == 4 and "profile jwks" in steps(refused)["token"]["fix"]
    register(cli, server)
    assert cli("check").code == 0
    cli("import", people)
    assert cli("drain", "--until-empty").code == 0 and len(server.journal()) == 3


def test_a_profile_without_any_of_it_signs_in_as_before(cli: Cli, tmp_path: Path) -> None:
    assert cli("profile", "add", "clinic", BASE).code == 0
    kept = load_profiles(tmp_path / "data")["clinic"]
    assert (kept.sign_in, kept.signs_in_by, kept.alg, kept.key_file) == (None, "none", "RS384", None)
    assert cli("profile", "add", "clinic", "--sign-in", "secret").code == 3  # without a client id
    assert cli("profile", "add", "clinic", "--sign-in", "key", "--client-id", "c").code == 3  # without a key
    assert cli("profile", "jwks", "clinic").code == 3 and cli("profile", "rotate", "clinic").code == 3
    assert cli("profile", "add", "other", BASE, "--new-key", "--check").code == 3  # it is not registered yet
    assert "other" not in load_profiles(tmp_path / "data")
    assert cli("profile", "jwks", "nobody").code == 3 and cli("profile", "rotate", "nobody").code == 3
    assert cli("profile", "add", "clinic", "--new-key", "--alg", "ES384").code == 0
    assert load_profiles(tmp_path / "data")["clinic"].signs_in_by == "key"
    assert cli("profile", "add", "clinic", "--sign-in", "none").code == 0
    assert load_profiles(tmp_path / "data")["clinic"].signs_in_by == "none"


@fault("G11")
@pytest.mark.parametrize("where", ["file", "keyring"])
def test_nobody_else_can_read_a_key(cli: Cli, tmp_path: Path, where: str) -> None:
    named = ("--key-file", tmp_path / "client.key") if where == "file" else ()
    cli("profile", "add", "clinic", BASE, "--new-key", "--alg", "ES384", *named)
    file = tmp_path / "client.key" if where == "file" else next((tmp_path / "data" / "keys").iterdir())
    for _ in range(2):
        assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o077 == 0
        assert cli("profile", "rotate", "clinic").code == 0
    file.chmod(0o644)
    assert ("chmod 600" in cli("queue", "stats").err) is (where == "file")  # the sealed one tells nobody anything


@fault("G7")
@pytest.mark.parametrize("where", ["file", "keyring"])
def test_no_output_and_no_other_file_holds_a_private_key(
    cli: Cli, tmp_path: Path, ring: Memory, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    caplog.set_level(0)
    file = tmp_path / "client.key"
    named = ("--key-file", file) if where == "file" else ()
    said = [cli("-v", "profile", "add", "clinic", BASE, "--new-key", "--alg", "ES384", *named)]
    said += [cli("-v", "profile", *words, "--json") for words in (("jwks", "clinic"), ("list",), ("rotate", "clinic"))]
    if where == "keyring":
        file.write_bytes(b"{}")
        ((_, seal),) = ring.kept.items()
        assert len(seal) < 64
        secrets = [seal]
    else:
        secrets = [str(key.describe(private=True)["d"]) for key in read_keys(file.read_bytes())]
    shown = "".join(s.out + s.err for s in said) + caplog.text
    kept = b"".join(p.read_bytes() for p in (tmp_path / "data").rglob("*") if p.is_file())
    assert all(secret not in shown and secret.encode() not in kept for secret in secrets)
    assert b'"d"' not in kept


def test_a_rotation_keeps_the_key_before_and_drops_the_one_before_that(cli: Cli, server: Sandbox) -> None:
    cli("profile", "add", "clinic", server.base, "--client-id", "desk", "--new-key", "--alg", "ES384")
    register(cli, server)
    (first,) = kids(cli)
    assert cli("profile", "rotate", "clinic").code == 0
    second, before = kids(cli)
    assert before == first != second
    assert cli("check").code == 0  # the server knows the first one only
    register(cli, server)
    said = cli("profile", "rotate", "clinic", "--json")
    assert [key["kid"] for key in said.rows[0]["keys"]] == kids(cli)
    assert kids(cli)[1] == second and first not in kids(cli)
    assert cli("check").code == 0


def test_a_key_that_is_there_is_never_overwritten(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "client.key"
    file.write_text("something of mine")
    assert cli("profile", "add", "clinic", BASE, "--new-key", "--key-file", file).code == 3
    assert file.read_text() == "something of mine" and load_profiles(tmp_path / "data") == {}
    cli("profile", "add", "other", BASE, "--new-key", "--alg", "ES384")
    before = kids(cli, "other")
    again = cli("profile", "add", "other", "--new-key")
    assert again.code == 3 and "profile rotate other" in again.err and kids(cli, "other") == before
    link = tmp_path / "link.key"
    link.symlink_to(tmp_path / "elsewhere.key")
    assert cli("profile", "add", "linked", BASE, "--new-key", "--key-file", link).code == 3
    assert not (tmp_path / "elsewhere.key").exists()


@pytest.mark.parametrize("content", [None, b"", b"not a key", b"{}", b'{"kty":"EC"}'])
def test_a_file_that_holds_no_key_is_said_before_anything_is_kept(
    cli: Cli, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "client.key"
    if content is not None:
        file.write_bytes(content)
    said = cli("profile", "add", "clinic", BASE, "--key-file", file)
    assert said.code == 3 and str(file) in said.err and load_profiles(tmp_path / "data") == {}


@fault("G5")
def test_a_keyring_that_holds_little_holds_what_opens_the_keys(cli: Cli) -> None:
    keyring.set_keyring(ring := Windows())
    assert cli("profile", "add", "clinic", BASE, "--new-key").code == 0  # RSA: 2,400 characters as JWK
    assert cli("profile", "rotate", "clinic").code == 0
    assert len(kids(cli)) == 2 and [len(seal) for seal in ring.kept.values()] == [44]


@fault("G5")
def test_a_secret_that_is_too_long_for_the_keyring_is_not_said_to_be_kept(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(ring := Windows())
    monkeypatch.setattr(sys, "stdin", io.StringIO("s" * 2000 + "\n"))
    said = cli("profile", "add", "clinic", BASE, "--client-id", "c")
    assert said.code == 0 and "FHIR_CLIENT_SECRET" in said.err and ring.kept == {}


@fault("G6")
@pytest.mark.parametrize("ring_of", [Plain, Shut, keyring.backends.fail.Keyring])
def test_without_a_safe_keyring_a_key_needs_a_file(cli: Cli, tmp_path: Path, ring_of: type[Memory]) -> None:
    keyring.set_keyring(made := ring_of())
    said = cli("profile", "add", "clinic", BASE, "--new-key", "--alg", "ES384")
    assert said.code == 3 and "--key-file" in said.err and not getattr(made, "kept", {})
    assert not (tmp_path / "data" / "keys").exists() and load_profiles(tmp_path / "data") == {}
    assert cli("profile", "add", "clinic", BASE, "--new-key", "--key-file", tmp_path / "k", "--alg", "ES384").code == 0
    assert len(kids(cli)) == 1


@fault("G6")
def test_a_keyring_that_is_locked_later_opens_nothing_and_loses_nothing(cli: Cli, ring: Memory) -> None:
    cli("profile", "add", "clinic", BASE, "--client-id", "desk", "--new-key", "--alg", "ES384")
    before = kids(cli)
    keyring.set_keyring(Shut())
    for words in (("profile", "jwks", "clinic"), ("profile", "rotate", "clinic"), ("check",)):
        said = cli(*words)
        assert said.code == 3 and "keyring" in said.err
    assert cli("profile", "add", "clinic", "--rate", 5).code == 0  # nothing to do with the key
    keyring.set_keyring(ring)
    assert kids(cli) == before
    ring.kept = dict.fromkeys(ring.kept, "A" * 43 + "=")  # another seal
    assert cli("profile", "jwks", "clinic").code == 3


def test_the_key_of_the_environment_comes_before_that_of_the_profile(
    cli: Cli, server: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, file = make_key("ES384"), tmp_path / "mine.pem"
    file.write_bytes(key.jwk.as_pem(private=True))
    file.chmod(0o600)
    cli("profile", "add", "clinic", server.base, "--client-id", "desk", "--new-key", "--alg", "ES384")
    monkeypatch.setenv("FHIR_CLIENT_KEY", str(file))
    assert kids(cli) == [key.kid]
    assert cli("profile", "rotate", "clinic").code == 3 and read_keys(file.read_bytes())[0].kid == key.kid
    register(cli, server)
    assert cli("check").code == 0
    assert cli("profile", "add", "bare", server.base, "--sign-in", "key", "--client-id", "desk").code == 0
    assert cli("check").code == 0 and load_profiles(tmp_path / "data")["bare"].key_file is None
    file.write_bytes(write_keys([key]))  # JWK does, too
    assert cli("check").code == 0
    monkeypatch.setenv("FHIR_CLIENT_KEY", str(tmp_path / "none"))
    assert cli("check").code == 3


def test_keys_go_with_their_server(cli: Cli, tmp_path: Path, ring: Memory) -> None:
    file = tmp_path / "client.key"
    cli("profile", "add", "sealed", BASE, "--client-id", "a", "--new-key", "--alg", "ES384")
    cli("profile", "add", "named", BASE, "--client-id", "a", "--new-key", "--alg", "ES384", "--key-file", file)
    before = kids(cli, "sealed")
    assert kids(cli, "named") != before
    moved = cli("profile", "move", "sealed", "http://127.0.0.1:8/fhir", "--sign-in", "key", "--client-id", "b")
    assert moved.code == 3 and kids(cli, "sealed") == before  # the key of the old address is not used at the new one
    moved = cli("profile", "move", "sealed", "http://127.0.0.1:8/fhir", "--new-key", "--client-id", "b")
    assert moved.code == 0 and kids(cli, "sealed") != before
    for name in ("sealed", "named"):
        assert cli("profile", "remove", name).code == 0
    assert ring.kept == {} and not list((tmp_path / "data" / "keys").iterdir())
    assert len(read_keys(file.read_bytes())) == 1  # what a person named is theirs


@fault("G2")
def test_check_says_when_the_clocks_differ(cli: Cli) -> None:
    with Sandbox(auth="oauth", sign_in="jwt", clock_skew=3600) as server:
        cli("profile", "add", "clinic", server.base, "--client-id", "desk", "--new-key", "--alg", "ES384")
        register(cli, server)
        said = cli("check", "--json")
        assert said.code == 0 and "3600" in steps(said)["token"]["message"].replace("3599", "3600")


@fault("G4")
def test_nothing_of_a_key_is_used_at_another_address(cli: Cli, server: Sandbox) -> None:
    cli("profile", "add", "clinic", BASE, "--client-id", "desk", "--new-key", "--alg", "ES384")
    register(cli, server)
    said = cli("check", "--json", "--server", server.base)
    assert said.code == 4 and steps(said)["read"]["ok"] is False  # it signs in nowhere
    assert all(row["url"] != "/token" for row in server.log())


def test_what_is_printed_is_a_jwk_set_of_its_thumbprints(cli: Cli) -> None:
    cli("profile", "add", "clinic", BASE, "--new-key")
    (key,) = json.loads(cli("profile", "jwks", "clinic").out)["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"} and (key["kty"], key["alg"]) == ("RSA", "RS384")


def test_a_key_that_the_server_does_not_know_stops_sending_and_fails_nothing(
    cli: Cli, server: Sandbox, people: Path
) -> None:
    cli("profile", "add", "clinic", server.base, "--client-id", "desk", "--new-key", "--alg", "ES384")
    cli("import", people)
    said = cli("drain", "--until-empty")
    stats = cli("queue", "stats", "--json").rows[0]
    assert said.code == 1 and "its key" in said.err and (stats["pending"], stats["failed"]) == (3, 0)
    assert sum(row["url"] == "/token" for row in server.log()) <= 3
    register(cli, server)
    assert cli("queue", "resume").code == 0
    assert cli("drain", "--until-empty").code == 0 and len(server.journal()) == 3
