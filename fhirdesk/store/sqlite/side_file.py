"""The side file says beside the database what was last committed: its name, the number of its last commit, the last row
of its audit, and a digest of its tables. It is written after each commit, so it is never ahead of a whole database.
"""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fhirdesk.core.private_files import open_private, read_private

SIDE = "fhirdesk.commits"


@dataclass(frozen=True, slots=True)
class Noted:
    """Of an older program only the first two are known."""

    name: str
    commits: int
    audit_seq: int = 0
    audit_hash: bytes = b""
    schema: str = ""

    def line(self) -> bytes:
        """As it is written: always as long, so that one write replaces it."""
        audit = f"{self.audit_seq:020} {self.audit_hash.hex() or '-':64}"
        return f"{self.name} {self.commits:020} {audit} {self.schema}\n".encode()

    @classmethod
    def read(cls, line: bytes) -> "Noted":
        """Raises ValueError."""
        name, commits, *more = line.decode("ascii").split()
        if len(more) < 3:
            return cls(name, int(commits))
        return cls(name, int(commits), int(more[0]), bytes.fromhex(more[1].strip("-")), more[2])


class SideFile:
    """It is opened once; the kernel keeps what was written when this process dies."""

    def __init__(self, database: Path):
        self._path = database.with_name(SIDE)
        self._file: int | None = None
        self._lock = threading.Lock()

    def read(self) -> Noted | None:
        """What was noted; None: nothing that can be read. Raises DataFolderError where it is no file of ours."""
        try:
            return Noted.read(read_private(self._path))
        except (OSError, ValueError):
            return None

    def write(self, noted: Noted) -> None:
        """A full disk makes no difference. Raises DataFolderError where it is no file of ours."""
        with suppress(OSError), self._lock:
            if self._file is None:
                self._file = open_private(self._path, os.O_WRONLY | os.O_CREAT)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, noted.line())

    def renew(self, noted: Noted) -> None:
        """In the place of what is there."""
        self.close()
        self._path.unlink(missing_ok=True)
        self.write(noted)

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
