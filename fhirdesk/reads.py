"""What is shown: each a short read of one snapshot, on the reader's thread."""

from array import array
from collections.abc import Sequence

from fhirdesk.converters import registry
from fhirdesk.converters.base import Context
from fhirdesk.entry import Mapped, Operation, QueueEntry, Reason, Status
from fhirdesk.errors import NotFound
from fhirdesk.metrics import summarise
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.records import Record
from fhirdesk.settings import Settings
from fhirdesk.store.store import Store
from fhirdesk.sync.outbox import parents
from fhirdesk.sync.push import Send, prepare
from fhirdesk.views import (
    ChainRow,
    Counts,
    EntryDetails,
    FailureGroup,
    MetricsView,
    PatientQuery,
    PatientRow,
    PreviewView,
    QueueQuery,
    QueueRow,
)


class Reads:
    """Reads of one profile."""

    def __init__(self, store: Store, context: Context, settings: Settings):
        self._store, self._context, self._settings = store, context, settings

    def patient_first(self, query: PatientQuery, count: int) -> tuple[PatientRow, ...]:
        """The first rows."""
        with self._store.reading() as conn:
            return tuple(self._store.patients.first(conn, query, count))

    def patient_ids(self, query: PatientQuery) -> "array[int]":
        """All ids in order."""
        with self._store.reading() as conn:
            return self._store.patients.ids(conn, query)

    def patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """Rows by id."""
        with self._store.reading() as conn:
            return tuple(self._store.patients.rows(conn, ids))

    def record(self, type_: str, key: str) -> Record | None:
        """One record."""
        with self._store.reading() as conn:
            return self._store.records.get_many(conn, type_, [key]).get(key)

    def counts(self) -> Counts:
        """Entries by state."""
        with self._store.reading() as conn:
            return self._store.queue_views.counts(conn)

    def failures(self) -> tuple[FailureGroup, ...]:
        """What a person must look at, by cause, the most frequent first."""
        with self._store.reading() as conn:
            return tuple(self._store.queue_views.failures(conn))

    def chain(self, patient_key: str) -> tuple[ChainRow, ...]:
        """The open entries of a patient, with what blocks each."""
        with self._store.reading() as conn:
            return tuple(self._store.queue_views.chain(conn, patient_key))

    def queue_ids(self, query: QueueQuery) -> "array[int]":
        """All seqs in order."""
        with self._store.reading() as conn:
            return self._store.queue_views.ids(conn, query)

    def queue_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """Rows by seq."""
        with self._store.reading() as conn:
            return tuple(self._store.queue_views.rows(conn, seqs))

    def entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts."""
        with self._store.reading() as conn:
            return self._store.queue_views.details(conn, uuid)

    def known(self, record: Record) -> dict[tuple[str, str], Mapped]:
        """What the resource map holds of a record and its parents."""
        with self._store.reading() as conn:
            return self._store.resource_map.get_many(conn, {(record.type, record.key), *parents(record)})

    def preview(self, type_: str, key: str, request: bool) -> PreviewView:
        """As it would be sent now; with references at rest while a parent is not on the server."""
        record = self.record(type_, key)
        if record is None:
            raise NotFound("no_such_record", type=type_, key=key)
        known = self.known(record)
        plan = prepare(unsaved_entry(record), known, self._context)
        resource = registry.to_resource(record, self._context)
        if isinstance(plan, Send) and plan.request.body:
            resource = dict(plan.request.body)
        mapped = known.get((type_, key))
        issues = tuple(Reason(f.code, {"text": f.text}) for f in check(resource))
        return PreviewView(
            type_,
            key,
            resource["resourceType"],
            resource,
            json.pretty(resource),
            issues,
            version_id=mapped.version_id if mapped else None,
            same_as_server=mapped is not None and mapped.base_read and mapped.base == resource if mapped else None,
            request=self._request(plan) if request and isinstance(plan, Send) else None,
        )

    def _request(self, plan: Send) -> dict[str, object]:
        stored = plan.stored()
        headers = {"Content-Type": "application/fhir+json", "Authorization": "Bearer ****"}
        if plan.request.if_match:
            headers["If-Match"] = f'W/"{plan.request.if_match}"'
        if plan.request.if_none_exist:
            headers["If-None-Exist"] = plan.request.if_none_exist
        url = f"{self._settings.profile.url or ''}/{plan.request.path}"
        return {"method": stored["method"], "url": url, "headers": headers, "body": plan.request.body}

    def metrics(self) -> MetricsView:
        """Over the last attempts kept in the store, so that the command line sees them too."""
        with self._store.reading() as conn:
            return summarise(*self._store.queue_views.answers(conn))


def unsaved_entry(record: Record) -> QueueEntry:
    """An entry that is only looked at."""
    resource_type = registry.resource_type(record)
    status, operation = Status.PENDING, Operation.UPDATE
    return QueueEntry(0, "", record.type, record.key, resource_type, operation, status, 0, 0, 0, 0, 0, record)
