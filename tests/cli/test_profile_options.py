"""What is kept of a server: each option, and what was chosen before."""

from pathlib import Path

from fhirdesk.settings import VENDORS, load_profiles
from tests.cli.conftest import Cli

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


def test_the_practice_servers_name_is_its_own(cli: Cli, tmp_path: Path) -> None:
    assert cli("profile", "add", "demo", BASE).code == 3
    assert load_profiles(tmp_path / "data") == {}
