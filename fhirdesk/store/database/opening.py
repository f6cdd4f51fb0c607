"""Opens the database: checks it before anything is written, migrates it, and compares it with its side file."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, event

from fhirdesk.core.errors import DataFolderError, ReadOnlyStore
from fhirdesk.core.permissions import LOCAL, Actor
from fhirdesk.store.audit import AuditEvent, AuditLog
from fhirdesk.store.database.commit_guard import CommitGuard
from fhirdesk.store.migrations import HEAD, migrate
from fhirdesk.store.queue import queries
from fhirdesk.store.queue.rollback_recovery import mark_unknown
from fhirdesk.store.sqlite.backups import move_aside, move_log_aside
from fhirdesk.store.sqlite.engine import open_engine, transaction, translate_errors

ACCEPTED = frozenset(["store_rolled_back", "store_another", "store_schema", "store_audit", "store_log_another"])
FROM_OUTSIDE = ACCEPTED | {"store_strange"}  # codes of changes that were made to the files from outside


@dataclass(frozen=True, slots=True)
class Files:
    """The open database. `writer` is None when it may only be read."""

    writer: Engine | None
    reader: Engine
    guard: CommitGuard

    def expect_writer(self) -> Engine:
        """Return the engine that writes. Raises ReadOnlyStore."""
        if self.writer is None:
            raise ReadOnlyStore
        return self.writer

    def close(self) -> None:
        """Close all connections. The last one to close makes a checkpoint, and a read-only one cannot make it: so the
        writer is closed last while the files are still ours, and first when they are not."""
        engines = [e for e in (self.reader, self.writer) if e]
        for engine in engines if self.writer is None or self.guard.may_checkpoint() else reversed(engines):
            engine.dispose()
        self.guard.close()


def open_files(database: Path, profile: str) -> Files:
    """Open the database to read and write, creating or migrating it; `profile` is the one in use. Raises
    DataFolderError, and leaves the file as it is, when a check fails."""
    with ExitStack() as opened, translate_errors():
        guard, reader = _open_checked(database, opened)
        writer = open_engine(database)
        opened.callback(writer.dispose)
        migrate(writer, database, profile)
        with transaction(writer) as conn:
            guard.adopt(conn)
        guard.begin()  # after the commit that names a new database
        event.listen(reader, "connect", lambda *_: guard.check_files())  # it opens by name: that must be our file still
        opened.pop_all()  # all went well: nothing is closed
        return Files(writer, reader, guard)


def _open_checked(database: Path, opened: ExitStack) -> tuple[CommitGuard, Engine]:
    """Open the database to read and check it; `opened` closes what was opened. Raises DataFolderError."""
    guard, reader = CommitGuard(database), open_engine(database, read_only=True)
    opened.callback(guard.close)
    opened.callback(reader.dispose)
    guard.check_file(HEAD)
    with transaction(reader) as conn:
        guard.check(conn)
    return guard, reader


def open_to_read(database: Path) -> Files:
    """Open the database for reading only: nothing is written, not even a lock. Raises DataFolderError."""
    with ExitStack() as opened:
        guard = CommitGuard(database)
        opened.callback(guard.close)
        guard.check_file(HEAD, create=False)
        reader = open_engine(database, read_only=True, untouched=True)
        opened.callback(reader.dispose)
        with translate_errors(), transaction(reader) as conn:
            guard.check(conn)
            version = int(conn.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        if version != HEAD:
            raise DataFolderError("data_folder", path=database.parent)
        opened.pop_all()
        return Files(None, reader, guard)


def start_over(database: Path, at: float) -> list[Path]:
    """Move the database aside, because the user wants a new one, and create it; nothing is deleted. Returns the new
    paths of the old files."""
    moved = move_aside(database, at)
    record_action(database, "renew store", at, profile="")  # a new one holds nothing that had to belong to a profile
    return moved


def count_unsent(database: Path) -> dict[str, dict[str, int]]:
    """Count the open entries of every profile: profile → record type → number; empty where there is no database.
    Nothing is checked or written. Raises DataFolderError, StoreError."""
    if not database.exists():
        return {}
    reader = open_engine(database, read_only=True)
    try:
        with translate_errors(), transaction(reader) as conn:
            return queries.count_unsent(conn)
    finally:
        reader.dispose()


def record_action(database: Path, action: str, at: float, *, profile: str, actor: Actor = LOCAL) -> None:
    """Write an action of a user that concerns no entry into the audit; the database is created where there is none,
    and migrated as the `profile` in use sees it. Raises DataFolderError, StoreError."""
    files = open_files(database, profile)
    try:
        with translate_errors(), transaction(files.expect_writer()) as conn:
            AuditLog(conn, actor.name).append([AuditEvent(action)], at)
            commit = files.guard.count_commit(conn)
        files.guard.record_commit(commit)
    finally:
        files.close()


def accept(database: Path, now: float, *, profile: str) -> None:
    """Go on with the database as it is, because the user wants that, although saves are missing in it, or it was
    changed from outside: entries that wait may be on the server already, so each is checked before it is sent. Another
    database's log is moved aside; an older database is migrated, as the `profile` in use sees it. Raises
    DataFolderError; a database that holds foreign code is never accepted."""
    problem = _find_problem(database)
    if problem == "store_log_another":
        move_log_aside(database, now)
        problem = _find_problem(database) or problem
    if problem and problem not in ACCEPTED:
        raise DataFolderError(problem, path=database, backup="-", unsent="-")
    guard, writer = CommitGuard(database), open_engine(database)
    try:
        with translate_errors():
            migrate(writer, database, profile)
            with transaction(writer) as conn:
                mark_unknown(conn, now)
                AuditLog(conn).append([AuditEvent(f"accept database: {problem or 'as it is'}")], now)
                guard.adopt(conn)
            guard.begin(anew=True)
    finally:
        writer.dispose()
        guard.close()


def _find_problem(database: Path) -> str | None:
    """Check the database; returns the code of the check that fails, None when none does."""
    try:
        with ExitStack() as opened, translate_errors():
            _open_checked(database, opened)
            return None
    except DataFolderError as error:
        return error.code
