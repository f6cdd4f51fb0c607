"""Locks of the operating system on files: gone with their process, however it died; a file left over is harmless."""

import os
import sys
from pathlib import Path

from fhirdesk.core.private_files import open_private


class FileLock:
    """An exclusive lock on a file, whose content means nothing. With `create` a missing file is created; without it the
    path is a folder, and the folder itself is locked."""

    def __init__(self, path: Path, *, create: bool = True):
        self._path, self._create = path, create
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """True while this object holds the lock."""
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take the lock unless another holder has it; returns whether this object holds it now. Raises OSError,
        DataFolderError."""
        if self._file is not None:
            return True
        file = open_private(self._path, os.O_RDWR | os.O_CREAT) if self._create else os.open(self._path, os.O_RDONLY)
        if not _lock(file):
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Release the lock: closing the file unlocks it."""
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
