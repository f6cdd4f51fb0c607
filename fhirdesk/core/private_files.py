"""The one door to files of ours: private to their owner, never through a link, replaced as a whole (fault H5).

The data folder itself may be a link (it is resolved once, in the settings). What lies in it may not: where others may
write, a link, a second name, a pipe or somebody else's file at one of our names would make us read or overwrite what is
not ours.
"""

import os
import secrets
import stat
import sys
from enum import StrEnum
from pathlib import Path

from fhirdesk.core.errors import DataFolderError

STANDS_FOR_ANOTHER = 0x20000000  # of a reparse tag on Windows: links and junctions, not files kept in a cloud
WRITES = os.O_WRONLY | os.O_RDWR
SAFELY = 0
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):  # each system has some
    SAFELY |= getattr(os, _name, 0)


class Exposure(StrEnum):
    """What others than its owner may do with a file or a folder."""

    WRITABLE = "writable"
    READABLE = "readable"


def exposure(path: Path) -> Exposure | None:
    """What others may do with it; None: nothing, or it is not there, or the system keeps no modes (Windows)."""
    try:
        status = path.stat()
    except OSError:
        return None
    if sys.platform == "win32":
        return None
    if status.st_mode & 0o022 or status.st_uid not in (os.geteuid(), 0):
        return Exposure.WRITABLE
    return Exposure.READABLE if status.st_mode & 0o044 else None


def folder_exposure(folder: Path) -> Exposure | None:
    """The same of the data folder: one that lies where anybody may rename it can be exchanged for another."""
    if not folder.exists():
        return None
    loose = any(_may_be_renamed_in(parent) for parent in folder.resolve().parents)
    return Exposure.WRITABLE if loose else exposure(folder)


def _may_be_renamed_in(parent: Path) -> bool:
    try:
        mode = parent.stat().st_mode
    except OSError:  # we may pass through it, and not look
        return False
    return sys.platform != "win32" and bool(mode & 0o002) and not mode & stat.S_ISVTX


def open_private(path: Path, flags: int = os.O_RDONLY) -> int:
    """A file descriptor of a file of ours; a new one is private. Nothing is cut off: no O_TRUNC. Raises OSError, and
    DataFolderError where it is not a plain file of ours."""
    check_private(path, writing=bool(flags & WRITES))
    try:
        file = os.open(path, flags | SAFELY, 0o600)
    except OSError as error:
        raise (_not_ours(path) if path.is_symlink() else error) from error
    if not _is_ours(path, os.fstat(file), writing=bool(flags & WRITES)):  # put there since it was looked at
        os.close(file)
        raise _not_ours(path)
    return file


def open_plain(path: Path) -> int:
    """A file descriptor of what a person named, wherever it is and whosever, to read. Raises OSError, and
    DataFolderError where it is no plain file (a pipe or a device may never end)."""
    if path.exists() and not path.is_file():
        raise _not_ours(path)
    return os.open(path, os.O_RDONLY | SAFELY & ~getattr(os, "O_NOFOLLOW", 0))


def check_private(path: Path, *, writing: bool = True) -> None:
    """For what others open by its name, as SQLite does. Raises DataFolderError where it is there and not ours."""
    try:
        status = path.lstat()
    except OSError:
        return
    if not _is_ours(path, status, writing=writing):
        raise _not_ours(path)


def _is_ours(path: Path, status: os.stat_result, *, writing: bool) -> bool:
    """A plain file under one name, owned by us, by whoever owns the folder, or by the system."""
    if getattr(status, "st_reparse_tag", 0) & STANDS_FOR_ANOTHER or not stat.S_ISREG(status.st_mode):
        return False
    if writing and status.st_nlink > 1:
        return False
    return sys.platform == "win32" or status.st_uid in (os.geteuid(), 0, path.parent.stat().st_uid)


def _not_ours(path: Path) -> DataFolderError:
    return DataFolderError("file_not_ours", path=path)


def read_private(path: Path) -> bytes:
    """All of a file of ours. Raises FileNotFoundError, OSError, DataFolderError."""
    with open(open_private(path), "rb") as file:
        return file.read()


def replace_private(path: Path, content: bytes) -> None:
    """A file of ours says this from now on, whole or not at all. Raises OSError, DataFolderError."""
    check_private(path, writing=False)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with open(open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
