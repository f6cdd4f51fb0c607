"""Checks before the database is opened, and at each commit, that it is ours, undamaged, still the file under its name,
as new as the last commit, and that its audit has not been cut (faults B7, B8, B11, H5, H6, H7).

The database is compared with the side file. One that does not agree with it is never written to.
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
from fhirdesk.store.audit import AuditLog
from fhirdesk.store.schema import digest
from fhirdesk.store.sqlite import raw_sql, wal_check
from fhirdesk.store.sqlite.backups import LOG_SUFFIXES, find_good_backup
from fhirdesk.store.sqlite.database_file import DatabaseFile, Identity, identify
from fhirdesk.store.sqlite.pages import HEAD, VERSION_AT, detect_page_size
from fhirdesk.store.sqlite.side_file import LastCommit, SideFile

_COUNT_COMMIT = (  # one statement a commit: its number, the audit's last row now, and its last row at the commit before
    "UPDATE store_state SET commits = commits + 1 RETURNING commits, name, "
    "(SELECT seq FROM audit ORDER BY seq DESC LIMIT 1), (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), "
    "(SELECT hash FROM audit WHERE seq = ?)"
)


class CommitGuard:
    """Guards the database of one data folder."""

    def __init__(self, database: Path):
        self._database, self._side_file = database, SideFile(database)
        self._name, self._log_names = str(database), [f"{database}{end}" for end in LOG_SUFFIXES]
        self._file: DatabaseFile | None = None
        self._last_commit = LastCommit("", 0)
        self._log_identities: list[Identity | None] = []
        self._change_stamp: object = None
        self._state_page = self._schema_version = 0
        self._commits_in_file = 0  # the newest commit seen in the file itself, without its log

    # -- before it is opened

    def check_file(self, newest: int, *, create: bool = True) -> None:
        """Check the file without opening it in SQLite. Raises DataFolderError when it is no database, is missing, is of
        a newer program (a version above `newest`), is not ours, or has another database's log beside it. With `create`
        an empty file is created where there has never been one."""
        recorded = self._side_file.read()
        for path in self._log_names:
            check_private(Path(path))
        check_private(self._database)
        if not self._database.exists():
            if recorded is not None:
                raise self._error("store_gone")
            if not create:
                raise DataFolderError("data_folder", path=self._database.parent)
            with suppress(FileExistsError):  # another process starts too
                os.close(open_private(self._database, os.O_RDWR | os.O_CREAT | os.O_EXCL))
        self._file = DatabaseFile(self._database)
        head = self._file.read(0, 100)
        if not head and recorded is None:
            return  # a first start, or one that was interrupted
        if not head.startswith(HEAD):
            raise self._error("store_damaged")
        if int.from_bytes(head[VERSION_AT : VERSION_AT + 4]) > newest:
            raise DataFolderError("store_newer")
        if not wal_check.log_continues(self._database):
            raise self._error("store_log_another")

    def check(self, conn: Connection) -> None:
        """Compare the database with the side file, reading only, before any migration. Raises DataFolderError when it
        holds code that is not ours, is another database, lacks commits, or was changed from outside."""
        raw, recorded = raw_sql.raw_connection(conn), self._side_file.read()
        if digest.find_foreign_objects(raw):
            raise self._error("store_strange")
        if recorded is None:
            return
        name, commits = _read_state(raw) or ("", 0)
        if recorded.name != name:
            raise self._error("store_another")
        if recorded.commits > commits:
            raise self._error("store_rolled_back", count=recorded.commits - commits)
        if recorded.schema and recorded.schema != digest.compute_digest(raw):
            raise self._error("store_schema")
        if recorded.audit_seq and AuditLog(conn).read_hash(recorded.audit_seq) != recorded.audit_hash:
            raise self._error("store_audit", seq=recorded.audit_seq)

    # -- once it is open

    def adopt(self, conn: Connection) -> None:
        """Take the database's present state as the one to compare with from now on, and name a new database. Runs in a
        write transaction."""
        raw = raw_sql.raw_connection(conn)
        if _read_state(raw) is None:
            raw.execute("INSERT INTO store_state (one, name, commits) VALUES (1, ?, 0)", (uuid.uuid4().hex,))
        name, commits = _read_state(raw) or ("", 0)
        self._last_commit = LastCommit(name, commits, *AuditLog(conn).read_last(), digest.compute_digest(raw))
        self._schema_version = digest.schema_version(raw)
        self._state_page = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'store_state'").fetchone()[0]

    def begin(self, *, anew: bool = False) -> None:
        """Write the side file once the transaction that called `adopt` is committed, and remember which files the logs
        are. With `anew` the side file is replaced whatever it held: the user wants that."""
        if anew:
            self._side_file.renew(self._last_commit)
        else:
            self._side_file.write(self._last_commit)
        self._log_identities = [identify(path) for path in self._log_names]

    def count_commit(self, conn: Connection) -> LastCommit:
        """Add one to the number of commits, as the last step of a transaction; returns what `record_commit` writes once
        it is committed. Raises DataFolderError when it must not be committed: the files are no longer those that were
        opened, or were changed from outside."""
        raw, previous = raw_sql.raw_connection(conn), self._last_commit
        commits, name, seq, hash_, previous_hash = raw.execute(_COUNT_COMMIT, (previous.audit_seq,)).fetchone()
        if previous.audit_seq and previous_hash != previous.audit_hash:
            raise self._error("store_audit", seq=previous.audit_seq)
        if name != previous.name or commits <= previous.commits:
            raise self._error("store_exchanged")
        if digest.schema_version(raw) != self._schema_version and digest.compute_digest(raw) != previous.schema:
            raise self._error("store_schema")
        self.check_files()
        return replace(previous, commits=commits, audit_seq=seq or 0, audit_hash=hash_ or b"")

    def record_commit(self, commit: LastCommit) -> None:
        """Write a commit to the side file. Raises DataFolderError when it went into files that are no longer ours."""
        self.check_files()
        self._last_commit = commit
        self._side_file.write(commit)

    def check_files(self) -> None:
        """Raise DataFolderError when another file has the name of one of ours, or ours was overwritten."""
        if [identify(path) for path in self._log_names] != self._log_identities or not self._is_ours():
            raise self._error("store_exchanged")

    def may_checkpoint(self) -> bool:
        """True when a checkpoint may run: the database is ours, and no other database's log has the name of ours. A log
        whose name was removed is still open in this process, and a checkpoint saves what it holds."""
        logs = zip(self._log_names, self._log_identities, strict=False)
        return self._is_ours() and all(identify(path) in (None, expected) for path, expected in logs)

    def _is_ours(self) -> bool:
        """True when the file under our name is the one that was opened, and its content agrees with what we know."""
        file = self._file
        if file is None or identify(self._name) != file.identity:
            return False
        stamp = file.read_change_stamp()
        if stamp != self._change_stamp:  # written by a checkpoint, ours or another process's, or from outside
            if not self._holds_our_state(file, stamp[2]):
                return False
            self._change_stamp = stamp
        return True

    def _holds_our_state(self, file: DatabaseFile, file_size: int) -> bool:
        """True when the file, without its log, has our name and no older commit than before; also while it is still too
        short to hold them."""
        head = file.read(0, 100)
        size = detect_page_size(head, b"")
        if not head.startswith(HEAD) or file_size < self._state_page * size:
            return not self._commits_in_file and head.startswith(HEAD)
        name, commits = wal_check.parse_state(file.read((self._state_page - 1) * size, size)) or ("", 0)
        if name != self._last_commit.name or commits < self._commits_in_file:
            return False
        self._commits_in_file = commits
        return True

    def close(self) -> None:
        """Close the files; to be called after SQLite has closed them."""
        self._side_file.close()
        if self._file:
            self._file.release()
            self._file = None

    def _error(self, code: str, **more: object) -> DataFolderError:
        """Create the error for a code, with the newest undamaged copy and its unsent entries as parameters."""
        backup = find_good_backup(self._database)
        named = {"backup": backup.path.name if backup else "-", "unsent": backup.unsent if backup else "-"}
        return DataFolderError(code, path=self._database, **named, **more)


def _read_state(raw: sqlite3.Connection) -> tuple[str, int] | None:
    """Read the database's name and the number of its last commit; None when it has neither yet."""
    if not raw.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'store_state'").fetchone():
        return None
    row: tuple[str, int] | None = raw.execute("SELECT name, commits FROM store_state").fetchone()
    return row
