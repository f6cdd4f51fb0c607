"""Ends a conflict, or an outcome that stays unknown, by the decision of the user, who sees both sides."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, RecordsChanged
from fhirdesk.core.queue_entry import (
    ALLOWED_ACTIONS,
    IdMapping,
    QueueEntry,
    Reason,
    Status,
    is_compared_before_delete,
    is_merged_by_field,
)
from fhirdesk.core.records import Base, Record
from fhirdesk.core.resource import Resource, references
from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.r4 import json
from fhirdesk.remote.client import Remote
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import UnitOfWork
from fhirdesk.sync.operator.field_merge import FieldMerger, list_differences
from fhirdesk.sync.operator.fresh_copy import FreshCopy
from fhirdesk.sync.plan import NEW_PERSON
from fhirdesk.sync.server_copy import as_base, unset_locally

CHOSEN: Mapping[str, Side | None] = {"mine": Side.MINE, "theirs": Side.THEIRS, "merge": None}
NOT_OURS = frozenset(
    {"why_gone", "why_missing_there", "why_another_patient"}
)  # "mine" forgets the id: the record is searched or created anew


class ConflictResolution:
    """Reads the server, then changes everything in one transaction with its row in the audit. Runs on the engine's
    loop."""

    def __init__(self, store: Store, remote: Remote, mapper: Mapper, clock: Clock):
        self._store, self._mapper, self._clock = store, mapper, clock
        self._copies, self._merger = FreshCopy(store, remote, mapper), FieldMerger(mapper, clock)

    async def resolve(
        self, uuid: str, how: str, logical_id: str | None = None, choices: Choices | None = None
    ) -> Status:
        """End a conflict or an unknown outcome. `how`: mine, theirs, merge (as `choices` say), arrived (as
        `logical_id`), absent. Returns the new status. Raises NotFound, Refused, Unavailable, InvalidRecord."""
        entry, mapped = self._known(uuid)
        if entry.status not in ALLOWED_ACTIONS["resolve"] or (
            entry.status is Status.UNKNOWN and how not in ("arrived", "absent")
        ):
            raise Refused("nothing_to_resolve", entry=uuid)
        if how == "arrived" and logical_id:
            return await self._arrived(entry, logical_id)
        if is_merged_by_field(entry) and mapped and not logical_id and how in CHOSEN:
            return await self._merge(entry, mapped, choices or Choices(rest=CHOSEN[how]))
        if how == "mine" and mapped and is_compared_before_delete(entry):
            return await self._delete_there(entry, mapped, choices.seen if choices else None)
        if how in ("mine", "absent"):
            return self._send_again(entry, how)
        if how == "theirs":
            return await self._take_theirs(entry, logical_id)
        raise Refused("nothing_to_resolve" if how == "merge" else "resolve_needs_id", entry=uuid)

    async def compare(self, uuid: str) -> tuple[FieldValues, ...]:
        """The fields that differ: as last in step, as they are here, and on the server now. Raises NotFound,
        Unavailable; Refused if the server does not have the record any more."""
        entry, mapped = self._known(uuid)
        if mapped is None:
            raise Refused("resolve_needs_id")
        theirs = await self._copies.of(mapped)
        if theirs is None:
            raise Refused("resolve_gone")
        return self._list_differences(entry, mapped, theirs)

    def _list_differences(self, entry: QueueEntry, mapped: IdMapping, theirs: Resource) -> tuple[FieldValues, ...]:
        with self._store.snapshot() as view:
            return list_differences(self._merger.sides(view, entry, mapped, theirs).fields)

    def _known(self, uuid: str) -> tuple[QueueEntry, IdMapping | None]:
        with self._store.snapshot() as view:
            entry = view.entries.expect(uuid)
            return entry, view.id_map.get(entry.type, entry.key)

    async def _merge(self, entry: QueueEntry, mapped: IdMapping, choices: Choices) -> Status:
        """Merge field by field with the server's copy of now, which becomes the base of what is sent."""
        theirs = await self._copies.of(mapped)
        if theirs is None:
            return self._resolve_deleted(entry, choices)
        with self._store.transaction() as tx:
            sides = self._merger.sides(tx, entry, mapped, theirs)
            status, choice = self._merger.apply_choices(tx, sides, choices)
            if status is Status.CANCELLED and sides.record.base:  # its resource is the server's from now on
                tx.records.put([self._as_theirs(tx, sides.record, theirs)], self._clock.now())
            if status is Status.PENDING and sides.is_said_by_later_change(entry):
                status = Status.SUPERSEDED  # sent as well, it would apply the same twice
            return self._finish(tx, entry, status, choice, as_base(entry, theirs, self._clock))

    async def _delete_there(self, entry: QueueEntry, mapped: IdMapping, seen: tuple[FieldValues, ...] | None) -> Status:
        """Pending again: the server's copy of now is deleted, and no later one. Raises Refused where it is not the copy
        that the user saw."""
        theirs = await self._copies.of(mapped)
        if theirs is None:
            return self._send_again(entry, "mine")
        if seen is not None and seen != self._list_differences(entry, mapped, theirs):
            raise Refused("resolve_changed_again")
        with self._store.transaction() as tx:
            return self._finish(tx, entry, Status.PENDING, "mine", as_base(entry, theirs, self._clock))

    def _resolve_deleted(self, entry: QueueEntry, choices: Choices) -> Status:
        """The server deleted the record since: only a choice of one whole side still means something."""
        if choices.rest is Side.MINE:
            return self._send_again(entry, "mine", gone=True)
        if choices.rest is Side.THEIRS:
            return self._delete_locally(entry)
        raise Refused("resolve_gone")

    def _send_again(self, entry: QueueEntry, how: str, *, gone: bool = False) -> Status:
        """Pending again: the server's newest version is read before ours is merged into it; a record that the server
        does not have any more is created again."""
        code = entry.reason.code if entry.reason else ""
        with self._store.transaction() as tx:
            mapped = tx.id_map.get(entry.type, entry.key)
            if code == "why_duplicate" and mapped is None and how == "mine":
                raise Refused("resolve_needs_id")
            if mapped and (gone or code in NOT_OURS):
                tx.id_map.forget(entry.type, entry.key)
            elif mapped:
                tx.id_map.put_many([replace(mapped, version_id=None, base_read=False)])
            return self._finish(tx, entry, Status.PENDING, how)

    async def _take_theirs(self, entry: QueueEntry, logical_id: str | None) -> Status:
        _, mapped = self._known(entry.uuid)
        id_ = logical_id or (mapped.logical_id if mapped else None)
        if id_ is None:
            raise Refused("resolve_needs_id")
        theirs = await self._copies.read(entry.resource_type, id_)
        if theirs is None:
            return self._delete_locally(entry)
        if self._copies.is_another_record((entry.type, entry.key), theirs, mapped):
            raise Refused("resolve_other_record", id=id_)
        with self._store.transaction() as tx:
            current = tx.records.get(entry.type, entry.key) or entry.record
            tx.records.put([self._as_theirs(tx, current, theirs)], self._clock.now())
            return self._finish(tx, entry, Status.CANCELLED, "theirs", as_base(entry, theirs, self._clock))

    def _delete_locally(self, entry: QueueEntry) -> Status:
        """Delete the record here, as it is deleted on the server."""
        with self._store.transaction() as tx:
            tx.records.tombstone(entry.type, entry.key, self._clock.now())
            tx.id_map.forget(entry.type, entry.key)
            return self._finish(tx, entry, Status.CANCELLED, "theirs")

    def _as_theirs(self, tx: UnitOfWork, record: Record, theirs: Resource) -> Record:
        """The record with the server's values; fields that the server's copy does not have stay. A record that was read
        from a resource is read from the server's resource now."""
        if record.base:
            texts = {str(r["reference"]) for r in references(theirs) if "reference" in r}
            base = Base(json.dumps(theirs), tx.id_map.find_records(texts))
            return self._mapper.from_fhir(record.type, record.key, theirs, base)
        converted = self._mapper.from_resource(theirs, over=record)
        record_type = registry.record_types()[record.type]
        ours = {f.name for f in record_type.references} | {record_type.key_field}  # theirs hold logical ids
        fresh = {n: v for n, v in (converted.fields if converted else {}).items() if n not in ours}
        return self._mapper.edit_record(record, fresh)

    async def _arrived(self, entry: QueueEntry, logical_id: str) -> Status:
        """The user says that the record is the resource at that id: completed if it is as we sent it, else pending, to
        be merged into it. Fields that are empty here keep the server's values."""
        theirs = await self._copies.read(entry.resource_type, logical_id)
        if theirs is None:
            raise Refused("resolve_not_there", id=logical_id)
        if self._copies.is_another_record((entry.type, entry.key), theirs):
            raise Refused("resolve_other_record", id=logical_id)
        with self._store.transaction() as tx:
            attempt = tx.entries.read_last_attempt(entry) if entry.attempts else None
            sent = dict(attempt.request.get("body") or {}) if attempt else {}
            is_as_sent = bool(sent) and registry.same(entry.type, sent, theirs)
            status = Status.COMPLETED if is_as_sent else Status.PENDING
            if not is_as_sent:
                self._take_unset_fields(tx, entry, theirs)
            return self._finish(tx, entry, status, "arrived", as_base(entry, theirs, self._clock))

    def _take_unset_fields(self, tx: UnitOfWork, entry: QueueEntry, theirs: Resource) -> None:
        """Fill the empty fields of the record and of its waiting entries from a resource that we meet for the first
        time."""
        unset_fields = unset_locally(entry, theirs, self._mapper)
        if not unset_fields:
            return
        for waiting in (e for e in tx.entries.read_lane(entry.type, entry.key) if not e.damaged):
            tx.entries.rewrite(waiting, _fill(waiting.record, unset_fields))
        record = tx.records.get(entry.type, entry.key)
        if record:
            tx.records.put([_fill(record, unset_fields)], self._clock.now())

    def _finish(
        self, tx: UnitOfWork, entry: QueueEntry, status: Status, how: str, mapped: IdMapping | None = None
    ) -> Status:
        now, current = self._clock.now(), tx.entries.expect(entry.uuid)
        is_same = (current.status, current.attempts) == (entry.status, entry.attempts)  # while the server was asked
        another = entry.reason is not None and entry.reason.code == "why_namesake" and mapped is None
        reason = Reason(NEW_PERSON) if another and status is Status.PENDING else None
        if not (is_same and tx.operator.resolve(entry, status, how, now, mapped, reason)):
            raise Refused("nothing_to_resolve", entry=entry.uuid)
        tx.emit(QueueChanged())
        tx.emit(RecordsChanged(frozenset({(entry.type, entry.key)})))
        return status


def _fill(record: Record, taken: Mapping[str, Any]) -> Record:
    """The record with the taken values in its empty fields."""
    return record.with_fields(**{n: v for n, v in taken.items() if record.fields.get(n) is None})
