"""The three-way merge of a record's fields: as last in step with the server, as they are here, as they are there now.

What one side alone changed is taken from that side; of what both changed differently a person chooses. No I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhirdesk.converters import merge, registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.views import Side

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """`base` None: nobody knows how they were last in step; then what only the server says is its own, and of all else
    that differs a person chooses. `swept`: the fields whose new value here would sweep away what the server added to
    the old one."""

    base: Fields | None
    ours: Fields
    theirs: Fields
    swept: frozenset[str] = frozenset()

    @property
    def differing(self) -> dict[str, Side]:
        """Who changed each field that is not the same on both sides now, in the order of the record."""
        names = dict.fromkeys((*(self.base or ()), *self.ours, *self.theirs))
        return {n: self._who(n) for n in names if not _same(self.ours.get(n), self.theirs.get(n))}

    def _who(self, name: str) -> Side:
        mine, theirs = self.ours.get(name), self.theirs.get(name)
        if self.base is None:
            return Side.THEIRS if mine is None else Side.BOTH
        was = self.base.get(name)
        if _same(was, mine):
            return Side.THEIRS
        return Side.MINE if _same(was, theirs) and name not in self.swept else Side.BOTH

    @property
    def contested(self) -> tuple[str, ...]:
        """The fields that both sides changed, differently."""
        return tuple(name for name, who in self.differing.items() if who is Side.BOTH)

    @property
    def news(self) -> dict[str, Any]:
        """The fields that the server alone changed, as they are there now (None: gone)."""
        return {name: self.theirs.get(name) for name, who in self.differing.items() if who is Side.THEIRS}

    def merged(self, chosen: Fields) -> dict[str, Any]:
        """Every field that differs as it should be on both sides; `chosen` has each of `contested`, and stands where it
        names another."""
        sides = {Side.MINE: self.ours, Side.THEIRS: self.theirs, Side.BOTH: chosen}
        return {name: sides[who].get(name) for name, who in self.differing.items()} | dict(chosen)


def _same(one: Any, other: Any) -> bool:
    return bool(merge.by_value(one) == merge.by_value(other))


def read(type_: str, resource: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The fields that a resource tells of, in the record's order; not its key, and not whom it refers to: there the
    server's copy has ids of its own."""
    found = registry.converter(type_).to_fields(dict(resource), context)
    kind = registry.record_types()[type_]
    apart = {kind.key_field, *(f.name for f in kind.references)}
    return {f.name: found[f.name] for f in kind.fields if f.name in found and f.name not in apart}


def three_way(
    record: Record, edit: Mapping[str, str] | None, base: Resource | None, theirs: Resource, context: Context
) -> ThreeWay:
    """The record's three sides, each read from a resource alike. Of an `edit`, its fields alone were changed here."""
    whole = edit is None and record.base is not None  # read from a resource: all of it is the record
    now = _said(record.type, theirs, context, whole)
    was = None if base is None else _said(record.type, base, context, whole)
    asked = record.with_fields(**(edit or {}))
    ours = read(record.type, registry.to_resource(asked, context), context)
    if whole:
        ours |= source_resource.elements(record.type, source_resource.to_resource(record, context))
    if edit is not None:
        ours = _with(now if was is None else was, {n: ours.get(n) for n in edit})
    return ThreeWay(was, ours, now)


def find_swept(found: ThreeWay, record: Record, base: Resource | None, theirs: Resource, context: Context) -> ThreeWay:
    """The same, with the fields whose new value would sweep away what the server added to the old one (tried out: each
    field that only we changed is laid over the server's copy)."""
    converter, kind = registry.converter(record.type), registry.record_types()[record.type]
    mine = [name for name, who in found.differing.items() if who is Side.MINE and kind.field(name)]
    if base is None or not mine or not merge.swept(base, theirs, {}, converter):
        return found
    there = registry.from_resource(theirs, context, over=record) or record
    tried = {name: there.with_fields(**{name: found.ours.get(name)}) for name in mine}
    laid = {n: registry.merge_into(theirs, registry.to_resource(r, context), r, context) for n, r in tried.items()}
    return replace(found, swept=frozenset(n for n in mine if merge.swept(base, theirs, laid[n], converter)))


def _said(type_: str, resource: Resource, context: Context, whole: bool) -> dict[str, Any]:
    return read(type_, resource, context) | (source_resource.elements(type_, resource) if whole else {})


def _with(fields: Fields, changes: Fields) -> dict[str, Any]:
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}
