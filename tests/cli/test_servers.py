"""The verbs about servers: profiles and their secrets, the connection test, the numbers."""

import gzip
import io
import json
import re
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import pytest
from keyring.errors import KeyringLocked

from fhirdesk.app import credentials
from fhirdesk.sandbox.server import Sandbox
from tests.acceptance import SHARED
from tests.cli.conftest import Cli
from tests.marks import fault
from tests.remote.raw import Raw, always, answer

STATEMENTS = SHARED / "data" / "server" / "capability_statements.tar.gz"
VERSIONS = {"1.0.2": "DSTU2", "3.0.1": "STU3", "4.0.1": "R4", "4.3.0": "R4B", "5.0.0": "R5"}


class Memory(keyring.backend.KeyringBackend):
    """A keyring of this test's own."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Locked(Memory):
    """One that its owner does not unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


Real = type("Keyring", (Memory,), {"__module__": "keyring.backends.SecretService"})
Plain = type("PlaintextKeyring", (Memory,), {"__module__": "keyrings.alt.file"})


class Stuck(Memory):
    """One that waits for its owner for ever."""

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait(30)


Slow = type("Keyring", (Stuck,), {"__module__": "keyring.backends.SecretService"})
Shut = type("Keyring", (Locked,), {"__module__": "keyring.backends.SecretService"})


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = keyring.get_keyring()
    monkeypatch.setattr(credentials, "_session", {})
    yield
    keyring.set_keyring(before)


def typed(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """A person at a terminal."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr("getpass.getpass", lambda prompt: secret)


def test_a_server_is_added_used_listed_and_removed(cli: Cli) -> None:
    assert cli("profile", "add", "one", "https://one.example/fhir", "--vendor", "hapi").code == 0
    assert cli("profile", "add", "two", "--server", "https://two.example/fhir/").code == 0
    rows = {row["name"]: row for row in cli("profile", "list", "--json").rows}
    assert rows["one"]["url"] == "https://one.example/fhir" and rows["one"]["vendor"] == "hapi"
    assert rows["two"]["url"] == "https://two.example/fhir" and rows["two"]["active"]
    assert cli("profile", "add", "one", "--rate", "5").code == 0  # the rest stays
    row = next(r for r in cli("profile", "list", "--json").rows if r["name"] == "one")
    assert (row["url"], row["rate"], row["active"]) == ("https://one.example/fhir", 5.0, True)
    assert cli("profile", "use", "two").code == 0
    assert "* two" in cli("profile", "list").out
    assert cli("profile", "remove", "two").code == 0
    assert [r["name"] for r in cli("profile", "list", "--json").rows] == ["one"]
    for words in (("use", "three"), ("remove", "three"), ("add", "bare"), ("add", "far", "http://far.example/fhir")):
        assert cli("profile", *words).code == 3


def test_a_server_with_unsent_changes_is_removed_only_with_a_yes(cli: Cli, people: Path) -> None:
    cli("profile", "add", "one", "https://one.example/fhir")
    cli("import", people)
    said = cli("profile", "remove", "one")
    assert said.code == 2 and "3" in said.err
    assert cli("profile", "remove", "one", "--yes").code == 0
    cli("profile", "add", "one", "https://one.example/fhir")
    assert cli("queue", "stats", "--json").rows[0]["pending"] == 3


def test_the_secret_goes_to_the_keyring_and_into_no_file(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(ring := Real())
    with Sandbox(auth="oauth") as server:
        words = ["profile", "add", "clinic", server.base, "--client-id", "cdss-client", "--token-url", server.token_url]
        typed(monkeypatch, "wrong")
        refused = cli(*words, "--check")
        assert refused.code == 4 and not cli("profile", "list").out
        typed(monkeypatch, "secret")
        said = cli(*words, "--check")
        assert said.code == 0 and "secret" not in said.out
        assert ring.kept == {("fhirdesk", "clinic"): "secret"}
        monkeypatch.setattr(credentials, "_session", {})  # another process
        assert cli("check").code == 0
        assert cli("profile", "remove", "clinic").code == 0 and ring.kept == {}
    assert all(b'"secret"' not in p.read_bytes() for p in (tmp_path / "data").iterdir())


@fault("G6")
@pytest.mark.parametrize("ring", [Plain, Shut, Slow, keyring.backends.fail.Keyring])
def test_without_a_safe_keyring_the_secret_is_not_kept_and_that_is_said(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: type[Memory]
) -> None:
    keyring.set_keyring(made := ring())
    monkeypatch.setattr(credentials, "PATIENCE", 0.3)
    typed(monkeypatch, "s3cret-word")
    said = cli("profile", "add", "clinic", "https://one.example/fhir", "--client-id", "c")
    assert said.code == 0 and "FHIR_CLIENT_SECRET" in said.err
    assert not getattr(made, "kept", {})
    assert all(b"s3cret-word" not in p.read_bytes() for p in (tmp_path / "data").iterdir())


def test_a_secret_can_come_through_a_pipe(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(ring := Real())
    monkeypatch.setattr(sys, "stdin", io.StringIO("piped\n"))
    assert cli("profile", "add", "clinic", "https://one.example/fhir", "--client-id", "c").code == 0
    assert ring.kept == {("fhirdesk", "clinic"): "piped"}
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert cli("profile", "add", "clinic", "--client-id", "c").code == 3


def test_check_names_each_step(cli: Cli) -> None:
    with Sandbox(auth="oauth") as server:
        said = cli("check", "--json", "--server", server.base)
        assert said.code == 4 and said.rows[0]["steps"][-1]["name"] == "read"  # it wants a sign-in, none is set
    with Sandbox() as server:
        found = cli("check", "--json", "--server", server.base).rows[0]
    assert found["ok"] and all(s["ok"] and s["message"] and s["fix"] is None for s in found["steps"])
    assert [s["name"] for s in found["steps"]] == ["dns", "tls", "metadata", "version", "token", "read", "writes"]
    assert "ImagingStudy" in found["steps"][-1]["message"]


def test_check_says_what_a_server_does_not_take(cli: Cli) -> None:
    from tests.scripted import FakeFhirServer

    with FakeFhirServer() as server:
        said = cli("check", "--server", server.url)
    assert said.code == 5 or "MedicationRequest" in said.out


@pytest.mark.parametrize(
    ("url", "step"), [("https://no-such-host.invalid/fhir", "dns"), ("http://127.0.0.1:9/fhir", "tls")]
)
def test_check_ends_at_the_step_that_fails_with_what_to_do(cli: Cli, url: str, step: str) -> None:
    english = cli("check", "--json", "--server", url).rows[0]
    other = cli("check", "--json", "--server", url, "--lang", "ko").rows[0]
    assert english["steps"][-1]["name"] == step and not english["ok"]
    assert english["steps"][-1]["fix"] and english["steps"][-1]["fix"] != other["steps"][-1]["fix"]


def metadata(document: dict[str, Any]) -> bytes:
    return answer(json.dumps(document).encode())


@pytest.mark.parametrize(("version", "name"), VERSIONS.items())
def test_the_version_of_fhir_is_named(cli: Cli, version: str, name: str) -> None:
    kind = "Conformance" if name == "DSTU2" else "CapabilityStatement"
    with always(metadata({"resourceType": kind, "fhirVersion": version})) as server:
        step = next(
            s for s in cli("check", "--json", "--server", server.url).rows[0]["steps"] if s["name"] == "version"
        )
    assert step["ok"] is (name == "R4") and version in step["message"]
    assert name in step["message"].replace("R4 (4.0.1)", "R4" if name == "R4" else "")


def statements() -> list[tuple[str, dict[str, Any]]]:
    if not STATEMENTS.exists():
        return []
    with tarfile.open(STATEMENTS) as tar:
        files = [(m.name, tar.extractfile(m)) for m in tar.getmembers() if m.isfile()]
        return [(name, json.load(file)) for name, file in files if file and "capability" in name]


@pytest.mark.parametrize(("name", "document"), [pytest.param(*s, id=s[0]) for s in statements()])
def test_real_statements_are_read_and_their_version_named(cli: Cli, name: str, document: dict[str, Any]) -> None:
    with always(metadata(document)) as server:
        steps = {s["name"]: s for s in cli("check", "--json", "--server", server.url).rows[0]["steps"]}
    wanted = "DSTU2" if "dstu2" in name or "dstu_2" in name else "STU3" if "stu3" in name else "R4"
    version = str(document.get("fhirVersion", "?"))
    if version == "?":
        assert not steps["version"]["ok"]
    else:
        assert wanted in steps["version"]["message"] or not steps["version"]["ok"], steps


def test_check_of_a_server_that_moved_or_closes(cli: Cli) -> None:
    with always(answer(b"", status="301 Moved", Location="https://new.example/fhir/metadata")) as server:
        said = cli("check", "--json", "--server", server.url)
        assert said.code == 5 and "https://new.example" in said.rows[0]["steps"][-1]["message"]

    def closes(_: bytes) -> Iterator[bytes | float]:
        yield b""

    with Raw(closes) as server:
        assert cli("check", "--server", server.url).code == 5


SAMPLE = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_]\w*="[^"\\\n]*"\})? (\d+(\.\d+)?(e[+-]?\d+)?)$')


def test_metrics_in_the_format_of_prometheus(cli: Cli, people: Path) -> None:
    with Sandbox() as server:
        cli("import", people)
        cli("drain", "--until-empty", "--server", server.base)
    said = cli("metrics", "--prometheus")
    described: set[str] = set()
    values: dict[str, float] = {}
    for line in said.out.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.removeprefix("# TYPE ").split(" ")
            assert kind == "gauge" and name not in described
            described.add(name)
        elif not line.startswith("# HELP "):
            assert SAMPLE.match(line), line
            name, value = line.rsplit(" ", 1)
            assert name.split("{")[0] in described
            values[name] = float(value)
    assert said.out.endswith("\n")
    assert values['fhirdesk_queue_entries{state="completed"}'] == 3
    assert values["fhirdesk_request_success_ratio"] == 1 and values["fhirdesk_requests"] >= 1
    assert 0 < values['fhirdesk_request_duration_seconds{quantile="0.99"}'] < 60


def test_metrics_before_anything_was_sent(cli: Cli) -> None:
    found = cli("metrics", "--json").rows[0]
    assert found["requests"] == {"count": 0, "avg_ms": None, "p95_ms": None, "p99_ms": None}
    assert {"success_rate", "client_error_rate", "server_error_rate", "local_update_success_rate"} <= set(found)
    assert "fhirdesk_requests 0" in cli("metrics", "--prometheus").out
    assert "-" in cli("metrics", "--lang", "ko").out


@fault("G7", "G8")
def test_no_patient_data_in_logs_or_errors(cli: Cli, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A write is logged with the record's key, and with nothing of the person."""
    caplog.set_level(0)
    canary = {
        "family_name": "카나리아",
        "given_name": "새이름",
        "phone": "010-9876-5432",
        "email": "canary@example.com",
    }
    row = {"type": "patient", "patient_id": "P-77", "gender": "F", "birth_date": "1971-02-03"} | canary
    file = tmp_path / "canary.ndjson"
    file.write_text(json.dumps(row) + "\n" + json.dumps(row | {"patient_id": "P-78", "gender": "카나리아?"}) + "\n")
    with Sandbox() as server:
        said = [cli("-v", "import", file), cli("-v", "drain", "--until-empty", "--server", server.base)]
        said.append(cli("-v", "edit", "patient", "P-77", "--phone", "010-5555-6666", "--server", server.base))
        server.fault(method="PUT", status=422, chance=1, body={"resourceType": "OperationOutcome", "issue": [
            {"severity": "error", "code": "value", "diagnostics": "카나리아 010-7777-8888 is wrong"}]})  # fmt: skip
        said.append(cli("-v", "edit", "patient", "P-77", "--phone", "010-7777-8888", "--server", server.base))
    shown = said[3].err.replace("카나리아 010-7777-8888 is wrong", "")  # the server's own words, to who typed them
    logged = caplog.text + said[1].err + said[2].err + shown
    for secret in ("카나리아", "새이름", "9876", "canary@", "1971-02", "5555", "7777"):
        assert secret not in logged, secret
    assert "FHIR update success for patient P-77" in logged
    assert "카나리아" not in said[3].out


def test_the_capability_statements_are_there_or_said() -> None:
    if not STATEMENTS.exists():
        pytest.skip("../shared is not here")
    assert gzip.decompress(STATEMENTS.read_bytes()) and len(statements()) >= 8
