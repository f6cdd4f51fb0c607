"""What a caller has in hand while it reads or writes: the repositories, bound to one transaction and one profile."""

from sqlalchemy import Connection

from fhirdesk.core.events import Event
from fhirdesk.core.permissions import LOCAL
from fhirdesk.store.audit import AuditLog
from fhirdesk.store.queue.dispatch import Queue
from fhirdesk.store.queue.entries import Entries
from fhirdesk.store.queue.operator import OperatorActions
from fhirdesk.store.queue.queries import QueueViews
from fhirdesk.store.queue.retention import QueueRetention
from fhirdesk.store.queue.server_state import ServerState
from fhirdesk.store.records.id_map import IdMap
from fhirdesk.store.records.patient_search import Patients
from fhirdesk.store.records.records import Records


class Snapshot:
    """The repositories, reading one state of the database. `conn` is for the store alone (tests/test_store_seam.py)."""

    def __init__(self, conn: Connection, profile: str, actor: str = LOCAL.name):
        self.conn, self.profile, self._actor = conn, profile, actor

    @property
    def records(self) -> Records:
        """The records of the clinic, as they are here."""
        return Records(self.conn, self.profile)

    @property
    def patients(self) -> Patients:
        """Patients as tables show them: searched, ordered, in pages."""
        return Patients(self.conn, self.profile)

    @property
    def id_map(self) -> IdMap:
        """Which resource each record is on the server."""
        return IdMap(self.conn, self.profile)

    @property
    def queue(self) -> Queue:
        """The queue in motion: enqueue, find what is due, claim, transition, hold, release."""
        return Queue(self.conn, self.profile)

    @property
    def entries(self) -> Entries:
        """Single entries, lanes and attempts."""
        return Entries(self.conn, self.profile)

    @property
    def operator(self) -> OperatorActions:
        """What the user does to entries: retry, cancel, discard, hold, release, resolve."""
        return OperatorActions(self.conn, self.profile, self.audit)

    @property
    def queue_views(self) -> QueueViews:
        """Entries as the queue pane and the command line show them."""
        return QueueViews(self.conn, self.profile)

    @property
    def retention(self) -> QueueRetention:
        """Final entries that are kept long enough."""
        return QueueRetention(self.conn, self.profile)

    @property
    def server_state(self) -> ServerState:
        """What must survive a restart of the server's state: its pause, limits and address."""
        return ServerState(self.conn, self.profile)

    @property
    def audit(self) -> AuditLog:
        """The chain of what was done, and who did it."""
        return AuditLog(self.conn, self._actor)


class UnitOfWork(Snapshot):
    """The repositories in one write transaction, and the events that follow its commit."""

    def __init__(self, conn: Connection, profile: str, actor: str = LOCAL.name):
        super().__init__(conn, profile, actor)
        self.events: list[Event] = []

    def for_profile(self, profile: str) -> "UnitOfWork":
        """Return the same transaction as another profile sees it: salvage writes what all of them had."""
        other = UnitOfWork(self.conn, profile, self._actor)
        other.events = self.events
        return other

    def emit(self, event: Event) -> None:
        """Publish an event after the commit; never, if the transaction is rolled back."""
        self.events.append(event)
