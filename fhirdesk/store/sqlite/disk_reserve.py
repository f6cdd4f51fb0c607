"""Disk space kept for sending: when the disk is full, saves are refused and queued entries still go out (fault B1).

Sending writes too: each attempt is committed before its first byte leaves, each answer after its last has come. The
reserve is a file. When the disk is full the file is emptied, and its space serves the sender. Saves are accepted again
once the file could be filled again, or, with a smaller file, once no entry waits any more. Sending an entry needs more
space than saving it did; so the reserve takes the larger share of a small disk.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fhirdesk.core.private_files import check_private, open_private

SIZE = 10 * 1024 * 1024  # bytes: the log flows back into the database, and some thousands of entries go out
MINIMUM = 128 * 1024
SHARE = 0.65  # of a small disk, or of the little that is free


class DiskReserve:
    """The reserve of one data folder. Where its file could not be created, saves are not refused for it."""

    def __init__(self, folder: Path):
        self._folder, self._file = folder, folder / "fhirdesk.reserve"
        self._size = min(SIZE, int(shutil.disk_usage(folder).total * SHARE))

    def begin(self) -> None:
        """Create the file if there is space for it; empty it if the disk is full already. Raises DataFolderError when
        another kind of file has its name."""
        check_private(self._file)
        if self._free_bytes() < MINIMUM:
            self.release()
        elif not self._file.exists():
            self._allocate()

    def release(self) -> None:
        """Empty the file, because the disk is full: its space now serves the sender."""
        with suppress(OSError):
            file = open_private(self._file, os.O_WRONLY)
            os.ftruncate(file, 0)
            os.close(file)

    def is_kept(self, has_waiting: Callable[[], bool]) -> bool:
        """True when more may be saved: the file is filled, or could be filled again. `has_waiting` tells whether any
        entry is still to be sent."""
        try:
            is_filled = self._file.stat().st_size > 0
        except FileNotFoundError:
            return True
        if is_filled:
            return True
        has_space = self.has_plenty() or (self._free_bytes() > MINIMUM and not has_waiting())
        return has_space and self._allocate()

    def has_plenty(self) -> bool:
        """True when the disk has space for the reserve and as much again."""
        return self._free_bytes() > 2 * self._size

    @property
    def log_limit(self) -> int:
        """Size in bytes from which the write-ahead log is emptied into the database while the disk has not plenty."""
        return min(1024 * 1024, self._size // 16)

    def _free_bytes(self) -> int:
        return shutil.disk_usage(self._folder).free

    def _allocate(self) -> bool:
        size = min(self._size, int(self._free_bytes() * SHARE))
        try:
            file = open_private(self._file, os.O_WRONLY | os.O_CREAT)
        except OSError:
            return False
        try:
            if os.fstat(file).st_size < size:
                _fill(file, size)
            return True
        except OSError:  # no space for the file, or a limit on the size of files
            self._file.unlink(missing_ok=True)
            return False
        finally:
            os.close(file)


def _fill(file: int, size: int) -> None:
    """Allocate real blocks: a hole in a sparse file would reserve nothing."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.write(file, bytes(size))
