"""Merges a record's fields three ways: as they were last in step (base), as they are here, as the server has them now.

A field that one side changed is taken from that side; if both changed it differently, the user chooses. No I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhirdesk.converters import merge, registry, source_resource
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.views import Side

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """The fields of both sides and of their common base. `base` None: nobody knows how they were last in step; a field
    that only the server has is then its own change, and for all others that differ the user chooses. `swept`: fields
    whose new local value would remove what the server added to the old value."""

    base: Fields | None
    ours: Fields
    theirs: Fields
    swept: frozenset[str] = frozenset()

    @property
    def differing(self) -> dict[str, Side]:
        """For each field that differs between the sides now, who changed it; in the order of the record."""
        names = dict.fromkeys((*(self.base or ()), *self.ours, *self.theirs))
        return {n: self._changed_by(n) for n in names if not _same(self.ours.get(n), self.theirs.get(n))}

    def _changed_by(self, name: str) -> Side:
        mine, theirs = self.ours.get(name), self.theirs.get(name)
        if self.base is None:
            return Side.THEIRS if mine is None else Side.BOTH
        before = self.base.get(name)
        if _same(before, mine):
            return Side.THEIRS
        return Side.MINE if _same(before, theirs) and name not in self.swept else Side.BOTH

    @property
    def contested(self) -> tuple[str, ...]:
        """The fields that both sides changed differently."""
        return tuple(name for name, who in self.differing.items() if who is Side.BOTH)

    @property
    def news(self) -> dict[str, Any]:
        """The fields that only the server changed, with its values; None for a field that it removed."""
        return {name: self.theirs.get(name) for name, who in self.differing.items() if who is Side.THEIRS}

    def merged(self, chosen: Fields) -> dict[str, Any]:
        """The values that both sides should have, of each differing field. `chosen` must name each of `contested`; it
        also wins for any other field that it names."""
        sides = {Side.MINE: self.ours, Side.THEIRS: self.theirs, Side.BOTH: chosen}
        return {name: sides[who].get(name) for name, who in self.differing.items()} | dict(chosen)


def _same(one: Any, other: Any) -> bool:
    return bool(merge.normalize_numbers(one) == merge.normalize_numbers(other))


def read_fields(type_: str, resource: Mapping[str, Any], mapper: Mapper) -> dict[str, Any]:
    """The record's fields as the resource has them, in the record's order; without its key and its references, which
    are ids of the server's own."""
    fields = mapper.to_fields(type_, resource)
    record_type = registry.record_types()[type_]
    excluded = {record_type.key_field, *(f.name for f in record_type.references)}
    return {f.name: fields[f.name] for f in record_type.fields if f.name in fields and f.name not in excluded}


def three_way(
    record: Record, edit: Mapping[str, str] | None, base: Resource | None, theirs: Resource, mapper: Mapper
) -> ThreeWay:
    """The three sides of a record, each read from a resource in the same way. With an `edit`, only its fields count as
    changed here."""
    whole = edit is None and record.base is not None  # read from a resource: all of it is the record
    now = _read_all(record.type, theirs, mapper, whole)
    before = None if base is None else _read_all(record.type, base, mapper, whole)
    edited = record.with_fields(**(edit or {}))
    ours = read_fields(record.type, mapper.draft(edited).converted, mapper)
    if whole:
        ours |= source_resource.unmapped_elements(record.type, mapper.to_resource(record))
    if edit is not None:
        ours = _with(now if before is None else before, {n: ours.get(n) for n in edit})
    return ThreeWay(before, ours, now)


def find_swept(sides: ThreeWay, record: Record, base: Resource | None, theirs: Resource, mapper: Mapper) -> ThreeWay:
    """The same sides, with `swept` filled in: each field that only we changed is merged into the server's copy, to see
    whether that removes what the server added."""
    converter, record_type = registry.converter(record.type), registry.record_types()[record.type]
    mine = [name for name, who in sides.differing.items() if who is Side.MINE and record_type.field(name)]
    if base is None or not mine or not merge.loses_additions(base, theirs, {}, converter):
        return sides
    current = mapper.from_resource(theirs, over=record) or record
    trials = {name: mapper.draft(current.with_fields(**{name: sides.ours.get(name)})) for name in mine}
    merged = {name: draft.merge_into(theirs, draft.converted) for name, draft in trials.items()}
    return replace(sides, swept=frozenset(n for n in mine if merge.loses_additions(base, theirs, merged[n], converter)))


def three_resources(type_: str, base: Resource | None, ours: Resource, theirs: Resource, mapper: Mapper) -> ThreeWay:
    """The three sides of a resource that is ours whole: every element of it counts."""
    before = None if base is None else read_all(type_, base, mapper)
    return ThreeWay(before, read_all(type_, ours, mapper), read_all(type_, theirs, mapper))


def read_all(type_: str, resource: Resource, mapper: Mapper) -> dict[str, Any]:
    """The record's fields as the resource has them, and the elements that no field holds."""
    return _read_all(type_, resource, mapper, whole=True)


def _read_all(type_: str, resource: Resource, mapper: Mapper, whole: bool) -> dict[str, Any]:
    return read_fields(type_, resource, mapper) | (source_resource.unmapped_elements(type_, resource) if whole else {})


def _with(fields: Fields, changes: Fields) -> dict[str, Any]:
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}
