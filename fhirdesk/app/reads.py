"""What the window and the command line show: each method is a short read of one snapshot, on the reader's thread."""

from array import array
from collections.abc import Sequence

from fhirdesk.core.clock import Clock
from fhirdesk.core.metrics import summarise
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record
from fhirdesk.core.views import (
    ChainRow,
    Counts,
    EntryDetails,
    FailureGroup,
    MetricsView,
    PatientQuery,
    PatientRow,
    QueueQuery,
    QueueRow,
)
from fhirdesk.store.store import Store


class Reads:
    """Reads what one profile's store holds."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock

    def patient_first(self, query: PatientQuery, count: int) -> tuple[PatientRow, ...]:
        """The first `count` patients of a search, before all of its ids are known."""
        with self._store.snapshot() as view:
            return tuple(view.patients.find_first(query, count))

    def patient_ids(self, query: PatientQuery) -> "array[int]":
        """The row ids of all patients of a search, in its order."""
        with self._store.snapshot() as view:
            return view.patients.find_ids(query)

    def patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """The patients with those row ids, in the order given."""
        with self._store.snapshot() as view:
            return tuple(view.patients.read_rows(ids))

    def record(self, type_: str, key: str) -> Record | None:
        """The stored record; None where there is none."""
        with self._store.snapshot() as view:
            return view.records.get(type_, key)

    def counts(self) -> Counts:
        """How many entries stand in each state."""
        with self._store.snapshot() as view:
            return view.queue_views.count_by_status()

    def notices(self) -> tuple[Reason, ...]:
        """What a person should know of the queue as a whole: each fact once, however many entries it is about."""
        with self._store.snapshot() as view:
            notices = view.queue_views.find_notices(self._clock.now())
        return (Reason("store_read_only"), *notices) if self._store.read_only else tuple(notices)

    def failures(self) -> tuple[FailureGroup, ...]:
        """The entries that need a person, grouped by cause, the most frequent cause first."""
        with self._store.snapshot() as view:
            return tuple(view.queue_views.group_failures())

    def chain(self, patient_key: str) -> tuple[ChainRow, ...]:
        """The open entries of a patient, with what blocks each."""
        with self._store.snapshot() as view:
            return tuple(view.queue_views.read_chain(patient_key))

    def queue_ids(self, query: QueueQuery) -> "array[int]":
        """The seq of every entry of a query, in its order."""
        with self._store.snapshot() as view:
            return view.queue_views.find_ids(query)

    def queue_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """The queue's rows with those seqs, in the order given."""
        with self._store.snapshot() as view:
            return tuple(view.queue_views.read_rows(seqs))

    def entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts."""
        with self._store.snapshot() as view:
            return view.queue_views.read_details(uuid, self._clock.now())

    def metrics(self) -> MetricsView:
        """How the server answered the last attempts; they are in the store, so every process sees them."""
        with self._store.snapshot() as view:
            return summarise(*view.queue_views.read_answers())
