"""Room kept for the sender: when the disk is full, saves are refused and what is queued still goes out (fault B1).

Sending writes: each attempt is committed before its first byte, each answer after its last. The reserve is a file; when
the disk is full it is emptied, and its room is the sender's. Saves are taken again once it could be filled again, or,
smaller, once nothing waits any more. What an entry needs to be sent is more than what it took to be saved; so of a
small disk the reserve has the larger share.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fhirdesk.core.private_files import check_private, open_private

SIZE = 10 * 1024 * 1024  # bytes: the log flows back into the database, and some thousands of entries go out
LEAST = 128 * 1024
SHARE = 0.65  # of a small disk, or of the little that is free


class DiskReserve:
    """The reserve of one data folder. Where it could not be made nothing is asked of it."""

    def __init__(self, folder: Path):
        self._folder, self._file = folder, folder / "fhirdesk.reserve"
        self._size = min(SIZE, int(shutil.disk_usage(folder).total * SHARE))

    def begin(self) -> None:
        """Keep it where there is room for it; give it up where the disk is full already. Raises DataFolderError where
        something else has its name."""
        check_private(self._file)
        if self._free() < LEAST:
            self.release()
        elif not self._file.exists():
            self._keep()

    def release(self) -> None:
        """The disk is full: its room is the sender's now."""
        with suppress(OSError):
            file = open_private(self._file, os.O_WRONLY)
            os.ftruncate(file, 0)
            os.close(file)

    def is_kept(self, waiting: Callable[[], bool]) -> bool:
        """Whether more may be saved: it is kept, or can be again. `waiting`: whether anything is to be sent."""
        try:
            kept = self._file.stat().st_size > 0
        except FileNotFoundError:
            return True
        return kept or ((self.plenty() or (self._free() > LEAST and not waiting())) and self._keep())

    def plenty(self) -> bool:
        """Whether there is room on the disk for the reserve and as much again."""
        return self._free() > 2 * self._size

    @property
    def small(self) -> int:
        """Bytes of the log that flow back into the database, where there is not plenty, before they are in its way."""
        return min(1024 * 1024, self._size // 16)

    def _free(self) -> int:
        return shutil.disk_usage(self._folder).free

    def _keep(self) -> bool:
        size = min(self._size, int(self._free() * SHARE))
        try:
            file = open_private(self._file, os.O_WRONLY | os.O_CREAT)
        except OSError:
            return False
        try:
            if os.fstat(file).st_size < size:
                _fill(file, size)
            return True
        except OSError:  # no room for it, or no file may be so large
            self._file.unlink(missing_ok=True)
            return False
        finally:
            os.close(file)


def _fill(file: int, size: int) -> None:
    """Blocks that are really there: a hole would be none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.write(file, bytes(size))
