"""Merges a record in conflict field by field: a field that one side changed is taken from that side, for the others the
user chooses, and the result is stored and sent like any other change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fhirdesk.converters import registry, source_resource
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import InvalidRecord, Refused
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.r4 import json
from fhirdesk.store.unit_of_work import Snapshot, UnitOfWork
from fhirdesk.sync.three_way_merge import Fields, ThreeWay, find_swept, three_way

BRINGS_ALL = (Operation.CREATE, Operation.UPDATE)
UNKNOWN_BASE = "why_moved_on"  # an older database: the base that we have is not the one that the record was changed on


@dataclass(frozen=True, slots=True)
class Sides:
    """What the user decides about: the record, its entries that wait, and the three sides of its fields."""

    record: Record
    lane: Sequence[QueueEntry]
    fields: ThreeWay

    @property
    def edited(self) -> frozenset[str]:
        """The fields of waiting edits; they change locally only when the server accepts."""
        return frozenset(name for entry in self.lane for name in entry.edit or ())

    def is_said_by_later_change(self, entry: QueueEntry) -> bool:
        """True if an unsent change behind the entry brings the whole merged record: the entry has nothing to add."""
        behind = (each for each in self.lane if each.seq > entry.seq and each.status is Status.PENDING)
        return entry.edit is None and any(each.operation in BRINGS_ALL and not each.damaged for each in behind)


class FieldMerger:
    """Merges inside a transaction of its caller."""

    def __init__(self, mapper: Mapper, clock: Clock):
        self._mapper, self._clock = mapper, clock

    def sides(self, view: Snapshot, entry: QueueEntry, mapped: IdMapping, theirs: Resource) -> Sides:
        """The three sides of a record in conflict: as last in step, as it is here with all waiting changes, on the
        server."""
        known = entry.reason is None or entry.reason.code != UNKNOWN_BASE
        base = dict(mapped.base) if known and mapped.base and not mapped.damaged else None
        record = view.records.get(entry.type, entry.key) or entry.record
        lane = view.entries.read_lane(entry.type, entry.key)
        edit = {n: v for waiting in lane for n, v in (waiting.edit or {}).items()}
        ours, own = (record, edit) if entry.edit else (record.with_fields(**edit), None)
        fields = three_way(ours, own, base, theirs, self._mapper)
        return Sides(record, lane, find_swept(fields, ours, base, theirs, self._mapper))

    def apply_choices(self, tx: UnitOfWork, sides: Sides, choices: Choices) -> tuple[Status, str]:
        """Write the chosen values into the record and all its waiting entries. Returns the status of the entry (pending
        if something remains to be sent, else cancelled) and the text for the audit. Raises Refused, InvalidRecord."""
        chosen = choose_values(sides.fields, choices, sides.record, self._mapper)
        merged, theirs = sides.fields.merged(chosen), sides.fields.theirs
        local = {name: theirs.get(name) if name in sides.edited else value for name, value in merged.items()}
        for waiting in (each for each in sides.lane if not each.damaged):
            edit = {n: format_value(merged.get(n, v)) for n, v in waiting.edit.items()} if waiting.edit else None
            tx.entries.rewrite(waiting, source_resource.with_values(waiting.record, local), edit)
        tx.records.put([source_resource.with_values(sides.record, local)], self._clock.now())
        remains = any(value != theirs.get(name) for name, value in merged.items())
        return Status.PENDING if remains else Status.CANCELLED, _describe_choice(choices, sides.fields, chosen)


def format_value(value: Any) -> str:
    """The value as an edit names it; "" removes the field."""
    return "" if value is None else str(value)


def list_differences(fields: ThreeWay) -> tuple[FieldValues, ...]:
    """The fields that differ, as texts for the user; those that need a choice come first."""
    base = fields.base or {}
    rows = [
        FieldValues(
            n, format_field(base.get(n)), format_field(fields.ours.get(n)), format_field(fields.theirs.get(n)), who
        )
        for n, who in fields.differing.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.who is not Side.BOTH))


def format_field(value: Any) -> str | None:
    """The value as text for the user; None where there is none."""
    if value is None or value == "":
        return None
    return json.dumps(value).decode() if isinstance(value, list | dict | bool) else str(value)


def choose_values(fields: ThreeWay, choices: Choices, record: Record, mapper: Mapper) -> dict[str, Any]:
    """The chosen value of each field that both sides changed, and of each that was typed. Raises Refused if a choice is
    missing, names a field that needs none, or was made from values that changed since; InvalidRecord."""
    both = fields.contested
    record_type = registry.record_types()[record.type]
    if choices.seen is not None and _contested(choices.seen) != _contested(list_differences(fields)):
        raise Refused("resolve_changed_again")
    mine, theirs = (_resolve_names(record_type.name, names, both) for names in (choices.mine, choices.theirs))
    if unexpected := (mine | theirs) - set(both):
        raise Refused("resolve_not_both", elements=", ".join(sorted(unexpected)), both=", ".join(both) or "-")
    names = _resolve_names(record_type.name, choices.typed)
    typed = read_typed(record, choices.typed, mapper)
    chosen = {n: v for n, v in typed.items() if n in names or n not in fields.differing}
    for name in both:
        side = Side.MINE if name in mine else Side.THEIRS if name in theirs else choices.rest
        if side is not None:
            chosen.setdefault(name, (fields.ours if side is Side.MINE else fields.theirs).get(name))
    if missing := [name for name in both if name not in chosen]:
        raise Refused("resolve_open", elements=", ".join(missing))
    return chosen


def _contested(rows: Iterable[FieldValues]) -> list[FieldValues]:
    return [row for row in rows if row.who is Side.BOTH]


def _resolve_names(type_: str, names: Iterable[str], others: Sequence[str] = ()) -> set[str]:
    """The fields' own names for names or aliases; `others`: names of elements that are no fields. Raises
    InvalidRecord."""
    record_type, resolved = registry.record_types()[type_], set()
    for name in names:
        field = record_type.field(name)
        if field is None and name not in others:
            raise InvalidRecord("field_unknown", field=name)
        resolved.add(field.name if field else name)
    return resolved


def read_typed(record: Record, values: Mapping[str, str], mapper: Mapper) -> dict[str, Any]:
    """The typed values, read like those of any other row, with the fields that they outdate: the postcode of an old
    address. Raises InvalidRecord."""
    if not values:
        return {}
    read = mapper.edit_record(record, values)
    names = _resolve_names(record.type, values)
    names |= {n for n in {**record.fields, **read.fields} if read.fields.get(n) != record.fields.get(n)}
    return {name: read.fields.get(name) for name in names}


def _describe_choice(choices: Choices, fields: ThreeWay, chosen: Fields) -> str:
    """The choice for the audit, with the names of fields and no values: "mine phone, theirs email"."""
    sides = {"set": sorted(choices.typed)}
    for name in (n for n in chosen if n not in choices.typed):
        sides.setdefault("mine" if chosen[name] == fields.ours.get(name) else "theirs", []).append(name)
    parts = (f"{how} {' '.join(names)}" for how, names in sides.items() if names)
    return ", ".join(parts) or str(choices.rest or "merge")
