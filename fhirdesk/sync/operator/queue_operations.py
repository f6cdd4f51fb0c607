"""What a person does to entries: retry, take back, discard, hold, release, correct; and to the queue as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fhirdesk.converters import registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, RecordsChanged, ServerChanged
from fhirdesk.core.permissions import LOCAL
from fhirdesk.core.queue_entry import QueueEntry, Reason, Status, is_correctable
from fhirdesk.core.records import Record
from fhirdesk.core.views import QueueQuery, SentAgain
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.store import Store, Transaction
from fhirdesk.sync.references import build_context

STAYS = (Status.PROCESSING, Status.UNKNOWN)  # what may be on the server cannot be taken back here
Verb = Callable[[Transaction, Sequence[str], float], int]


class QueueOperations:
    """Each is one transaction with its row in the audit. They run on the engine's thread."""

    def __init__(self, store: Store, context: Context, clock: Clock):
        self._store, self._context, self._clock = store, context, clock

    # -- many at once

    def retry(self, chosen: Sequence[str]) -> SentAgain:
        """Failed, held and waiting entries are due now; those whose outcome is not known are looked at first."""
        count = self._do(lambda tx, uuids, now: self._store.queue.retry(tx.conn, uuids, now), chosen)
        with self._store.snapshot() as conn:
            looked = self._store.queue.count_unknown(conn, chosen) if count else 0
        return SentAgain(count - min(looked, count), min(looked, count))

    def retry_matching(self, query: QueueQuery) -> SentAgain:
        """Everything that a filter shows, in the order it was queued."""
        with self._store.snapshot() as conn:
            chosen = self._store.queue_views.find_uuids(conn, query)
        return self.retry(chosen)

    def cancel(self, chosen: Sequence[str]) -> int:
        """Entries are taken back; those in flight, and those whose outcome is not known, stay. Raises Refused where
        nothing else was chosen."""
        return self._do(self._cancel, chosen)

    def _cancel(self, tx: Transaction, chosen: Sequence[str], now: float) -> int:
        count = self._store.queue.cancel(tx.conn, chosen, now)
        found = () if count else (self._store.queue.get(tx.conn, uuid) for uuid in chosen)
        if sent := next((e for e in found if e and e.status in STAYS), None):
            raise Refused("cancel_in_flight", entry=sent.uuid)
        return count

    def discard(self, chosen: Sequence[str], why: str) -> int:
        """Failed, conflicting and held entries are given up."""
        return self._do(lambda tx, uuids, now: self._store.queue.discard(tx.conn, uuids, why, now), chosen)

    def hold(self, chosen: Sequence[str]) -> int:
        """Pending entries wait."""
        return self._do(lambda tx, uuids, now: self._store.queue.hold_by_hand(tx.conn, uuids, now), chosen)

    def release(self, chosen: Sequence[str]) -> int:
        """Held entries may go."""
        return self._do(lambda tx, uuids, now: self._store.queue.release(tx.conn, uuids, now), chosen)

    def make_due(self) -> SentAgain:
        """Everything that waits for its time is due now."""
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            self._store.queue.make_due(tx.conn, self._clock.now())
            self._store.audit.append(tx.conn, [AuditEvent(LOCAL, "send now")], self._clock.now())
        with self._store.snapshot() as conn:
            counts = self._store.queue_views.count_by_status(conn)
        return SentAgain(counts[Status.PENDING], counts[Status.UNKNOWN])

    def pause(self, reason: Reason | None) -> None:
        """A pause (a reason) or its end (None), for this process and the next."""
        with self._store.transaction() as tx:
            tx.emit(ServerChanged())
            self._store.queue.save_pause(tx.conn, reason)
            self._store.audit.append(tx.conn, [AuditEvent(LOCAL, "pause" if reason else "resume")], self._clock.now())

    def forget_ids(self) -> int:
        """The server was reset, and a person said so: its ids mean nothing any more; each record is looked up by its
        identifier, or made, when it is sent next. Ends the pause. How many ids were forgotten."""
        with self._store.transaction() as tx:
            count = self._store.id_map.forget_all(tx.conn)
            self._store.queue.save_pause(tx.conn, None)
            self._store.audit.append(tx.conn, [AuditEvent(LOCAL, f"forget {count} ids")], self._clock.now())
            tx.emit(ServerChanged())
        return count

    def _do(self, verb: Verb, chosen: Sequence[str]) -> int:
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            return verb(tx, chosen, self._clock.now())

    # -- one entry

    def correct(self, uuid: str, fields: Mapping[str, object], new: str) -> None:
        """Edit and retry: the record with those fields ("" removes one) goes as a new entry that names its origin.
        Raises NotFound, Refused, InvalidRecord."""
        with self._store.transaction() as tx:
            entry = self._store.queue.expect(tx.conn, uuid)
            if not is_correctable(entry.status, entry.operation):
                raise Refused("entry_not_correctable", entry=uuid)
            current = self._store.records.get(tx.conn, entry.type, entry.key) or entry.record
            record = registry.edit_record(current, {**(entry.edit or {}), **fields}, self._context)
            now = self._clock.now()
            self._store.queue.supersede(tx.conn, entry, new, now)
            again = _again(entry, current if entry.edit else record, fields, new)
            around = build_context(self._store, tx.conn, [again.record], self._context)
            again = replace(again, parents=source_resource.parents(again.record, around))
            self._store.queue.enqueue(tx.conn, [again], now)
            self._store.audit.append(tx.conn, [AuditEvent(LOCAL, "correct", entry.type, entry.key, new)], now)
            if not entry.edit:  # the fields of a profile edit change here once the server said yes
                self._store.records.put(tx.conn, [record], now)
            tx.emit(QueueChanged())
            tx.emit(RecordsChanged(frozenset({(entry.type, entry.key)})))


def _again(entry: QueueEntry, record: Record, fields: Mapping[str, object], new: str) -> NewEntry:
    """The corrected retry of an entry."""
    edit = {**entry.edit, **{n: str(v) for n, v in fields.items()}} if entry.edit else None
    return NewEntry(
        new,
        replace(record, base=entry.record.base),
        registry.resource_type(record),
        entry.operation,
        entry.priority,
        edit=edit,
        origin=entry.uuid,
    )
