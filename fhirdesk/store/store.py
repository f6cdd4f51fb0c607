"""The store: one database in the data folder, its rooms, and the events that follow a commit."""

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
from fhirdesk.store.queue.queries import QueueViews, anything_waits
from fhirdesk.store.records import id_map
from fhirdesk.store.records.patient_search import Patients
from fhirdesk.store.records.records import Records
from fhirdesk.store.sqlite import data_folder
from fhirdesk.store.sqlite.checkpoint import Checkpointer
from fhirdesk.store.sqlite.disk_reserve import DiskReserve
from fhirdesk.store.sqlite.engine import transaction

Conn = Connection  # what a read or a write goes through


@dataclass(slots=True)
class Transaction:
    """A write in progress: its connection, and what to announce once it is committed."""

    conn: Connection
    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Tell listeners after the commit."""
        self.events.append(event)


class IdMap:
    """The resource map of one profile."""

    def __init__(self, profile: str):
        self._profile = profile

    def get_many(self, conn: Connection, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], IdMapping]:
        """What is known of those records (type, key)."""
        return id_map.get_many(conn, self._profile, places)

    def get(self, conn: Connection, type_: str, key: str) -> IdMapping | None:
        """What is known of that record; None: nothing."""
        return self.get_many(conn, {(type_, key)}).get((type_, key))

    def resource_types(self, conn: Connection, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The FHIR type that those records have there."""
        return id_map.resource_types(conn, self._profile, places)

    def records_of(self, conn: Connection, references: Collection[str]) -> dict[str, tuple[str, str]]:
        """The records that references in the server's own resources mean."""
        return id_map.records_of(conn, self._profile, references)

    def belongs_to_another(self, conn: Connection, resource: str, record: tuple[str, str]) -> bool:
        """Whether a resource (Type/id) is known as that of another record: two are not made one."""
        return self.records_of(conn, [resource]).get(resource, record) != record

    def put_many(self, conn: Connection, mapped: Sequence[IdMapping]) -> None:
        """Remember."""
        id_map.put_many(conn, self._profile, mapped)

    def resolve_names(
        self, conn: Connection, places: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[str, str]]:
        """The records that places mean whose key is a name such as Patient/1."""
        return id_map.resolve_names(conn, places)

    def forget_all(self, conn: Connection) -> int:
        """The server was reset: none of its ids means anything. How many there were."""
        return id_map.forget_all(conn, self._profile)

    def sample(self, conn: Connection, count: int) -> list[IdMapping]:
        """Some of them: the oldest, the newest, and what lies between."""
        return id_map.sample(conn, self._profile, count)

    def another(self, conn: Connection, resource_type: str, but: tuple[str, str]) -> IdMapping | None:
        """One that is known of that FHIR type, other than `but`."""
        return id_map.another(conn, self._profile, resource_type, but)

    def forget(self, conn: Connection, type_: str, key: str) -> None:
        """The record is not on the server any more."""
        id_map.forget(conn, self._profile, type_, key)


class Store:
    """The local database of one data folder, as one profile sees it."""

    def __init__(self, database: Path, files: Files, profile: str, events: Events):
        self._files, self._writer, self._reader, self._guard = files, files.writer, files.reader, files.guard
        self.events = events
        self.records, self.patients = Records(), Patients(profile)
        self.queue, self.queue_views = Queue(profile), QueueViews(profile)
        self.id_map, self.audit = IdMap(profile), audit
        self._version = self._data_version()
        self._reserve = DiskReserve(database.parent)
        if files.writer:
            self._reserve.begin()
        self._checkpoints = Checkpointer(database, self._reserve, files.guard) if files.writer else None

    @classmethod
    def open(cls, data_dir: Path, profile: str, events: Events, *, share: bool = False) -> "Store":
        """Open or make the database; where it may not be written, to read only. `share`: a network share is allowed.
        Raises DataFolderError, StoreError."""
        database = data_dir / data_folder.DATABASE
        writable = data_folder.prepare(data_dir, share=share) and (
            not database.exists() or data_folder.is_writable(database)
        )
        return cls(database, open_files(database) if writable else open_to_read(database), profile, events)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved here."""
        return self._writer is None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One write transaction; its events are published after the commit. Raises ReadOnlyStore."""
        if self._writer is None:
            raise ReadOnlyStore
        try:
            with transaction(self._writer) as conn:
                tx = Transaction(conn)
                yield tx
                commit = self._guard.count_commit(conn)
        except DiskFull:
            self._make_room()
            raise
        self._guard.record_commit(commit)
        for event in tx.events:
            self.events.publish(event)

    def _make_room(self) -> None:
        """For the sender, which tries again (B1)."""
        self._reserve.release()
        if self._checkpoints:
            self._checkpoints.truncate_log()

    def expect_room(self) -> None:
        """More is to be saved. Raises DiskFull where what room there is belongs to the sender."""
        if not self._reserve.is_kept(self._anything_waits):
            raise DiskFull

    def _anything_waits(self) -> bool:
        with self.snapshot() as conn:
            return anything_waits(conn)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One snapshot."""
        with transaction(self._reader) as conn:
            yield conn

    def check_files(self) -> None:
        """Raises DataFolderError when the database is not the one that was opened any more (B8)."""
        if self._writer:
            self._guard.check_files()

    def announce_commits_elsewhere(self) -> bool:
        """Announce what other processes committed since the last call (at first: since the store was opened): of the
        queue and the records, all may have changed. Returns whether there was anything."""
        before, self._version = self._version, self._data_version()
        if self._version == before:
            return False
        self.events.publish(QueueChanged())
        self.events.publish(RecordsChanged())
        return True

    def _data_version(self) -> int:
        raw = (
            self._writer or self._reader
        ).raw_connection()  # the one connection that writes: its own commits do not count
        try:
            return int(raw.cursor().execute("PRAGMA data_version").fetchone()[0])
        finally:
            raw.close()

    def close(self) -> None:
        """Give the files back."""
        if self._checkpoints:
            self._checkpoints.close()
        self._files.close()
