"""How the database is opened: looked at before it is touched, brought up to date, and compared with its side file."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from fhirdesk.errors import DataFolderError, FhirDeskError
from fhirdesk.store import audit
from fhirdesk.store.doubt import doubt
from fhirdesk.store.engine import open_engine, our_errors, transaction
from fhirdesk.store.guard import Guard, move_aside
from fhirdesk.store.migrations import HEAD, migrate


@dataclass(frozen=True, slots=True)
class Files:
    """The open database. `writer`: None where it may only be read."""

    writer: Engine | None
    reader: Engine
    guard: Guard

    def close(self) -> None:
        """Give the files back."""
        self.reader.dispose()
        if self.writer:
            self.writer.dispose()
        self.guard.close()


def open_files(database: Path) -> Files:
    """To read and to write. Raises DataFolderError, and leaves the file as it is, when something is wrong with it."""
    guard = Guard(database)
    guard.check_file(HEAD)
    writer = open_engine(database)
    try:
        with our_errors():
            migrate(writer, database)
            with transaction(writer) as conn:
                commits = guard.check_commits(conn)
            guard.begin(commits)  # not before the name of a new database holds
            return Files(writer, open_engine(database, read_only=True), guard)
    except FhirDeskError:
        writer.dispose()
        raise


def open_to_read(database: Path) -> Files:
    """Nothing is written, not even a lock. Raises DataFolderError."""
    guard = Guard(database)
    guard.check_file(HEAD)
    if not database.exists():
        raise DataFolderError("data_folder", path=database.parent)
    reader = open_engine(database, read_only=True, untouched=True)
    with our_errors(), transaction(reader) as conn:
        found = int(conn.exec_driver_sql("PRAGMA user_version").scalar() or 0)
    if found != HEAD:
        raise DataFolderError("data_folder", path=database.parent)
    return Files(None, reader, guard)


def start_over(database: Path, at: float) -> list[Path]:
    """A person wants a new database: what is there is moved aside, nothing is deleted. Returns where it went."""
    return move_aside(database, at)


def accept(database: Path, now: float) -> None:
    """A person wants to go on with the database as it is, though saves are missing in it: what it would send may be on
    the server already. Raises DataFolderError."""
    guard = Guard(database)
    writer = open_engine(database)
    try:
        with our_errors():
            migrate(writer, database)
            with transaction(writer) as conn:
                commits = guard.accept(conn)
                doubt(conn, now)
                audit.append(conn, [audit.Deed("local", "accept older database")], now)
        guard.begin(commits, anew=True)
    finally:
        writer.dispose()
        guard.close()
