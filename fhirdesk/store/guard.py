"""Before the database is opened, and after: is it ours, whole, and as new as what was committed (faults: B7, B8, B11)?

Beside the database stands a file with its name (made once, at random) and the number of the last commit. It is written
after each commit, so it is never ahead of a database that is whole: where it is, saved work is missing.
"""

import os
import sqlite3
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from sqlalchemy import Connection, insert, select

from fhirdesk.errors import DataFolderError
from fhirdesk.store import plain
from fhirdesk.store.tables import store_state

HEAD = b"SQLite format 3\x00"
VERSION_AT = 60  # user_version in the header (https://sqlite.org/fileformat2.html#user_version)
SIDE = "fhirdesk.commits"
OPEN = "('pending', 'held', 'processing', 'unknown', 'conflict', 'failed')"
BESIDE = ("-wal", "-shm")
_COUNT = "UPDATE store_state SET commits = commits + 1 RETURNING commits"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that can be opened, and how many entries in it are not on the server."""

    path: Path
    unsent: int


class Guard:
    """The side file of one data folder."""

    def __init__(self, database: Path):
        self._database, self._side = database, database.with_name(SIDE)
        self._file: FileIO | None = None
        self._name = ""

    def check_file(self, newest: int) -> None:
        """Without touching it: raises DataFolderError for what is no database, is gone, or is of a newer program."""
        try:
            head = self._database.read_bytes()[:100] if self._database.stat().st_size < 100 else _first(self._database)
        except FileNotFoundError:
            if self._noted() is None:
                return  # the first start
            raise self._damaged("store_gone") from None
        if not head and self._noted() is None:
            return  # a first start that was cut off
        if not head.startswith(HEAD):
            raise self._damaged("store_damaged")
        if int.from_bytes(head[VERSION_AT : VERSION_AT + 4]) > newest:
            raise DataFolderError("store_newer")

    def check_commits(self, conn: Connection) -> int:
        """The number of the last commit, to be noted once this transaction (it may give the database its name) holds.
        Raises DataFolderError when the database is another one, or misses what was committed."""
        name, commits = self._state(conn)
        noted = self._noted()
        if noted is not None and noted[0] == name and noted[1] > commits:
            raise DataFolderError("store_rolled_back", count=noted[1] - commits, **self._help())
        if noted is not None and noted[0] != name:
            raise DataFolderError("store_another", **self._help())
        self._name = name
        return commits

    def accept(self, conn: Connection) -> int:
        """A person wants to go on with the database as it is: the number of its last commit, to be noted."""
        self._name, commits = self._state(conn)
        return commits

    def begin(self, number: int, *, anew: bool = False) -> None:
        """Make the side file where there is none; `anew`: in the place of what is there."""
        if anew:
            self._side.unlink(missing_ok=True)
        if self._noted() is None:
            self.committed(number)

    @staticmethod
    def _state(conn: Connection) -> tuple[str, int]:
        row = conn.execute(select(store_state)).one_or_none()
        if row is None:
            conn.execute(insert(store_state).values(one=1, name=uuid.uuid4().hex, commits=0))
            row = conn.execute(select(store_state)).one()
        return row.name, row.commits

    @staticmethod
    def count(conn: Connection) -> int:
        """The number of the commit that this transaction will be."""
        return int(plain.run(conn, _COUNT).fetchone()[0])

    def committed(self, number: int) -> None:
        """Note the last commit; the kernel keeps it when this process dies. A full disk makes no difference."""
        with suppress(OSError):
            if self._file is None:
                self._file = FileIO(os.open(self._side, os.O_WRONLY | os.O_CREAT, 0o600), "w")
            self._file.seek(0)
            self._file.write(f"{self._name} {number:020}\n".encode())

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _noted(self) -> tuple[str, int] | None:
        try:
            name, number = self._side.read_text(encoding="ascii").split()
            return name, int(number)
        except (OSError, ValueError):
            return None

    def _damaged(self, code: str) -> DataFolderError:
        return DataFolderError(code, **self._help())

    def _help(self) -> dict[str, object]:
        """What the newest copy holds, for the message."""
        backup = last_good(self._database)
        return {
            "path": self._database,
            "backup": backup.path.name if backup else "-",
            "unsent": backup.unsent if backup else "-",
        }


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def last_good(database: Path) -> Backup | None:
    """The newest copy beside the database (or in `backups`) that is whole."""
    found = [*database.parent.glob(f"{database.name}.v*.bak"), *database.parent.glob("backups/*.db")]
    for path in sorted(found, key=lambda p: p.stat().st_mtime, reverse=True):
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as copy:
            if copy.execute("PRAGMA quick_check").fetchone()[0] == "ok":
                count = copy.execute(f"SELECT count(*) FROM queue_entry WHERE status IN {OPEN}")  # noqa: S608 - ours
                return Backup(path, int(count.fetchone()[0]))
    return None


def copy_before_change(database: Path, version: int) -> Path:
    """A copy of the database as it is, before a step of its history changes it; the older copy of it is replaced."""
    target = database.with_name(f"{database.name}.v{version}.bak")
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    draft.replace(target)
    return target


def move_aside(database: Path, at: float) -> list[Path]:
    """The damaged database and what stands beside it get a time stamp in their names; nothing is deleted."""
    stamp = datetime.fromtimestamp(at).astimezone().strftime("%Y%m%d-%H%M%S")
    moved = []
    for path in (database, *(database.with_name(database.name + s) for s in BESIDE), database.with_name(SIDE)):
        if path.exists():
            target = path.with_name(f"{path.name}.damaged-{stamp}")
            number = 1
            while target.exists():
                number += 1
                target = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
            moved.append(path.rename(target))
    return moved
