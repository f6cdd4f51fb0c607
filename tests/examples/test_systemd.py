"""The units of `examples/systemd`: systemd takes them, they give few rights, and their commands do what they say."""

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from fhirdesk.cli.parser import parse
from fhirdesk.sandbox.server import Sandbox
from tests.examples.conftest import EXAMPLES, Run
from tests.factories import person_row

UNITS = EXAMPLES / "systemd"
SERVICES = ("fhirdesk-drain.service", "fhirdesk-watch.service")
PROGRAM = "/opt/fhirdesk/.venv/bin/fhirdesk-cli"
RIGHTS = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "StateDirectory": "fhirdesk",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
    "User": "fhirdesk",
}
MOST_EXPOSED = 20  # tenths of systemd's scale of 10


def read(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((UNITS / name).read_text(encoding="utf-8"))
    return unit


def words_of(name: str, state: Path, credentials: Path) -> list[str]:
    """The command of a service, its folders put in as systemd does."""
    line = read(name)["Service"]["ExecStart"]
    return shlex.split(line.replace("%S", str(state)).replace("%d", str(credentials)))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_few_rights_and_its_secret_as_a_credential(name: str) -> None:
    service = read(name)["Service"]
    assert {key: service[key] for key in RIGHTS} == RIGHTS
    credential, _, file = service["LoadCredential"].partition(":")
    assert f"%d/{credential}" in service["ExecStart"] and file.startswith("/etc/")
    assert not any(key.startswith("Environment") for key in service)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_calls_the_program_as_it_is(name: str) -> None:
    program, *words = words_of(name, Path("/var/lib"), Path("/run/credentials/x"))
    options = parse(words)
    assert program == PROGRAM and options.run == "queue:drain"
    assert options.data_dir == Path("/var/lib/fhirdesk") and options.watch == (name == "fhirdesk-watch.service")


def test_the_timer_starts_the_service_of_its_name_and_both_never_run_together() -> None:
    assert "OnUnitInactiveSec" in read("fhirdesk-drain.timer")["Timer"]
    assert read("fhirdesk-watch.service")["Unit"]["Conflicts"].split() == [
        "fhirdesk-drain.service",
        "fhirdesk-drain.timer",
    ]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units_and_finds_little_that_is_exposed(tmp_path: Path) -> None:
    for path in UNITS.iterdir():
        text = path.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and str(tmp_path) not in done.stderr, done.stderr
    for name in SERVICES:
        words = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(tmp_path / name)]
        if "unrecognized" not in (done := subprocess.run(words, capture_output=True, text=True, timeout=60)).stderr:
            assert done.returncode == 0, done.stdout


def test_the_command_of_the_service_sends_with_settings_of_the_credential(
    tmp_path: Path, run: Run, command: Path, server: Sandbox, environment: dict[str, str]
) -> None:
    credentials, state = tmp_path / "credentials", tmp_path / "state"
    credentials.mkdir(mode=0o700)
    (credentials / "fhirdesk.env").write_text(f"FHIR_SERVER_URL={server.base}\n", encoding="utf-8")
    (credentials / "fhirdesk.env").chmod(0o400)
    _, *words = words_of("fhirdesk-drain.service", state, credentials)
    row = ",".join(map(str, person_row("P-1").values()))
    given = ",".join(person_row("P-1")) + f"\n{row}\n"
    del environment["FHIR_SERVER_URL"]  # what the unit knows it knows from the credential
    feed = run(command, "--data-dir", state / "fhirdesk", "import", "-", "--type", "patient", given=given)
    assert feed.returncode == 0, feed.stderr
    sent = run(command, *words)
    assert sent.returncode == 0, sent.stderr
    assert [write["type"] for write in server.journal()] == ["Patient"]
