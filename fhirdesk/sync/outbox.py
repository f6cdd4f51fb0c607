"""Records come in: what changed is stored and queued in one transaction (flow 1, design: docs/queue.md rule 1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fhirdesk.clock import Clock
from fhirdesk.converters import bases, registry
from fhirdesk.converters.base import Context
from fhirdesk.entry import CHANGE_PRIORITY, OPEN, Operation, Reason, Status
from fhirdesk.errors import InvalidInput, Refused
from fhirdesk.events import QueueChanged, RecordsChanged
from fhirdesk.r4 import json
from fhirdesk.records import Record
from fhirdesk.store.audit import Deed
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.store import Store, Transaction
from fhirdesk.sync.targets import located

NOT_READY = Reason("import_not_ready")
QUEUED_AGAIN_AFTER = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record and the uuid of the action that brings it, made by its caller."""

    record: Record
    uuid: str
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of it: new, changed or unchanged, its entry, and what is to be said of it, though it was taken."""

    result: str
    entry: str | None
    notes: tuple[Reason, ...] = ()


class Outbox:
    """The one door by which a change enters the queue."""

    def __init__(self, store: Store, clock: Clock, context: Context | None = None):
        self._store, self._clock, self._context = store, clock, context or Context()

    def add(
        self, incoming: Sequence[Incoming], *, enqueue: bool = True, who: str = "import", source: str | None = None
    ) -> list[Saved]:
        """Store and queue, all or nothing. `source`: whose rows they are; None: a person's. Returns one Saved for each,
        in order. Raises DiskFull."""
        if not incoming:
            return []
        now = self._clock.now()
        self._store.expect_room()
        with self._store.writing() as tx:
            saved, queued, changed = self._decide(tx, incoming, enqueue)
            self._store.records.put(tx.conn, changed, now)
            around = located(self._store, tx.conn, [one.record for one, _ in queued], self._context)
            entries = [new_entry(one, around, created=created) for one, created in queued]
            self._store.queue.enqueue(tx.conn, entries, now)
            self._look_again(tx, changed)
            by_uuid = {n.uuid: n for n in entries}
            deeds = [
                Deed(who, result.result, one.record.type, one.record.key, result.entry)
                for one, result in zip(incoming, saved, strict=True)
                if result.result != "unchanged" or one.uuid in by_uuid
            ]
            self._store.audit.append(tx.conn, deeds, now)
            if changed or entries:
                tx.announce(RecordsChanged(frozenset((r.type, r.key) for r in changed)))
                tx.announce(QueueChanged())
        return saved

    def queue(
        self, type_: str, key: str, uuid: str, operation: str, *, priority: int | None, changed_only: bool = False
    ) -> str | None:
        """Queue one record as it is here: create or update (which of the two is the map's to say), or delete. Returns
        `uuid`; `changed_only`: None where its newest entry says the same, or it is not ready. Raises NotFound,
        Refused, DiskFull."""
        self._store.expect_room()
        with self._store.writing() as tx:
            record = self._store.records.expect(tx.conn, type_, key)
            on_server = self._store.resource_map.get(tx.conn, type_, key) is not None
            deletes = operation == Operation.DELETE
            if changed_only and (self._says_the_same(tx, record, on_server) or not registry.ready(record)):
                return None
            if not deletes and not registry.ready(record):
                raise Refused("record_not_ready", type=type_, key=key)
            one = Incoming(record, uuid, priority)
            around = located(self._store, tx.conn, [record], self._context)
            new = new_delete(one) if deletes else new_entry(one, around, created=not on_server)
            now = self._clock.now()
            self._store.queue.enqueue(tx.conn, [new], now)
            self._store.audit.append(tx.conn, [Deed("local", f"queue {operation}", type_, key, uuid)], now)
            tx.announce(QueueChanged())
        return uuid

    def _says_the_same(self, tx: Transaction, record: Record, on_server: bool) -> bool:
        """Whether the newest entry of a record brings, or brought, the server what the record says."""
        entry = self._store.queue.newest(tx.conn, record.type, record.key)
        if entry is None or entry.operation is Operation.DELETE or entry.record.fields != record.fields:
            return False
        return entry.status in OPEN or (entry.status is Status.COMPLETED and on_server)

    def _look_again(self, tx: Transaction, changed: Sequence[Record]) -> None:
        """What waits for a record of another type under the same key may have meant one of these."""
        others = {type_: registry.stand_ins(type_) for type_ in {r.type for r in changed}}
        waited_for = [(other, r.key) for r in changed for other in others[r.type]]
        if waited_for:
            self._store.queue.release_children(tx.conn, waited_for)

    def _decide(
        self, tx: Transaction, incoming: Sequence[Incoming], enqueue: bool
    ) -> tuple[list[Saved], list[tuple[Incoming, bool]], list[Record]]:
        """What becomes of each; those to queue, and whether each is new; the records that changed."""
        here = self._stored(tx, [i.record for i in incoming])
        newest = self._newest(tx, [i.record for i in incoming])
        replayed = self._store.queue.known(tx.conn, [one.uuid for one in incoming])
        saved, queued, changed = [], [], []
        for one in incoming:
            if one.uuid in replayed:  # the same action twice (D19): it is queued already, and newer changes stand
                saved.append(Saved("unchanged", one.uuid))
                continue
            place = one.record.type, one.record.key
            before, status = here.get(place), newest.get(place)
            record = _with_base(one.record, before)
            if before is not None and self._says_no_more(before, one.record):
                record = before
            same = before is not None and _same(before, record)
            ready = registry.ready(record)
            queue_it = enqueue and ready and (not same or status is None or status in QUEUED_AGAIN_AFTER)
            result = "new" if before is None else "unchanged" if same and not queue_it else "changed"
            if not same:
                changed.append(record)
                here[place] = record
            if queue_it:
                known = before is not None and status is Status.COMPLETED and before.base == record.base
                sent = replace(record, base=None) if known else record
                queued.append((replace(one, record=sent), before is None or status is None))
                newest[place] = Status.PENDING
            notes = (NOT_READY,) if enqueue and not ready else ()
            saved.append(Saved(result, one.uuid if queue_it else None, notes))
        return saved, queued, changed

    def _says_no_more(self, before: Record, record: Record) -> bool:
        """Whether a record was read from a resource that we made ourselves of the record that is here."""
        if record.base is None or before.base is not None or not before.fields:  # no fields: its row is damaged
            return False
        try:
            return bases.says(before, record.base, self._context)
        except InvalidInput:  # the one that is here cannot be made a resource
            return False

    def _stored(self, tx: Transaction, records: Sequence[Record]) -> dict[tuple[str, str], Record]:
        found: dict[tuple[str, str], Record] = {}
        for type_ in {r.type for r in records}:
            keys = [r.key for r in records if r.type == type_]
            found |= {
                (type_, key): r for key, r in self._store.records.get_many(tx.conn, type_, keys, replacing=True).items()
            }
        return found

    def _newest(self, tx: Transaction, records: Sequence[Record]) -> dict[tuple[str, str], Status]:
        """The state of each record's newest entry; what is on the server and has none was pruned. One that was
        completed and is on the server no more (it was reset) counts as cancelled: it is queued again."""
        found: dict[tuple[str, str], Status] = {}
        for type_ in {r.type for r in records}:
            keys = [r.key for r in records if r.type == type_]
            found |= {(type_, k): s for k, s in self._store.queue.newest_status(tx.conn, type_, keys).items()}
        done = {place for place, status in found.items() if status is Status.COMPLETED}
        pruned = {(r.type, r.key) for r in records} - found.keys()
        there = self._store.resource_map.types(tx.conn, done | pruned) if done or pruned else {}
        vanished, kept = done - there.keys(), pruned & there.keys()
        return found | dict.fromkeys(vanished, Status.CANCELLED) | dict.fromkeys(kept, Status.COMPLETED)


def _with_base(record: Record, before: Record | None) -> Record:
    """A clinic's row keeps the resource that its record was read from."""
    return replace(record, base=before.base) if record.base is None and before is not None else record


def _same(before: Record, record: Record) -> bool:
    """Equal fields and equal bases, in whatever order their members came. Of equal bases the references are equal,
    whichever records they were found to mean."""
    if record.base is before.base:
        return before.fields == record.fields
    if before.base is None or record.base is None or not json.equal(before.base.body, record.base.body):
        return False
    references = {f.name for f in registry.record_types()[record.type].fields if f.refers_to}
    was, now = ({n: v for n, v in r.fields.items() if n not in references} for r in (before, record))
    return was == now


def new_entry(one: Incoming, context: Context, *, created: bool) -> NewEntry:
    """The entry that brings the server up to date with a record; `context` knows what it refers to."""
    kind = registry.record_types()[one.record.type]
    priority = one.priority if one.priority is not None else kind.create_priority if created else CHANGE_PRIORITY
    return NewEntry(
        uuid=one.uuid,
        record=one.record,
        resource_type=registry.resource_type(one.record),
        operation=Operation.CREATE if created else Operation.UPDATE,
        priority=priority,
        parents=bases.parents(one.record, context),
    )


def new_delete(one: Incoming) -> NewEntry:
    """The entry that takes a record off the server."""
    priority = CHANGE_PRIORITY if one.priority is None else one.priority
    return NewEntry(one.uuid, one.record, registry.resource_type(one.record), Operation.DELETE, priority)
