"""Resolves a profile edit that met a change on the server: the user sees both sides, and the choice is a new edit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import RecordsChanged
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource, version_id
from fhirdesk.core.views import Choices, FieldValues
from fhirdesk.store.store import Store
from fhirdesk.sync.operator.field_merge import choose_values, format_value, list_differences, read_typed
from fhirdesk.sync.operator.fresh_copy import FreshCopy
from fhirdesk.sync.three_way_merge import ThreeWay, read_fields, three_way

PATIENT = "patient"


class EditConflict:
    """Runs on the engine's loop. Whenever it reads the server's copy, the local record follows it, unless another
    change of the record waits: what the user sees as saved is what the server has."""

    def __init__(self, store: Store, copies: FreshCopy, mapper: Mapper, clock: Clock):
        self._store, self._copies, self._mapper, self._clock = store, copies, mapper, clock

    async def compare(self, key: str, changes: Mapping[str, str], seen: Record | None) -> tuple[FieldValues, ...]:
        """The fields that differ: as the user saw them, as the edit has them, and on the server now. Raises
        Unavailable; Refused if the server does not have the record any more."""
        return list_differences((await self._sides(key, changes, seen))[1])

    async def resolve(
        self, key: str, changes: Mapping[str, str], seen: Record | None, choices: Choices
    ) -> dict[str, str]:
        """The edit that remains after the user's choice, to be made on what the server has now; empty if only the
        server's values were chosen. Raises Unavailable, Refused, InvalidRecord."""
        record, fields = await self._sides(key, changes, seen)
        merged = fields.merged(choose_values(fields, choices, record, self._mapper))
        record_type, values = registry.record_types()[PATIENT], {**fields.theirs, **merged}
        changed = {n for n, value in merged.items() if value != fields.theirs.get(n) and n in record_type.editable}
        changed |= {f.name for f in record_type.fields if f.goes_with in changed}  # else they go with the old value
        return {name: format_value(values.get(name)) for name in changed}

    async def _sides(self, key: str, changes: Mapping[str, str], seen: Record | None) -> tuple[Record, ThreeWay]:
        with self._store.snapshot() as view:
            record = view.records.expect(PATIENT, key)
            mapped = view.id_map.get(PATIENT, key)
        theirs = await self._copies.of(mapped) if mapped else None
        if mapped is None or theirs is None:
            raise Refused("edit_gone")
        base = read_fields(PATIENT, mapped.base or theirs, self._mapper) | self._editable_fields(seen)
        ours = base | read_typed(seen or record, changes, self._mapper)
        theirs_now = read_fields(PATIENT, theirs, self._mapper)
        record = self._follow(record, mapped, theirs)
        return record, ThreeWay(base, {n: v for n, v in ours.items() if v is not None}, theirs_now)

    def _editable_fields(self, seen: Record | None) -> dict[str, Any]:
        """The fields that an edit may change, as the user saw them."""
        if seen is None:
            return {}
        return {name: seen.fields.get(name) for name in registry.record_types()[PATIENT].editable}

    def _follow(self, record: Record, mapped: IdMapping, theirs: Resource) -> Record:
        """Store and return the record with what the server changed since we last read it. If an entry of the record
        waits to be sent nothing is stored: that entry compares with the base that it was made on."""
        with self._store.transaction() as tx:
            if tx.entries.read_lane(PATIENT, record.key):
                return record
            now = self._clock.now()
            known = mapped.base or {"resourceType": mapped.resource_type}
            news = three_way(record, None, dict(known), theirs, self._mapper).news
            followed = record.with_fields(**news)
            tx.records.put([followed], now)
            fresh = replace(mapped, base=theirs, base_read=True, version_id=version_id(theirs), synced_at=now)
            tx.id_map.put_many([fresh])
            tx.emit(RecordsChanged(frozenset({(PATIENT, record.key)})))
        return followed
