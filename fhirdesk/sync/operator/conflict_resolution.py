"""How a conflict ends, and an outcome that stays unknown: a person sees both sides and decides."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import merge, registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, RecordsChanged
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, IdMapping, QueueEntry, Reason, Status, merges
from fhirdesk.core.records import Base, Record
from fhirdesk.core.resource import Resource, references
from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.r4 import json
from fhirdesk.remote.client import Remote
from fhirdesk.store.store import Store, Transaction
from fhirdesk.sync.operator.field_merge import FieldMerger, list_differences
from fhirdesk.sync.operator.fresh_copy import FreshCopy
from fhirdesk.sync.plan import NEW_PERSON
from fhirdesk.sync.server_copy import as_base, unset_locally

CHOSEN: Mapping[str, Side | None] = {"mine": Side.MINE, "theirs": Side.THEIRS, "merge": None}
NOT_OURS = frozenset({"why_gone", "why_missing_there", "why_another_patient"})  # "mine": looked up, or made, anew


class ConflictResolution:
    """The server is read, then all changes in one transaction with its row in the audit; runs on the engine's loop."""

    def __init__(self, store: Store, remote: Remote, context: Context, clock: Clock):
        self._store, self._context, self._clock = store, context, clock
        self._copies, self._merging = FreshCopy(store, remote, context), FieldMerger(store, context, clock)

    async def resolve(
        self, uuid: str, how: str, logical_id: str | None = None, choices: Choices | None = None
    ) -> Status:
        """End a conflict or an unknown outcome: mine, theirs, merge (as `choices` say), arrived (as `logical_id`),
        absent. Returns the new state. Raises NotFound, Refused, Unavailable, InvalidRecord."""
        entry, mapped = self._known(uuid)
        if entry.status not in ALLOWED_ACTIONS["resolve"] or (
            entry.status is Status.UNKNOWN and how not in ("arrived", "absent")
        ):
            raise Refused("nothing_to_resolve", entry=uuid)
        if how == "arrived" and logical_id:
            return await self._arrived(entry, logical_id)
        if merges(entry) and mapped and not logical_id and how in CHOSEN:
            return await self._merge(entry, mapped, choices or Choices(rest=CHOSEN[how]))
        if how in ("mine", "absent"):
            return self._send_again(entry, how)
        if how == "theirs":
            return await self._take_theirs(entry, logical_id)
        raise Refused("nothing_to_resolve" if how == "merge" else "resolve_needs_id", entry=uuid)

    async def compare(self, uuid: str) -> tuple[FieldValues, ...]:
        """The fields in which this record differs: last in step, here, and on the server as it is now.
        Raises NotFound, Unavailable, Refused where it is not there any more."""
        entry, mapped = self._known(uuid)
        if mapped is None:
            raise Refused("resolve_needs_id")
        theirs = await self._copies.of(mapped)
        if theirs is None:
            raise Refused("resolve_gone")
        with self._store.snapshot() as conn:
            return list_differences(self._merging.sides(conn, entry, mapped, theirs).fields)

    def _known(self, uuid: str) -> tuple[QueueEntry, IdMapping | None]:
        with self._store.snapshot() as conn:
            entry = self._store.queue.expect(conn, uuid)
            return entry, self._store.id_map.get(conn, entry.type, entry.key)

    async def _merge(self, entry: QueueEntry, mapped: IdMapping, choices: Choices) -> Status:
        """Field by field, over the copy that is there now; it is the base of what is sent."""
        theirs = await self._copies.of(mapped)
        if theirs is None:
            return await self._gone(entry, choices)
        with self._store.transaction() as tx:
            sides = self._merging.sides(tx.conn, entry, mapped, theirs)
            status, told = self._merging.settle(tx, sides, choices)
            if status is Status.CANCELLED and sides.record.base:  # read from theirs from now on
                self._store.records.put(tx.conn, [self._as_theirs(tx, sides.record, theirs)], self._clock.now())
            return self._resolved(tx, entry, status, told, as_base(entry, theirs, self._clock))

    async def _gone(self, entry: QueueEntry, choices: Choices) -> Status:
        """Deleted there since: whole, a choice of one side still means something."""
        if choices.rest is Side.MINE:
            return self._send_again(entry, "mine", gone=True)
        if choices.rest is Side.THEIRS:
            return self._deleted_here(entry)
        raise Refused("resolve_gone")

    def _send_again(self, entry: QueueEntry, how: str, *, gone: bool = False) -> Status:
        """The newest version is read before ours is laid over it; what is not there any more is made again."""
        code = entry.reason.code if entry.reason else ""
        with self._store.transaction() as tx:
            mapped = self._store.id_map.get(tx.conn, entry.type, entry.key)
            if code == "why_duplicate" and mapped is None and how == "mine":
                raise Refused("resolve_needs_id")
            if mapped and (gone or code in NOT_OURS):
                self._store.id_map.forget(tx.conn, entry.type, entry.key)
            elif mapped:
                self._store.id_map.put_many(tx.conn, [replace(mapped, version_id=None, base_read=False)])
            return self._resolved(tx, entry, Status.PENDING, how)

    async def _take_theirs(self, entry: QueueEntry, logical_id: str | None) -> Status:
        _, mapped = self._known(entry.uuid)
        at = logical_id or (mapped.logical_id if mapped else None)
        if at is None:
            raise Refused("resolve_needs_id")
        theirs = await self._copies.read(entry.resource_type, at)
        if theirs is None:
            return self._deleted_here(entry)
        if self._copies.is_another_record((entry.type, entry.key), theirs, mapped):
            raise Refused("resolve_other_record", id=at)
        with self._store.transaction() as tx:
            current = self._store.records.get(tx.conn, entry.type, entry.key) or entry.record
            self._store.records.put(tx.conn, [self._as_theirs(tx, current, theirs)], self._clock.now())
            return self._resolved(tx, entry, Status.CANCELLED, "theirs", as_base(entry, theirs, self._clock))

    def _deleted_here(self, entry: QueueEntry) -> Status:
        """It is not there: it is not here, either."""
        with self._store.transaction() as tx:
            self._store.records.tombstone(tx.conn, entry.type, entry.key, self._clock.now())
            self._store.id_map.forget(tx.conn, entry.type, entry.key)
            return self._resolved(tx, entry, Status.CANCELLED, "theirs")

    def _as_theirs(self, tx: Transaction, record: Record, theirs: Resource) -> Record:
        """Our record with what the server holds; what the server's copy does not say stays. One that was read from a
        resource is now read from theirs."""
        if record.base:
            texts = {str(r["reference"]) for r in references(theirs) if "reference" in r}
            base = Base(json.dumps(theirs), self._store.id_map.find_records(tx.conn, texts))
            return source_resource.from_fhir(record.type, record.key, theirs, base, self._context)
        told = registry.from_resource(theirs, self._context, over=record)
        kind = registry.record_types()[record.type]
        ours = {f.name for f in kind.references} | {kind.key_field}  # theirs hold logical ids
        fresh = {n: v for n, v in (told.fields if told else {}).items() if n not in ours}
        return registry.edit_record(record, fresh, self._context)

    async def _arrived(self, entry: QueueEntry, logical_id: str) -> Status:
        """It is that one there: done if it is as ours, else ours is laid over it; what ours says nothing of stays."""
        theirs = await self._copies.read(entry.resource_type, logical_id)
        if theirs is None:
            raise Refused("resolve_not_there", id=logical_id)
        if self._copies.is_another_record((entry.type, entry.key), theirs):
            raise Refused("resolve_other_record", id=logical_id)
        with self._store.transaction() as tx:
            flight = self._store.queue.read_last_attempt(tx.conn, entry) if entry.attempts else None
            sent = dict(flight.request.get("body") or {}) if flight else {}
            same = bool(sent) and merge.same(sent, theirs, registry.converter(entry.type))
            status = Status.COMPLETED if same else Status.PENDING
            if not same:
                self._leave_open(tx, entry, theirs)
            return self._resolved(tx, entry, status, "arrived", as_base(entry, theirs, self._clock))

    def _leave_open(self, tx: Transaction, entry: QueueEntry, theirs: Resource) -> None:
        """At the first meeting the record takes what it says nothing of and the server has."""
        taken = unset_locally(entry, theirs, self._context)
        for waiting in (
            e for e in self._store.queue.read_lane(tx.conn, entry.type, entry.key) if taken and not e.damaged
        ):
            self._store.queue.rewrite(tx.conn, waiting, _filled(waiting.record, taken))
        here = self._store.records.get(tx.conn, entry.type, entry.key)
        if here and taken:
            self._store.records.put(tx.conn, [_filled(here, taken)], self._clock.now())

    def _resolved(
        self, tx: Transaction, entry: QueueEntry, status: Status, how: str, mapped: IdMapping | None = None
    ) -> Status:
        now, stands = self._clock.now(), self._store.queue.expect(tx.conn, entry.uuid)
        as_seen = (stands.status, stands.attempts) == (entry.status, entry.attempts)  # while the server was asked
        another = entry.reason is not None and entry.reason.code == "why_namesake" and mapped is None
        told = Reason(NEW_PERSON) if another and status is Status.PENDING else None
        if not (as_seen and self._store.queue.resolve(tx.conn, entry, status, how, now, mapped, told)):
            raise Refused("nothing_to_resolve", entry=entry.uuid)
        tx.emit(QueueChanged())
        tx.emit(RecordsChanged(frozenset({(entry.type, entry.key)})))
        return status


def _filled(record: Record, taken: Mapping[str, Any]) -> Record:
    """With those of the fields that it does not have."""
    return record.with_fields(**{n: v for n, v in taken.items() if record.fields.get(n) is None})
