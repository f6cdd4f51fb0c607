"""The store over SQLite: the database of one data folder, and the events that follow a commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fhirdesk.core.errors import DiskFull, ReadOnlyStore
from fhirdesk.core.events import Events, QueueChanged, RecordsChanged
from fhirdesk.core.permissions import LOCAL, Actor
from fhirdesk.store.database.checkpoint import Checkpointer
from fhirdesk.store.database.opening import Files, open_files, open_to_read
from fhirdesk.store.queue.queries import has_waiting
from fhirdesk.store.sqlite import data_folder
from fhirdesk.store.sqlite.disk_reserve import DiskReserve
from fhirdesk.store.sqlite.engine import transaction
from fhirdesk.store.unit_of_work import Snapshot, UnitOfWork


class SqliteStore:
    """The SQLite database of one data folder, as one profile sees it."""

    def __init__(self, database: Path, files: Files, profile: str, events: Events, actor: Actor):
        self._files, self._writer, self._reader, self._guard = files, files.writer, files.reader, files.guard
        self.events, self._profile, self._actor = events, profile, actor.name
        self._version = self._read_data_version()
        self._reserve = DiskReserve(database.parent)
        if files.writer:
            self._reserve.begin()
        self._checkpoints = Checkpointer(database, self._reserve, files.guard) if files.writer else None

    @classmethod
    def open(
        cls, data_dir: Path, profile: str, events: Events, *, share: bool = False, actor: Actor = LOCAL
    ) -> "SqliteStore":
        """Open or create the database, read-only where it may not be written. `share` allows a network share; `actor`:
        who does what is done, as the audit names them. Raises DataFolderError, StoreError."""
        database = data_dir / data_folder.DATABASE
        writable = data_folder.prepare(data_dir, share=share) and (
            not database.exists() or data_folder.is_writable(database)
        )
        files = open_files(database, profile) if writable else open_to_read(database)
        return cls(database, files, profile, events, actor)

    @property
    def read_only(self) -> bool:
        """True when nothing can be saved here."""
        return self._writer is None

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Run one write transaction; its events are published after the commit. Raises ReadOnlyStore, StoreError,
        DataFolderError."""
        if self._writer is None:
            raise ReadOnlyStore
        try:
            with transaction(self._writer) as conn:
                tx = UnitOfWork(conn, self._profile, self._actor)
                yield tx
                commit = self._guard.count_commit(conn)
        except DiskFull:
            self._free_space()
            raise
        self._guard.record_commit(commit)
        for event in tx.events:
            self.events.publish(event)

    def _free_space(self) -> None:
        """Free the reserve for the sender, which tries again (fault B1)."""
        self._reserve.release()
        if self._checkpoints:
            self._checkpoints.truncate_log()

    def expect_room(self) -> None:
        """Check before a save that the disk has space for it. Raises DiskFull when the rest belongs to the sender."""
        if not self._reserve.is_kept(self._has_waiting):
            raise DiskFull

    def _has_waiting(self) -> bool:
        with transaction(self._reader) as conn:
            return has_waiting(conn)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read from one snapshot of the database: nothing changes while it is open."""
        with transaction(self._reader) as conn:
            yield Snapshot(conn, self._profile)

    def check_files(self) -> None:
        """Raise DataFolderError when the files are no longer those that were opened (fault B8)."""
        if self._writer:
            self._guard.check_files()

    def announce_commits_elsewhere(self) -> bool:
        """Publish that queue and records have changed, if another process has committed since the last call (or, at
        first, since the store was opened). Returns whether one has."""
        before, self._version = self._version, self._read_data_version()
        if self._version == before:
            return False
        self.events.publish(QueueChanged())
        self.events.publish(RecordsChanged())
        return True

    def _read_data_version(self) -> int:
        raw = (self._writer or self._reader).raw_connection()  # SQLite does not count this connection's own commits
        try:
            return int(raw.cursor().execute("PRAGMA data_version").fetchone()[0])
        finally:
            raw.close()

    def close(self) -> None:
        """Stop the checkpoints and close the files."""
        if self._checkpoints:
            self._checkpoints.close()
        self._files.close()
