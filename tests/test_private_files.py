"""Files of ours are never opened through what somebody else put at their names (fault H5), on a real file system."""

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.private_files import (
    Exposure,
    check_private,
    exposure,
    folder_exposure,
    open_private,
    read_private,
    replace_private,
)
from tests.marks import fault

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes, pipes and links of POSIX")


def traps(folder: Path) -> dict[str, Path]:
    """What may stand at a name of ours, and is none of ours."""
    target = folder / "another program's"
    target.write_text("its content", encoding="utf-8")
    found = {name: folder / name for name in ("link", "dangling", "second name", "pipe", "socket", "folder")}
    found["link"].symlink_to(target)
    found["dangling"].symlink_to(folder / "made by us")
    os.link(target, found["second name"])
    os.mkfifo(found["pipe"])
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(found["socket"]))
    found["folder"].mkdir()
    return found


WAYS = ("link", "dangling", "second name", "pipe", "socket", "folder")


@fault("H5")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.timeout(10)
def test_what_is_not_ours_is_neither_read_nor_written(tmp_path: Path, way: str) -> None:
    path = traps(tmp_path)[way]
    for flags in (os.O_RDWR | os.O_CREAT, os.O_WRONLY, os.O_RDONLY):
        if way == "second name" and flags == os.O_RDONLY:
            continue  # it says what it says under either name
        with pytest.raises(DataFolderError) as said:
            os.close(open_private(path, flags))
        assert said.value.code == "file_not_ours" and said.value.params == {"path": str(path)}
    assert (tmp_path / "another program's").read_text(encoding="utf-8") == "its content"
    assert not (tmp_path / "made by us").exists()


@fault("H5")
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root gives a file away")
def test_a_file_of_another_user_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "profiles.json"
    path.write_text("{}", encoding="utf-8")
    os.chown(path, 12345, 12345)
    with pytest.raises(DataFolderError):
        read_private(path)
    os.chown(tmp_path, 12345, 12345)  # an administrator looks at the folder of somebody who works here
    assert read_private(path) == b"{}"


@fault("H5")
def test_a_file_is_replaced_as_a_whole_and_stays_private(tmp_path: Path) -> None:
    path, old = tmp_path / "profiles.json", os.umask(0)
    try:
        replace_private(path, b"one")
        replace_private(path, b"two")
    finally:
        os.umask(old)
    assert read_private(path) == b"two" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["profiles.json"]


@fault("H5")
@pytest.mark.parametrize("way", ["link", "dangling", "pipe", "folder"])
def test_what_is_not_ours_is_not_replaced_either(tmp_path: Path, way: str) -> None:
    path = traps(tmp_path)[way]
    before = path.lstat().st_ino
    with pytest.raises(DataFolderError):
        replace_private(path, b"ours")
    assert path.lstat().st_ino == before and not list(tmp_path.glob("*.new"))


MODES = {
    0o700: None,
    0o711: None,
    0o750: Exposure.READABLE,
    0o755: Exposure.READABLE,
    0o770: Exposure.WRITABLE,
    0o777: Exposure.WRITABLE,
    0o1777: Exposure.WRITABLE,
}


@fault("H5")
@pytest.mark.parametrize("mode", MODES)
def test_who_else_may_read_or_write_is_known(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    assert exposure(folder) is folder_exposure(folder) is MODES[mode]


@fault("H5")
@pytest.mark.parametrize(("mode", "may"), [(0o777, Exposure.WRITABLE), (0o1777, None), (0o775, None)])
def test_a_folder_that_anybody_may_rename_is_exposed(tmp_path: Path, mode: int, may: Exposure | None) -> None:
    parent = tmp_path / "shared"
    folder = parent / "data"
    folder.mkdir(parents=True, mode=0o700)
    parent.chmod(mode)
    assert folder_exposure(folder) is may


@fault("H5")
def test_what_is_not_there_is_nobodys(tmp_path: Path) -> None:
    check_private(tmp_path / "fhirdesk.db")
    assert exposure(tmp_path / "none") is None


def test_no_other_room_opens_a_file_by_its_number() -> None:
    """Without O_BINARY Windows changes line ends in what is written; a lock has no bytes."""
    rooms = [path for room in ("fhirdesk", "ui") for path in (Path(__file__).parents[1] / room).rglob("*.py")]
    found = {path.name for path in rooms if "os.open(" in path.read_text(encoding="utf-8")}
    assert found == {"private_files.py", "file_lock.py", "terminal.py"}
