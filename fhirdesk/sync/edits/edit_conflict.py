"""A profile edit that met a change on the server: both sides are shown, and what is chosen is an edit once more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import RecordsChanged
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource, version_id
from fhirdesk.core.views import Choices, FieldValues
from fhirdesk.store.store import Store
from fhirdesk.sync.operator.field_merge import choose_values, given, list_differences, typed
from fhirdesk.sync.operator.fresh_copy import FreshCopy
from fhirdesk.sync.three_way_merge import ThreeWay, read_fields, three_way

PATIENT = "patient"


class EditConflict:
    """Runs on the engine's loop. Whenever it reads the server's copy the record here follows it, where nothing else of
    the record waits: what is shown as saved is what the server has."""

    def __init__(self, store: Store, copies: FreshCopy, context: Context, clock: Clock):
        self._store, self._copies, self._context, self._clock = store, copies, context, clock

    async def compare(self, key: str, changes: Mapping[str, str], seen: Record | None) -> tuple[FieldValues, ...]:
        """The fields that differ: as they were `seen`, as the edit has them, and on the server now. Raises Unavailable,
        Refused where it is not there any more."""
        return list_differences((await self._sides(key, changes, seen))[1])

    async def settle(
        self, key: str, changes: Mapping[str, str], seen: Record | None, choices: Choices
    ) -> dict[str, str]:
        """The edit that is left after the choice, over what the server has now; empty where its values stand. Raises
        Unavailable, Refused, InvalidRecord."""
        record, fields = await self._sides(key, changes, seen)
        merged = fields.merged(choose_values(fields, choices, record, self._context))
        kind, stands = registry.record_types()[PATIENT], {**fields.theirs, **merged}
        left = {name for name, value in merged.items() if value != fields.theirs.get(name) and name in kind.editable}
        left |= {f.name for f in kind.fields if f.goes_with in left}  # named, so that it does not go with the old one
        return {name: given(stands.get(name)) for name in left}

    async def _sides(self, key: str, changes: Mapping[str, str], seen: Record | None) -> tuple[Record, ThreeWay]:
        with self._store.snapshot() as conn:
            record = self._store.records.expect(conn, PATIENT, key)
            mapped = self._store.id_map.get(conn, PATIENT, key)
        theirs = await self._copies.of(mapped) if mapped else None
        if mapped is None or theirs is None:
            raise Refused("edit_gone")
        base = read_fields(PATIENT, mapped.base or theirs, self._context) | self._as_seen(seen)
        ours = base | typed(seen or record, changes, self._context)
        there = read_fields(PATIENT, theirs, self._context)
        record = self._follow(record, mapped, theirs)
        return record, ThreeWay(base, {n: v for n, v in ours.items() if v is not None}, there)

    def _as_seen(self, seen: Record | None) -> dict[str, Any]:
        """The fields that an edit may change, as the person saw them."""
        if seen is None:
            return {}
        return {name: seen.fields.get(name) for name in registry.record_types()[PATIENT].editable}

    def _follow(self, record: Record, mapped: IdMapping, theirs: Resource) -> Record:
        """The record with what the server changed since we last knew it. Where something waits to be sent, that finds
        out by itself, from the copy it was made of."""
        with self._store.transaction() as tx:
            if self._store.queue.read_lane(tx.conn, PATIENT, record.key):
                return record
            now = self._clock.now()
            known = mapped.base or {"resourceType": mapped.resource_type}
            news = three_way(record, None, dict(known), theirs, self._context).news
            followed = record.with_fields(**news)
            self._store.records.put(tx.conn, [followed], now)
            fresh = replace(mapped, base=theirs, base_read=True, version_id=version_id(theirs), synced_at=now)
            self._store.id_map.put_many(tx.conn, [fresh])
            tx.emit(RecordsChanged(frozenset({(PATIENT, record.key)})))
        return followed
