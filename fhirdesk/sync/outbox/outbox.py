"""Stores and queues incoming records, in one transaction (flow 1; docs/queue.md, rule 1)."""

from collections.abc import Collection, Sequence

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, RecordsChanged
from fhirdesk.core.queue_entry import CHANGE_PRIORITY, OPEN, Operation, Status
from fhirdesk.core.records import Place, Record, by_type
from fhirdesk.store.audit import IMPORTED, AuditEvent
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import UnitOfWork
from fhirdesk.sync.outbox.batch import Batch, Incoming, Queued, Saved
from fhirdesk.sync.references import build_mapper

__all__ = ["Incoming", "Outbox", "Saved"]


class Outbox:
    """The only way by which a change enters the queue."""

    def __init__(self, store: Store, clock: Clock, mapper: Mapper | None = None):
        self._store, self._clock, self._mapper = store, clock, mapper or Mapper()

    def add(
        self,
        incoming: Sequence[Incoming],
        *,
        enqueue: bool = True,
        source: str | None = None,
        whole: bool = False,
    ) -> list[Saved]:
        """Store and queue the records, all or nothing except those that are refused. Returns one Saved for each, in
        order. `source`: who says what a SourceRecord says, which is compared with what they said last (`whole`: with
        the record). None: the user. Raises DiskFull."""
        if not incoming:
            return []
        now = self._clock.now()
        self._store.expect_room()
        with self._store.transaction() as tx:
            batch = self._batch(tx, incoming, source, whole, enqueue)
            saved = [batch.take(one) for one in incoming]
            tx.records.put(batch.changed, now, batch.source_marks)
            written = {(r.type, r.key) for r in batch.changed}
            tx.records.write_source_marks({p: m for p, m in batch.source_marks.items() if p not in written})
            mapper = build_mapper(tx, [one.record for one in batch.queued], self._mapper)
            entries = [new_entry(one, mapper) for one in batch.queued]
            tx.queue.enqueue(entries, now)
            self._release_children(tx, batch.changed)
            by_uuid = {n.uuid: n for n in entries}
            prefix = IMPORTED if source else ""
            events = [
                AuditEvent(prefix + result.result, one.record.type, one.record.key, result.entry)
                for one, result in zip(incoming, saved, strict=True)
                if result.result in ("new", "changed") or one.uuid in by_uuid
            ]
            tx.audit.append(events, now)
            if batch.changed or entries:
                tx.emit(RecordsChanged(frozenset((r.type, r.key) for r in batch.changed)))
                tx.emit(QueueChanged())
        return saved

    def queue(
        self, type_: str, key: str, uuid: str, operation: str, *, priority: int | None, changed_only: bool = False
    ) -> str | None:
        """Queue a stored record as it is: to be deleted, or created or updated (whichever its id mapping demands).
        Returns `uuid`; with `changed_only` None if its newest entry says the same or the record is not ready. Raises
        NotFound, Refused, DiskFull."""
        self._store.expect_room()
        with self._store.transaction() as tx:
            record = tx.records.expect(type_, key)
            on_server = tx.id_map.get(type_, key) is not None
            deletes = operation == Operation.DELETE
            if changed_only and (self._says_the_same(tx, record, on_server) or not registry.is_ready(record)):
                return None
            if not deletes and not registry.is_ready(record):
                raise Refused("record_not_ready", type=type_, key=key)
            one = Queued(record, uuid, priority, created=not on_server)
            mapper = build_mapper(tx, [record], self._mapper)
            new = new_delete(one) if deletes else new_entry(one, mapper)
            now = self._clock.now()
            tx.queue.enqueue([new], now)
            tx.audit.append([AuditEvent(f"queue {operation}", type_, key, uuid)], now)
            tx.emit(QueueChanged())
        return uuid

    def _says_the_same(self, tx: UnitOfWork, record: Record, on_server: bool) -> bool:
        """True if the record's newest entry sends, or sent, what the record says now."""
        entry = tx.entries.find_newest(record.type, record.key)
        if entry is None or entry.operation is Operation.DELETE:
            return False
        if entry.record.with_fields(**(entry.edit or {})).fields != record.fields:
            return False
        return entry.status in OPEN or (entry.status is Status.COMPLETED and on_server)

    def mark_gone(self, places: Collection[Place], *, gone: bool = True) -> None:
        """Mark records as deleted at their source, or as there again; nothing else changes, and nothing is sent."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            marked = tx.records.find_gone(places)
            fresh = set(places) - marked if gone else marked
            if fresh:
                tx.records.mark_gone(fresh, now if gone else None)
                verb = "gone at its source" if gone else "back at its source"
                tx.audit.append([AuditEvent(verb, *place) for place in sorted(fresh)], now)
                tx.emit(RecordsChanged(frozenset(fresh)))

    def _release_children(self, tx: UnitOfWork, changed: Sequence[Record]) -> None:
        """Release entries that wait for a record of another type with the same key: they may have meant one of
        these."""
        others = {type_: registry.stand_ins(type_) for type_ in {r.type for r in changed}}
        waited_for = [(other, r.key) for r in changed for other in others[r.type]]
        if waited_for:
            tx.queue.release_children(waited_for)

    def _batch(
        self, tx: UnitOfWork, incoming: Sequence[Incoming], source: str | None, whole: bool, enqueue: bool
    ) -> Batch:
        places = {(one.record.type, one.record.key) for one in incoming}
        return Batch(
            stored=self._stored(tx, places),
            newest=self._newest(tx, places),
            replayed=tx.entries.find_known([one.uuid for one in incoming]),
            last=tx.records.read_source_marks(places),
            source=source,
            whole=whole,
            enqueue=enqueue,
            mapper=self._mapper,
        )

    def _stored(self, tx: UnitOfWork, places: Collection[Place]) -> dict[Place, Record]:
        records: dict[Place, Record] = {}
        for type_, keys in by_type(places).items():
            stored = tx.records.get_many(type_, keys, replacing=True)
            records |= {(type_, key): r for key, r in stored.items()}
        return records

    def _newest(self, tx: UnitOfWork, places: Collection[Place]) -> dict[Place, Status]:
        """The status of each record's newest entry. A record that is on the server and has no entry counts as
        completed: the entry was pruned. One that was completed and is not on the server any more (it was reset) counts
        as cancelled, so that it is queued again."""
        statuses: dict[Place, Status] = {}
        for type_, keys in by_type(places).items():
            statuses |= {(type_, k): s for k, s in tx.entries.find_newest_statuses(type_, keys).items()}
        done = {place for place, status in statuses.items() if status is Status.COMPLETED}
        pruned = set(places) - statuses.keys()
        on_server = tx.id_map.find_resource_types(done | pruned) if done or pruned else {}
        vanished, without_entry = done - on_server.keys(), pruned & on_server.keys()
        return statuses | dict.fromkeys(vanished, Status.CANCELLED) | dict.fromkeys(without_entry, Status.COMPLETED)


def new_entry(one: Queued, mapper: Mapper) -> NewEntry:
    """The entry that brings the server up to date with a record; `context` knows what it refers to."""
    kind = registry.record_types()[one.record.type]
    priority = one.priority if one.priority is not None else kind.create_priority if one.created else CHANGE_PRIORITY
    return NewEntry(
        uuid=one.uuid,
        record=one.record,
        resource_type=registry.resource_type(one.record),
        operation=Operation.CREATE if one.created else Operation.UPDATE,
        priority=priority,
        parents=mapper.draft(one.record).references,
    )


def new_delete(one: Queued) -> NewEntry:
    """The entry that deletes a record on the server."""
    priority = CHANGE_PRIORITY if one.priority is None else one.priority
    return NewEntry(one.uuid, one.record, registry.resource_type(one.record), Operation.DELETE, priority)
