"""The store: the database of one data folder, its repositories, and the events that follow a commit."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from fhirdesk.core.errors import DiskFull, ReadOnlyStore
from fhirdesk.core.events import Event, Events, QueueChanged, RecordsChanged
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.store import audit
from fhirdesk.store.opening import Files, open_files, open_to_read
from fhirdesk.store.queue import Queue
from fhirdesk.store.queue.queries import QueueViews, has_waiting
from fhirdesk.store.records import id_map
from fhirdesk.store.records.patient_search import Patients
from fhirdesk.store.records.records import Records
from fhirdesk.store.sqlite import data_folder
from fhirdesk.store.sqlite.checkpoint import Checkpointer
from fhirdesk.store.sqlite.disk_reserve import DiskReserve
from fhirdesk.store.sqlite.engine import transaction

Conn = Connection  # of a snapshot or a transaction


@dataclass(slots=True)
class Transaction:
    """A write in progress: its connection, and the events to publish once it is committed."""

    conn: Connection
    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Publish an event after the commit; never, if the transaction is rolled back."""
        self.events.append(event)


class IdMap:
    """Which resource each record is on the server of one profile."""

    def __init__(self, profile: str):
        self._profile = profile

    def get_many(self, conn: Connection, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], IdMapping]:
        """Return the mappings of records (type, key) that have one."""
        return id_map.get_many(conn, self._profile, places)

    def get(self, conn: Connection, type_: str, key: str) -> IdMapping | None:
        """Return the mapping of a record; None when the server does not have it."""
        return self.get_many(conn, {(type_, key)}).get((type_, key))

    def find_resource_types(self, conn: Connection, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return the FHIR type on the server of each record that has a mapping."""
        return id_map.find_resource_types(conn, self._profile, places)

    def find_records(self, conn: Connection, references: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return the record that each reference of the server's own resources (Type/id) points to."""
        return id_map.find_records(conn, self._profile, references)

    def belongs_to_another(self, conn: Connection, resource: str, record: tuple[str, str]) -> bool:
        """True when a resource (Type/id) is mapped to another record: two records must not share a resource."""
        return self.find_records(conn, [resource]).get(resource, record) != record

    def put_many(self, conn: Connection, mappings: Sequence[IdMapping]) -> None:
        """Save mappings over earlier ones of the same records."""
        id_map.put_many(conn, self._profile, mappings)

    def resolve_names(
        self, conn: Connection, places: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[str, str]]:
        """Return the real record of each (type, key) whose key is a name such as Patient/1."""
        return id_map.resolve_names(conn, places)

    def forget_all(self, conn: Connection) -> int:
        """Delete all mappings, because the server was reset and its ids mean nothing; returns how many there were."""
        return id_map.forget_all(conn, self._profile)

    def pick_sample(self, conn: Connection, count: int) -> list[IdMapping]:
        """Return some mappings: the oldest, the newest, and others between them."""
        return id_map.pick_sample(conn, self._profile, count)

    def find_other(self, conn: Connection, resource_type: str, but: tuple[str, str]) -> IdMapping | None:
        """Return some mapping of a FHIR type, of another record than `but`; None when there is none."""
        return id_map.find_other(conn, self._profile, resource_type, but)

    def forget(self, conn: Connection, type_: str, key: str) -> None:
        """Delete a mapping, because the record is no longer on the server."""
        id_map.forget(conn, self._profile, type_, key)


class Store:
    """The local database of one data folder, as one profile sees it."""

    def __init__(self, database: Path, files: Files, profile: str, events: Events):
        self._files, self._writer, self._reader, self._guard = files, files.writer, files.reader, files.guard
        self.events = events
        self.records, self.patients = Records(), Patients(profile)
        self.queue, self.queue_views = Queue(profile), QueueViews(profile)
        self.id_map, self.audit = IdMap(profile), audit
        self._version = self._read_data_version()
        self._reserve = DiskReserve(database.parent)
        if files.writer:
            self._reserve.begin()
        self._checkpoints = Checkpointer(database, self._reserve, files.guard) if files.writer else None

    @classmethod
    def open(cls, data_dir: Path, profile: str, events: Events, *, share: bool = False) -> "Store":
        """Open or create the database, read-only where it may not be written. `share` allows a network share. Raises
        DataFolderError, StoreError."""
        database = data_dir / data_folder.DATABASE
        writable = data_folder.prepare(data_dir, share=share) and (
            not database.exists() or data_folder.is_writable(database)
        )
        return cls(database, open_files(database) if writable else open_to_read(database), profile, events)

    @property
    def read_only(self) -> bool:
        """True when nothing can be saved here."""
        return self._writer is None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Run one write transaction; its events are published after the commit. Raises ReadOnlyStore, StoreError,
        DataFolderError."""
        if self._writer is None:
            raise ReadOnlyStore
        try:
            with transaction(self._writer) as conn:
                tx = Transaction(conn)
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
        with self.snapshot() as conn:
            return has_waiting(conn)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Read from one snapshot of the database: nothing changes while it is open."""
        with transaction(self._reader) as conn:
            yield conn

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
