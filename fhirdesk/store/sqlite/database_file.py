"""The database's file, kept open beside SQLite: it shows what the file holds without its log, and whether the file is
still the one under its name (faults B7, B8).

A process opens each file once, and closes it with its last user: closing any descriptor of a file gives up the locks
that SQLite has on it (https://sqlite.org/howtocorrupt.html, "posix_advisory_locks_canceled").
"""

import os
import threading
from pathlib import Path

from fhirdesk.core.private_files import open_private

Identity = tuple[int, int]  # device, inode
_lock = threading.Lock()
_open_files: dict[Identity, tuple[int, int]] = {}  # descriptor, number of users


def identify(path: str) -> Identity | None:
    """Return the identity of the file at a path; None when there is no file. (A str, because each commit asks this, and
    a Path is slower.)"""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


class DatabaseFile:
    """The open file of a database. Raises FileNotFoundError, OSError, DataFolderError."""

    def __init__(self, path: Path):
        with _lock:
            identity = identify(str(path))
            if identity in _open_files:
                self.identity = identity
                file, users = _open_files[identity]
            else:
                file, users = open_private(path), 0
                self.identity = (status := os.fstat(file)).st_dev, status.st_ino
            _open_files[self.identity] = file, users + 1
            self._file = file

    def read(self, at: int, size: int) -> bytes:
        """Return `size` bytes from an offset; fewer at the end of the file."""
        with _lock:
            os.lseek(self._file, at, os.SEEK_SET)
            return os.read(self._file, size)

    def read_change_stamp(self) -> tuple[int, int, int]:
        """Return times and size of the file (the size last): they differ once anybody has written into it."""
        status = os.fstat(self._file)
        return status.st_ctime_ns, status.st_mtime_ns, status.st_size

    def release(self) -> None:
        """Close the file, unless somebody else in this process uses it."""
        with _lock:
            file, users = _open_files.pop(self.identity)
            if users > 1:
                _open_files[self.identity] = file, users - 1
            else:
                os.close(file)
