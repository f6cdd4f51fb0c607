"""Before the database is opened, and while it is used: is it ours, whole, and as new as what was committed, under the
same name, and is what was done still told in its audit (faults: B7, B8, B11, H5, H6, H7)?

What it is compared with stands in the side file. Nothing that does not fit is written to.
"""

import os
import sqlite3
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.private_files import check_private, open_private
from fhirdesk.store import audit
from fhirdesk.store.damage.pages import HEAD, VERSION_AT, page_size
from fhirdesk.store.schema import digest
from fhirdesk.store.sqlite import raw_sql, wal_check
from fhirdesk.store.sqlite.backups import BESIDE, last_good
from fhirdesk.store.sqlite.database_file import Held, Identity, identity
from fhirdesk.store.sqlite.side_file import Noted, SideFile

_COUNT = (  # one statement for each commit: its number, and the audit's end as it will be and as it was noted
    "UPDATE store_state SET commits = commits + 1 RETURNING commits, name, "
    "(SELECT seq FROM audit ORDER BY seq DESC LIMIT 1), (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), "
    "(SELECT hash FROM audit WHERE seq = ?)"
)


class CommitGuard:
    """What is known of the database of one data folder."""

    def __init__(self, database: Path):
        self._database, self._side = database, SideFile(database)
        self._name, self._logs = str(database), [f"{database}{end}" for end in BESIDE]
        self._held: Held | None = None
        self._noted = Noted("", 0)
        self._seen: list[Identity | None] = []  # of the logs
        self._touched: object = None
        self._root = self._cookie = self._flowed = 0  # _flowed: the last commit that was seen in the file itself

    # -- before it is opened

    def check_file(self, newest: int, *, made: bool = True) -> None:
        """Without touching it: raises DataFolderError for what is no database, is gone, is of a newer program, is not
        ours, or has a log beside it that is another's. `made`: where nothing was yet, an empty file is made."""
        noted = self._side.read()
        for path in self._logs:
            check_private(Path(path))
        check_private(self._database)
        if not self._database.exists():
            if noted is not None:
                raise self._said("store_gone")
            if not made:
                raise DataFolderError("data_folder", path=self._database.parent)
            with suppress(FileExistsError):  # another process starts too
                os.close(open_private(self._database, os.O_RDWR | os.O_CREAT | os.O_EXCL))
        self._held = Held(self._database)
        head = self._held.read(0, 100)
        if not head and noted is None:
            return  # a first start, or one that was cut off
        if not head.startswith(HEAD):
            raise self._said("store_damaged")
        if int.from_bytes(head[VERSION_AT : VERSION_AT + 4]) > newest:
            raise DataFolderError("store_newer")
        if not wal_check.belongs(self._database):
            raise self._said("store_log_another")

    def check(self, conn: Connection) -> None:
        """Read only, and before any step of its history: raises DataFolderError when the database runs what is not
        ours, is another one, misses what was committed, or was changed from outside."""
        raw, noted = raw_sql.driver(conn), self._side.read()
        if digest.strange(raw):
            raise self._said("store_strange")
        if noted is None:
            return
        name, commits = _state(raw) or ("", 0)
        if noted.name != name:
            raise self._said("store_another")
        if noted.commits > commits:
            raise self._said("store_rolled_back", count=noted.commits - commits)
        if noted.schema and noted.schema != digest.digest(raw):
            raise self._said("store_schema")
        if noted.audit_seq and audit.hash_at(conn, noted.audit_seq) != noted.audit_hash:
            raise self._said("store_audit", seq=noted.audit_seq)

    # -- once it is open

    def adopt(self, conn: Connection) -> None:
        """What it says of itself is what will be compared; a new one gets its name. In a write transaction."""
        raw = raw_sql.driver(conn)
        if _state(raw) is None:
            raw.execute("INSERT INTO store_state (one, name, commits) VALUES (1, ?, 0)", (uuid.uuid4().hex,))
        name, commits = _state(raw) or ("", 0)
        self._noted = Noted(name, commits, *audit.last(conn), digest.digest(raw))
        self._cookie = digest.cookie(raw)
        self._root = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'store_state'").fetchone()[0]

    def begin(self, *, anew: bool = False) -> None:
        """Note it, once the transaction that adopted it holds, and know the files from now on; `anew`: a person wants
        it so, whatever was noted."""
        if anew:
            self._side.renew(self._noted)
        else:
            self._side.write(self._noted)
        self._seen = [identity(path) for path in self._logs]

    def count(self, conn: Connection) -> Noted:
        """What this transaction will have made true. Raises DataFolderError when it must not be committed: the files
        are not those that were opened, or what they hold was changed from outside."""
        raw, noted = raw_sql.driver(conn), self._noted
        commits, name, seq, hash_, anchor = raw.execute(_COUNT, (noted.audit_seq,)).fetchone()
        if noted.audit_seq and anchor != noted.audit_hash:
            raise self._said("store_audit", seq=noted.audit_seq)
        if name != noted.name or commits <= noted.commits:
            raise self._said("store_exchanged")
        if digest.cookie(raw) != self._cookie and digest.digest(raw) != noted.schema:
            raise self._said("store_schema")
        self.check_files()
        return replace(noted, commits=commits, audit_seq=seq or 0, audit_hash=hash_ or b"")

    def record_commit(self, noted: Noted) -> None:
        """Note the last commit. Raises DataFolderError where it went into files that are not ours any more."""
        self.check_files()
        self._noted = noted
        self._side.write(noted)

    def check_files(self) -> None:
        """Raises DataFolderError when another file stands at a name of ours, or one was written over."""
        if [identity(path) for path in self._logs] != self._seen or not self._is_ours():
            raise self._said("store_exchanged")

    def may_flow_back(self) -> bool:
        """Whether the log may be moved into the database: it is ours, and no log of another's stands at their names.
        One that was removed is still open here, and what it holds is saved by that."""
        logs = zip(self._logs, self._seen, strict=False)
        return self._is_ours() and all(identity(path) in (None, seen) for path, seen in logs)

    def _is_ours(self) -> bool:
        """Whether the database is the file that was opened, and holds what we know of it."""
        held = self._held
        if held is None or identity(self._name) != held.identity:
            return False
        if (touched := held.touched()) != self._touched:  # by a checkpoint, ours or a neighbour's, or by a stranger
            if not self._says_the_same(held, touched[2]):
                return False
            self._touched = touched
        return True

    def _says_the_same(self, held: Held, bytes_: int) -> bool:
        """Whether the file, without its log, has our name and no older commit than before; or is too short to say."""
        head = held.read(0, 100)
        size = page_size(head, b"")
        if not head.startswith(HEAD) or bytes_ < self._root * size:
            return not self._flowed and head.startswith(HEAD)
        name, commits = wal_check.state(held.read((self._root - 1) * size, size)) or ("", 0)
        if name != self._noted.name or commits < self._flowed:
            return False
        self._flowed = commits
        return True

    def close(self) -> None:
        """Give the files back; after SQLite did."""
        self._side.close()
        if self._held:
            self._held.release()
            self._held = None

    def _said(self, code: str, **more: object) -> DataFolderError:
        """What is wrong, and what the newest copy holds."""
        backup = last_good(self._database)
        named = {"backup": backup.path.name if backup else "-", "unsent": backup.unsent if backup else "-"}
        return DataFolderError(code, path=self._database, **named, **more)


def _state(raw: sqlite3.Connection) -> tuple[str, int] | None:
    """The name of a database and the number of its last commit; None: it has none yet."""
    if not raw.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'store_state'").fetchone():
        return None
    found: tuple[str, int] | None = raw.execute("SELECT name, commits FROM store_state").fetchone()
    return found
