"""The database's file itself, held open beside SQLite, to see what it holds without its log, and whether it is still
the one under its name (faults: B7, B8).

One descriptor for a file in this process, closed with its last user: closing any of them gives up the locks that SQLite
has on the file (https://sqlite.org/howtocorrupt.html, "posix_advisory_locks_canceled").
"""

import os
import threading
from pathlib import Path

from fhirdesk.core.private_files import open_private

Identity = tuple[int, int]  # device, inode
_lock = threading.Lock()
_open: dict[Identity, tuple[int, int]] = {}  # descriptor, users


def identity(path: str) -> Identity | None:
    """Which file stands there; None: none. (For each commit: a text is quicker than a Path.)"""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


class Held:
    """A file of ours. Raises FileNotFoundError, OSError, DataFolderError."""

    def __init__(self, path: Path):
        with _lock:
            found = identity(str(path))
            if found in _open:
                self.identity = found
                file, users = _open[found]
            else:
                file, users = open_private(path), 0
                self.identity = (now := os.fstat(file)).st_dev, now.st_ino
            _open[self.identity] = file, users + 1
            self._file = file

    def read(self, at: int, size: int) -> bytes:
        """So many bytes, fewer where it ends."""
        with _lock:
            os.lseek(self._file, at, os.SEEK_SET)
            return os.read(self._file, size)

    def touched(self) -> tuple[int, int, int]:
        """What is different once anybody wrote into it."""
        found = os.fstat(self._file)
        return found.st_ctime_ns, found.st_mtime_ns, found.st_size

    def release(self) -> None:
        """Close it, unless somebody else in this process has it."""
        with _lock:
            file, users = _open.pop(self.identity)
            if users > 1:
                _open[self.identity] = file, users - 1
            else:
                os.close(file)
