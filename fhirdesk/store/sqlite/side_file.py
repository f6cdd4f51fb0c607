"""The side file beside the database repeats what was last committed: the database's name, the number of the commit, the
last row of the audit, and a digest of the tables. A database that was exchanged or rolled back does not agree with it.
It is written after each commit, so it is never ahead of an undamaged database.
"""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fhirdesk.core.private_files import open_private, read_private

SIDE = "fhirdesk.commits"


@dataclass(frozen=True, slots=True)
class LastCommit:
    """What the side file holds; an older program wrote the first two fields only."""

    name: str
    commits: int
    audit_seq: int = 0
    audit_hash: bytes = b""
    schema: str = ""

    def to_line(self) -> bytes:
        """Encode as one line, always of the same length, so that a single write replaces the former line."""
        audit = f"{self.audit_seq:020} {self.audit_hash.hex() or '-':64}"
        return f"{self.name} {self.commits:020} {audit} {self.schema}\n".encode()

    @classmethod
    def from_line(cls, line: bytes) -> "LastCommit":
        """Decode a line. Raises ValueError."""
        name, commits, *rest = line.decode("ascii").split()
        if len(rest) < 3:
            return cls(name, int(commits))
        return cls(name, int(commits), int(rest[0]), bytes.fromhex(rest[1].strip("-")), rest[2])


class SideFile:
    """The open side file. It is not flushed: the kernel keeps what was written when this process dies."""

    def __init__(self, database: Path):
        self._path = database.with_name(SIDE)
        self._file: int | None = None
        self._lock = threading.Lock()

    def read(self) -> LastCommit | None:
        """Return the last commit; None when the file is missing or cannot be read. Raises DataFolderError when another
        kind of file has its name."""
        try:
            return LastCommit.from_line(read_private(self._path))
        except (OSError, ValueError):
            return None

    def write(self, commit: LastCommit) -> None:
        """Replace the line; an error of the disk is ignored, because the database itself was committed. Raises
        DataFolderError when another kind of file has its name."""
        with suppress(OSError), self._lock:
            if self._file is None:
                self._file = open_private(self._path, os.O_WRONLY | os.O_CREAT)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, commit.to_line())

    def renew(self, commit: LastCommit) -> None:
        """Delete the file and write a new one."""
        self.close()
        self._path.unlink(missing_ok=True)
        self.write(commit)

    def close(self) -> None:
        """Close the file if it is open."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
