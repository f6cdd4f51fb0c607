"""Room kept for the sender: when the disk is full, saves are refused and what is queued still goes out (fault B1).

Sending writes: each attempt is committed before its first byte, each answer after its last. The reserve is a file; when
the disk is full it is emptied, and its room is the sender's. Saves are taken again once it could be filled again.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

SIZE = 4 * 1024 * 1024  # bytes: the log flows back into the database, and some hundreds of entries go out
LOW, PLENTY = SIZE // 4, 4 * SIZE  # bytes free: less is a full disk, more may be kept again


class Reserve:
    """The reserve of one data folder. Where it could not be made nothing is asked of it."""

    def __init__(self, folder: Path):
        self._folder, self._file = folder, folder / "fhirdesk.reserve"

    def begin(self) -> None:
        """Keep it where there is plenty; give it up where the disk is full already."""
        free = self._free()
        if free < LOW:
            self.give_up()
        elif free > PLENTY:
            self._keep()

    def give_up(self) -> None:
        """The disk is full: its room is the sender's now."""
        with suppress(OSError):
            os.truncate(self._file, 0)

    def here(self) -> bool:
        """Whether more may be saved: it is kept, or can be again."""
        try:
            return self._file.stat().st_size > 0 or (self._free() > PLENTY and self._keep())
        except FileNotFoundError:
            return True

    def _free(self) -> int:
        return shutil.disk_usage(self._folder).free

    def _keep(self) -> bool:
        try:
            file = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError:
            return False
        try:
            if os.fstat(file).st_size < SIZE:
                _fill(file)
            return True
        except OSError:  # no room for it, or no file may be so large
            self._file.unlink(missing_ok=True)
            return False
        finally:
            os.close(file)


def _fill(file: int) -> None:
    """Blocks that are really there: a hole would be none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, SIZE)
    else:
        os.write(file, bytes(SIZE))
