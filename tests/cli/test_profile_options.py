"""What is kept of a server: each option, and what was chosen before."""

import io
import sys
from pathlib import Path

import pytest

from fhirdesk.app import credentials
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.settings import VENDORS, Profile, load_profiles, load_settings, save_profiles
from fhirdesk.store.sqlite.data_folder import SENDER
from fhirdesk.store.sqlite.file_lock import FileLock
from tests.cli.conftest import Cli
from tests.marks import fault

BASE = "http://127.0.0.1:9/fhir"


def test_every_option_of_a_server_can_be_chosen_and_taken_back(cli: Cli, tmp_path: Path) -> None:
    chosen = ("--transactions", "--gzip", "--allow-http", "--bundle-entries", 40, "--bundle-bytes", 9000)
    assert cli("profile", "add", "clinic", BASE, *chosen, "--bundles-in-flight", 3, "--rate", 5).code == 0
    kept = load_profiles(tmp_path / "data")["clinic"]
    assert (kept.transactions, kept.gzip, kept.allow_http, kept.rate) == (True, True, True, 5)
    assert (kept.bundle_entries, kept.bundle_bytes, kept.bundles_in_flight) == (40, 9000, 3)
    assert cli("profile", "add", "clinic", "--no-transactions", "--rate", 0).code == 0
    kept = load_profiles(tmp_path / "data")["clinic"]
    assert (kept.transactions, kept.rate) == (False, None)
    assert (kept.url, kept.gzip, kept.bundle_entries) == (BASE, True, 40)


def test_every_kind_of_server_can_be_named(cli: Cli, tmp_path: Path) -> None:
    for vendor in VENDORS:
        assert cli("profile", "add", vendor, BASE, "--vendor", vendor).code == 0
    assert {p.vendor for p in load_profiles(tmp_path / "data").values()} == set(VENDORS)
    assert cli("profile", "add", "other", BASE, "--vendor", "nobody").code == 2


@fault("H10")
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8/fhir", "https://127.0.0.1:9/fhir", "http://localhost:9/fhir", "https://evil.test/fhir"]
)
def test_another_server_under_a_known_name_is_refused_before_anything_is_asked(
    cli: Cli, tmp_path: Path, url: str
) -> None:
    assert cli("profile", "add", "clinic", BASE, "--rate", 5).code == 0
    before = load_profiles(tmp_path / "data")
    said = cli("profile", "add", "clinic", url, "--client-id", "c", "--check")
    assert said.code == 3 and BASE in said.err and "profile move clinic" in said.err
    assert load_profiles(tmp_path / "data") == before
    assert cli("profile", "add", "other", url).code == 0
    assert load_profiles(tmp_path / "data")["clinic"] == before["clinic"]


@pytest.mark.parametrize("url", ["http://[", "http://:pw@host", "https://h:99999999/fhir", "http://127.evil.test/fhir"])
@pytest.mark.parametrize("words", [("profile", "add", "clinic"), ("check", "--server"), ("drain", "--server")])
def test_what_is_no_address_of_a_server_is_said(cli: Cli, words: tuple[str, ...], url: str) -> None:
    said = cli(*words, url)
    assert said.code == 3 and said.err.strip() and ":pw" not in said.err


def test_the_practice_servers_name_is_its_own(cli: Cli, tmp_path: Path) -> None:
    assert cli("profile", "add", "demo", BASE).code == 3
    assert load_profiles(tmp_path / "data") == {}


NEW = "http://127.0.0.1:8/fhir"


@fault("H10")
def test_a_server_that_moves_takes_nothing_of_its_sign_in_along(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets: dict[str, str] = {}
    monkeypatch.setattr(credentials, "set_secret", lambda name, secret: secrets.update({name: secret}) or True)
    monkeypatch.setattr(credentials, "forget_secret", lambda name: secrets.pop(name, None))
    monkeypatch.setattr(sys, "stdin", io.StringIO("old-secret\nnew-secret\n"))
    chosen = ("--client-id", "old", "--token-url", f"{BASE}/token", "--scope", "a", "--allow-http", "--rate", 5)
    assert cli("profile", "add", "clinic", BASE, *chosen).code == 0 and secrets == {"clinic": "old-secret"}
    assert cli("profile", "move", "nobody", NEW).code == 3
    assert cli("profile", "move", "clinic", "http://[").code == 3
    said = cli("profile", "move", "clinic", NEW)
    assert said.code == 0 and "birth dates" in said.out and secrets == {}
    assert load_profiles(tmp_path / "data")["clinic"] == Profile("clinic", url=NEW, rate=5)
    assert cli("profile", "move", "clinic", BASE, "--client-id", "new").code == 0
    assert secrets == {"clinic": "new-secret"} and load_profiles(tmp_path / "data")["clinic"].client_id == "new"


@fault("H10")
def test_nobody_moves_a_server_under_a_sender(cli: Cli, tmp_path: Path) -> None:
    assert cli("profile", "add", "clinic", BASE).code == 0
    lock = FileLock(tmp_path / "data" / SENDER)
    assert lock.try_acquire()
    assert cli("profile", "move", "clinic", NEW).code == 3
    lock.release()
    assert load_profiles(tmp_path / "data")["clinic"].url == BASE


@fault("H10")
def test_at_another_address_nothing_of_the_profile_s_server_is_used(tmp_path: Path) -> None:
    kept = Profile("default", url=BASE, client_id="c", token_url=f"{BASE}/t", scope="a", ca_file="x", allow_http=True)
    save_profiles(tmp_path, {"default": kept}, "default")
    found = load_settings(data_dir=tmp_path, server=NEW, environ={})
    assert found.profile == Profile("default", url=NEW) and found.secret == ""
    with pytest.raises(ConfigurationError):
        load_settings(data_dir=tmp_path, server="http://far.example/fhir", environ={})
