"""How a conflict ends, and an outcome that stays unknown: a person sees both sides and decides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fhirdesk.answer import Delivery
from fhirdesk.clock import Clock
from fhirdesk.converters import bases, overlay, registry
from fhirdesk.converters.base import Context
from fhirdesk.entry import DEEDS, Mapped, QueueEntry, Status
from fhirdesk.errors import Refused, Unavailable
from fhirdesk.events import QueueChanged, RecordsChanged
from fhirdesk.r4 import json
from fhirdesk.records import Base, Record, RecordType
from fhirdesk.remote.client import Remote
from fhirdesk.resource import Resource, identifier, references
from fhirdesk.store.store import Store, Transaction
from fhirdesk.sync.theirs import adopted, belongs_to_another
from fhirdesk.views import FieldValues

NOT_OURS = frozenset({"why_gone", "why_missing_there", "why_another_patient"})  # "mine": looked up, or made, anew


class Resolution:
    """The server is read, then all changes in one transaction with its row in the audit; runs on the engine's loop."""

    def __init__(self, store: Store, remote: Remote, context: Context, clock: Clock):
        self._store, self._remote, self._context, self._clock = store, remote, context, clock

    async def resolve(self, uuid: str, how: str, logical_id: str | None = None) -> Status:
        """End a conflict or an unknown outcome: mine, theirs, arrived (as `logical_id`), absent. Returns the new state.
        Raises NotFound, Refused, Unavailable."""
        with self._store.reading() as conn:
            entry = self._store.queue.expect(conn, uuid)
        if entry.status not in DEEDS["resolve"] or (entry.status is Status.UNKNOWN and how in ("mine", "theirs")):
            raise Refused("nothing_to_resolve", entry=uuid)
        if how in ("mine", "absent"):
            return self._send_again(entry, how)
        if how == "theirs":
            return await self._take_theirs(entry, logical_id)
        if how == "arrived" and logical_id:
            return await self._arrived(entry, logical_id)
        raise Refused("resolve_needs_id")

    async def compare(self, uuid: str) -> tuple[FieldValues, ...]:
        """The fields in which this record differs: last in step, here, and on the server as it is now.
        Raises NotFound, Unavailable."""
        with self._store.reading() as conn:
            entry = self._store.queue.expect(conn, uuid)
            mapped = self._store.resource_map.get(conn, entry.type, entry.key)
            record = self._store.records.get(conn, entry.type, entry.key) or entry.record
        theirs = await self._read(entry, mapped.logical_id) if mapped else None
        sides = (
            self._fields_of(entry.type, mapped.base if mapped else None),
            self._fields_of(entry.type, registry.to_resource(record.with_fields(**(entry.edit or {})), self._context)),
            self._fields_of(entry.type, theirs),
        )
        return tuple(_differing(registry.record_types()[entry.type], sides))

    def _fields_of(self, type_: str, resource: Mapping[str, object] | None) -> Mapping[str, object]:
        return registry.converter(type_).to_fields(dict(resource), self._context) if resource else {}

    def _send_again(self, entry: QueueEntry, how: str) -> Status:
        """The newest version is read before ours is laid over it; what is not there any more is made again."""
        code = entry.reason.code if entry.reason else ""
        with self._store.writing() as tx:
            mapped = self._store.resource_map.get(tx.conn, entry.type, entry.key)
            if code == "why_duplicate" and mapped is None and how == "mine":
                raise Refused("resolve_needs_id")
            if mapped and code in NOT_OURS:
                self._store.resource_map.forget(tx.conn, entry.type, entry.key)
            elif mapped:
                self._store.resource_map.put_many(tx.conn, [replace(mapped, version_id=None, base_read=False)])
            return self._resolved(tx, entry, Status.PENDING, how)

    async def _take_theirs(self, entry: QueueEntry, logical_id: str | None) -> Status:
        with self._store.reading() as conn:
            mapped = self._store.resource_map.get(conn, entry.type, entry.key)
        at = logical_id or (mapped.logical_id if mapped else None)
        if at is None:
            raise Refused("resolve_needs_id")
        theirs = await self._read(entry, at)
        if theirs is not None and self._belongs_to_another(entry, theirs, mapped):
            raise Refused("resolve_other_record", id=at)
        with self._store.writing() as tx:
            now = self._clock.now()
            if theirs is None:
                self._store.records.tombstone(tx.conn, entry.type, entry.key, now)
                self._store.resource_map.forget(tx.conn, entry.type, entry.key)
                return self._resolved(tx, entry, Status.CANCELLED, "theirs")
            current = self._store.records.get(tx.conn, entry.type, entry.key) or entry.record
            self._store.records.put(tx.conn, [self._as_theirs(tx, current, theirs)], now)
            mapped = adopted(entry, theirs, self._clock)
            return self._resolved(tx, entry, Status.CANCELLED, "theirs", mapped)

    def _as_theirs(self, tx: Transaction, record: Record, theirs: Resource) -> Record:
        """Our record with what the server holds; what the server's copy does not say stays. One that was read from a
        resource is now read from theirs."""
        if record.base:
            texts = {str(r["reference"]) for r in references(theirs) if "reference" in r}
            base = Base(json.dumps(theirs), self._store.resource_map.meant(tx.conn, texts))
            return bases.recalled(record.type, record.key, theirs, base, self._context)
        told = registry.from_resource(theirs, self._context, over=record)
        kind = registry.record_types()[record.type]
        ours = {f.name for f in kind.references} | {kind.key_field}  # theirs hold logical ids
        fresh = {n: v for n, v in (told.fields if told else {}).items() if n not in ours}
        return registry.changed(record, fresh, self._context)

    async def _arrived(self, entry: QueueEntry, logical_id: str) -> Status:
        """It is that one there: done if it is as ours, else ours is laid over it."""
        theirs = await self._read(entry, logical_id)
        if theirs is None:
            raise Refused("resolve_not_there", id=logical_id)
        if self._belongs_to_another(entry, theirs):
            raise Refused("resolve_other_record", id=logical_id)
        with self._store.writing() as tx:
            flight = self._store.queue.flight(tx.conn, entry) if entry.attempts else None
            sent = dict(flight.request.get("body") or {}) if flight else {}
            same = bool(sent) and overlay.same(sent, theirs, registry.converter(entry.type))
            status = Status.COMPLETED if same else Status.PENDING
            return self._resolved(tx, entry, status, "arrived", adopted(entry, theirs, self._clock))

    def _belongs_to_another(self, entry: QueueEntry, theirs: Resource, mapped: Mapped | None = None) -> bool:
        """Whether it has the number of another record, is known as another's, or is somebody else than we knew."""
        with self._store.reading() as conn:
            there = f"{entry.resource_type}/{theirs['id']}"
            if self._store.resource_map.belongs_to_another(conn, there, (entry.type, entry.key)):
                return True
        number = identifier(theirs, registry.identifier_system(entry.type, self._context))
        return number not in (None, entry.key) or (
            mapped is not None and belongs_to_another(mapped, theirs, self._context)
        )

    async def _read(self, entry: QueueEntry, logical_id: str) -> Resource | None:
        """The server's copy; None: it is not there."""
        answer = await self._remote.read(entry.resource_type, logical_id)
        if answer.delivery is Delivery.ANSWERED and answer.status in (404, 410):
            return None
        body = answer.body or {}
        if answer.status != 200 or body.get("resourceType") != entry.resource_type or body.get("id") != logical_id:
            raise Unavailable("resolve_not_read")
        return dict(body)

    def _resolved(
        self, tx: Transaction, entry: QueueEntry, status: Status, how: str, mapped: Mapped | None = None
    ) -> Status:
        now, stands = self._clock.now(), self._store.queue.expect(tx.conn, entry.uuid)
        as_seen = (stands.status, stands.attempts) == (entry.status, entry.attempts)  # while the server was asked
        if not (as_seen and self._store.queue.resolve(tx.conn, entry, status, how, now, mapped)):
            raise Refused("nothing_to_resolve", entry=entry.uuid)
        tx.announce(QueueChanged())
        tx.announce(RecordsChanged(frozenset({(entry.type, entry.key)})))
        return status


def _differing(kind: RecordType, sides: Sequence[Mapping[str, object]]) -> Iterator[FieldValues]:
    for field in (f for f in kind.fields if f.name != kind.key_field):
        values = [None if s.get(field.name) in (None, "") else str(s[field.name]) for s in sides]
        if values[1] != values[2]:
            yield FieldValues(field.name, *values)
