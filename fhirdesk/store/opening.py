"""How the database is opened: looked at before it is touched, brought up to date, and compared with its side file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, event

from fhirdesk.core.errors import DataFolderError, ReadOnlyStore
from fhirdesk.store import audit
from fhirdesk.store.migrations import HEAD, migrate
from fhirdesk.store.rollback_recovery import mark_unknown
from fhirdesk.store.sqlite.backups import move_aside, move_log_aside
from fhirdesk.store.sqlite.commit_guard import CommitGuard
from fhirdesk.store.sqlite.engine import open_engine, our_errors, transaction

ACCEPTED = frozenset(["store_rolled_back", "store_another", "store_schema", "store_audit", "store_log_another"])
FROM_OUTSIDE = ACCEPTED | {"store_strange"}  # what somebody did to the files


@dataclass(frozen=True, slots=True)
class Files:
    """The open database. `writer`: None where it may only be read."""

    writer: Engine | None
    reader: Engine
    guard: CommitGuard

    def write(self) -> Engine:
        """To write. Raises ReadOnlyStore."""
        if self.writer is None:
            raise ReadOnlyStore
        return self.writer

    def close(self) -> None:
        """Give the files back; the log flows back into the database only where both are ours still: the last to close
        moves it, and what is opened to read alone cannot."""
        engines = [e for e in (self.reader, self.writer) if e]
        for engine in engines if self.writer is None or self.guard.may_flow_back() else reversed(engines):
            engine.dispose()
        self.guard.close()


def open_files(database: Path) -> Files:
    """To read and to write. Raises DataFolderError, and leaves the file as it is, when something is wrong with it."""
    with _looked_at(database) as (guard, reader):
        writer = open_engine(database)
        try:
            migrate(writer, database)
            with transaction(writer) as conn:
                guard.adopt(conn)
            guard.begin()  # not before the name of a new database holds
            event.listen(reader, "connect", lambda *_: guard.check_files())  # by name: it must be the same still
        except BaseException:
            writer.dispose()
            raise
        return Files(writer, reader, guard)


@contextmanager
def _looked_at(database: Path) -> Iterator[tuple[CommitGuard, Engine]]:
    """Where nothing is wrong so far; they are given back when something is."""
    guard, reader = CommitGuard(database), open_engine(database, read_only=True)
    try:
        with our_errors():
            guard.check_file(HEAD)
            with transaction(reader) as conn:
                guard.check(conn)
            yield guard, reader
    except BaseException:
        reader.dispose()
        guard.close()
        raise


def open_to_read(database: Path) -> Files:
    """Nothing is written, not even a lock. Raises DataFolderError."""
    guard = CommitGuard(database)
    try:
        guard.check_file(HEAD, made=False)
        reader = open_engine(database, read_only=True, untouched=True)
        with our_errors(), transaction(reader) as conn:
            guard.check(conn)
            found = int(conn.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        if found != HEAD:
            raise DataFolderError("data_folder", path=database.parent)
    except BaseException:
        guard.close()
        raise
    return Files(None, reader, guard)


def start_over(database: Path, at: float) -> list[Path]:
    """A person wants a new database: what is there is moved aside, nothing is deleted. Returns where it went."""
    moved = move_aside(database, at)
    note(database, "renew store", at)
    return moved


def note(database: Path, deed: str, at: float) -> None:
    """A person did something beside the queue: its row in the audit; the database is made where there is none yet.
    Raises DataFolderError, StoreError."""
    files = open_files(database)
    try:
        with our_errors(), transaction(files.write()) as conn:
            audit.append(conn, [audit.AuditEvent("local", deed)], at)
            noted = files.guard.count(conn)
        files.guard.record_commit(noted)
    finally:
        files.close()


def accept(database: Path, now: float) -> None:
    """A person wants to go on with the database as it is, though saves are missing in it, or it was changed: what it
    would send may be on the server already. A log that is another's is moved aside. Raises DataFolderError, also where
    the database runs what is not ours: that is never taken."""
    what = _wrong_with(database)
    if what == "store_log_another":
        move_log_aside(database, now)
        what = _wrong_with(database) or what
    if what and what not in ACCEPTED:
        raise DataFolderError(what, path=database, backup="-", unsent="-")
    guard, writer = CommitGuard(database), open_engine(database)
    try:
        with our_errors():
            migrate(writer, database)
            with transaction(writer) as conn:
                mark_unknown(conn, now)
                audit.append(conn, [audit.AuditEvent("local", f"accept database: {what or 'as it is'}")], now)
                guard.adopt(conn)
            guard.begin(anew=True)
    finally:
        writer.dispose()
        guard.close()


def _wrong_with(database: Path) -> str | None:
    """The code of what does not fit; None: all does."""
    try:
        with _looked_at(database) as (guard, reader):
            reader.dispose()
            guard.close()
            return None
    except DataFolderError as error:
        return error.code
