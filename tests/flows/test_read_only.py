"""B9: a data folder that may not be written, really: for root a read-only mount, for others the folder's mode."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk.store.sqlite.data_folder import can_be_opened
from tests.marks import fault
from tests.scripted import FakeFhirServer
from tests.store.test_damage import filled

ROOT = Path(__file__).parents[2]
MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[list[str]]:
    """What a command is begun with, so that it may not write in `data`."""
    data = tmp_path / "data"
    filled(data, 4)
    if os.name == "nt":
        pytest.skip("needs a file system with modes")
    if os.geteuid() != 0:
        data.chmod(0o500)
        yield []
        data.chmod(0o700)
        return
    begin = ["unshare", "-m", "sh", "-c", MOUNTED, str(data)]
    if shutil.which("unshare") is None or subprocess.run([*begin, "true"], check=False).returncode != 0:
        pytest.skip("root may write everywhere, and here it may not mount")
    yield begin


def content(data: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in data.iterdir()}


def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, capture_output=True, text=True, timeout=90, cwd=ROOT, env=environ, check=False)


@fault("B9")
def test_the_command_line_shows_and_neither_saves_nor_sends(inside: list[str], tmp_path: Path) -> None:
    data, more = tmp_path / "data", tmp_path / "more.ndjson"
    more.write_text('{"type":"patient","patient_id":"P-9","family_name":"홍","gender":"M","birth_date":"1985-06-15"}\n')
    before = content(data)

    def said(*words: object) -> "subprocess.CompletedProcess[str]":
        return run([*inside, sys.executable, "-m", "fhirdesk", "--data-dir", str(data), *map(str, words)])

    with FakeFhirServer() as server:
        assert json.loads(said("queue", "stats", "--json").stdout)["pending"] == 4
        for words in (("import", more), ("drain", "--server", server.url), ("store", "renew", "--yes")):
            refused = said(*words, "--lang", "en")
            assert refused.returncode == 3 and "data folder" in refused.stderr and "Traceback" not in refused.stderr
        assert server.journal == []
    assert content(data) == before


WINDOW = """
import asyncio, sys, qasync
from pathlib import Path
from PySide6.QtWidgets import QApplication
from fhirdesk.core.settings import Profile, Settings
from tests.ui.conftest import until
from ui.instance import Instance
from ui.program import Program

async def scene(program):
    window = program.window
    ended = asyncio.ensure_future(program.run())
    await until(lambda: window.banner.text.text(), "the banner")
    await until(lambda: len(window.patients.table.rows.ids) == 4, "the patients")
    await asyncio.sleep(1.0)
    print(window.banner.text.text(), flush=True)
    window.end()
    await ended

app = QApplication([])
loop = qasync.QEventLoop(app)
asyncio.set_event_loop(loop)
data, url = Path(sys.argv[1]), sys.argv[2]
first, second = Instance(data), Instance(data)
assert first.is_first and not second.is_first
with loop:
    loop.run_until_complete(scene(Program(app, Settings(data, Profile(url=url)), lang="en", theme="light")))
"""


@fault("B9")
def test_the_window_opens_says_so_in_its_banner_and_sends_nothing(inside: list[str], tmp_path: Path) -> None:
    before = content(tmp_path / "data")
    with FakeFhirServer() as server:
        done = run([*inside, sys.executable, "-c", WINDOW, str(tmp_path / "data"), server.url])
        assert done.returncode == 0, done.stderr[-3000:]
        assert "may be read only: you can look, nothing is saved or sent" in done.stdout
        assert [a for a in server.journal if a.method != "GET"] == []
    assert content(tmp_path / "data") == before


@fault("B9")
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can be somebody else")
def test_what_may_be_written_is_tried_where_modes_do_not_tell() -> None:
    """Windows: os.access knows nothing of access lists."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
        for place in (ours, theirs):
            place.mkdir()
            (place / "file").write_bytes(b"kept")
        for path in (ours, ours / "file"):
            os.chown(path, 65534, 65534)
        os.seteuid(65534)
        try:
            found = [can_be_opened(path) for path in (ours, ours / "file", theirs, theirs / "file")]
        finally:
            os.seteuid(0)
        assert found == [True, True, False, False]
        assert (ours / "file").read_bytes() == b"kept" and [p.name for p in ours.iterdir()] == ["file"]
