"""A data folder that others may write, and links in it (fault H5), by the command line."""

import json
import os
import sys
from pathlib import Path

import pytest

from fhirdesk.store.sqlite.data_folder import DATABASE
from tests.cli.conftest import Cli
from tests.marks import fault

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
NAMES = {
    DATABASE: ("queue", "stats"),
    f"{DATABASE}-wal": ("queue", "stats"),
    f"{DATABASE}-shm": ("queue", "stats"),
    "fhirdesk.commits": ("queue", "pause"),
    "fhirdesk.reserve": ("queue", "stats"),
    "profiles.json": ("profile", "add", "ward", "http://127.0.0.1:9/fhir"),
    "settings.toml": ("queue", "stats"),
    "sender.lock": ("drain", "--server", "http://127.0.0.1:9/fhir"),
}


@pytest.fixture
def used(cli: Cli, tmp_path: Path) -> Path:
    """A data folder that is in use."""
    assert cli("queue", "stats").code == 0
    return tmp_path / "data"


@fault("H5")
@pytest.mark.parametrize("how", ["link", "dangling", "second name", "pipe"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.timeout(30)
def test_what_is_put_at_a_name_of_ours_is_not_used(cli: Cli, used: Path, tmp_path: Path, name: str, how: str) -> None:
    path, target = used / name, tmp_path / "another program's"
    target.write_bytes(b"its content")
    path.unlink(missing_ok=True)
    if how == "second name":
        os.link(target, path)
    elif how == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(target if how == "link" else tmp_path / "made by us")
    said = cli(*NAMES[name], "--lang", "en")
    read_only = name in ("profiles.json", "settings.toml") and how == "second name"  # read, and replaced by a rename
    assert read_only or (said.code == 3 and f"{path} is not used" in said.err), said
    assert target.read_bytes() == b"its content" and not (tmp_path / "made by us").exists()
    assert "Traceback" not in said.err


@fault("H5")
@pytest.mark.parametrize(
    ("mode", "words"), [(0o700, ""), (0o755, "may look into"), (0o775, "may write in"), (0o777, "may write in")]
)
def test_a_folder_that_others_may_use_is_warned_of(cli: Cli, used: Path, mode: int, words: str) -> None:
    used.chmod(mode)
    said = cli("queue", "stats", "--json", "--lang", "en")
    assert said.code == 0 and json.loads(said.out)["pending"] == 0
    assert words in said.err and bool(said.err) is bool(words)


@fault("H5")
def test_the_folder_itself_may_be_a_link(cli: Cli, used: Path, tmp_path: Path) -> None:
    used.rename(tmp_path / "elsewhere")
    used.symlink_to(tmp_path / "elsewhere")
    assert cli("queue", "stats").code == 0 and cli("store", "verify").code == 0
