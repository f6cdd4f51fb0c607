"""Locks of the operating system on files: gone with their process, however it died; a file left over is harmless."""

import os
import sys
from pathlib import Path

from fhirdesk.core.private_files import open_private


class FileLock:
    """An exclusive lock; the file's content means nothing. `made`: the file is made where it is not there; else what is
    locked is a folder."""

    def __init__(self, path: Path, *, made: bool = True):
        self._path, self._made = path, made
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds it."""
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take it if nobody has it. Raises OSError, DataFolderError."""
        if self._file is not None:
            return True
        file = open_private(self._path, os.O_RDWR | os.O_CREAT) if self._made else os.open(self._path, os.O_RDONLY)
        if not _lock(file):
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give it back; closing the file unlocks."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
