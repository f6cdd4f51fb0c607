"""A conflict ends field by field: both sides are read, what one side alone changed is taken from it, of the rest a
person chooses, and the result goes the way of every other change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fhirdesk.converters import registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import InvalidRecord, Refused
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.r4 import json
from fhirdesk.store.store import Conn, Store, Transaction
from fhirdesk.sync.three_way_merge import Fields, ThreeWay, find_swept, three_way

UNKNOWN_BASE = "why_moved_on"  # older than what was sent: the copy that we know is not what the record began from


@dataclass(frozen=True, slots=True)
class Sides:
    """What a person decides about: the record with all that waits of it, and the server's copy."""

    record: Record
    lane: Sequence[QueueEntry]
    fields: ThreeWay

    @property
    def edited(self) -> frozenset[str]:
        """The fields that change here only once the server said yes."""
        return frozenset(name for entry in self.lane for name in entry.edit or ())


class FieldMerger:
    """Each runs inside a transaction of its caller."""

    def __init__(self, store: Store, context: Context, clock: Clock):
        self._store, self._context, self._clock = store, context, clock

    def sides(self, conn: Conn, entry: QueueEntry, mapped: IdMapping, theirs: Resource) -> Sides:
        """The record of an entry in conflict as it was last in step, as it is here with all that waits, and there."""
        known = entry.reason is None or entry.reason.code != UNKNOWN_BASE
        base = dict(mapped.base) if known and mapped.base and not mapped.damaged else None
        record = self._store.records.get(conn, entry.type, entry.key) or entry.record
        lane = self._store.queue.read_lane(conn, entry.type, entry.key)
        edit = {n: v for waiting in lane for n, v in (waiting.edit or {}).items()}
        ours, own = (record, edit) if entry.edit else (record.with_fields(**edit), None)
        fields = three_way(ours, own, base, theirs, self._context)
        return Sides(record, lane, find_swept(fields, ours, base, theirs, self._context))

    def settle(self, tx: Transaction, sides: Sides, choices: Choices) -> tuple[Status, str]:
        """What was chosen goes into all that waits of the record, and into the record. Whether something is left to be
        sent (pending), and what the audit says. Raises Refused, InvalidRecord."""
        chosen = choose_values(sides.fields, choices, sides.record, self._context)
        merged, theirs = sides.fields.merged(chosen), sides.fields.theirs
        here = {name: theirs.get(name) if name in sides.edited else value for name, value in merged.items()}
        for waiting in (each for each in sides.lane if not each.damaged):
            edit = {n: given(merged.get(n, v)) for n, v in waiting.edit.items()} if waiting.edit else None
            self._store.queue.rewrite(tx.conn, waiting, source_resource.with_values(waiting.record, here), edit)
        self._store.records.put(tx.conn, [source_resource.with_values(sides.record, here)], self._clock.now())
        left = any(value != theirs.get(name) for name, value in merged.items())
        return Status.PENDING if left else Status.CANCELLED, _told(choices, sides.fields, chosen)


def given(value: Any) -> str:
    """A value as an edit says it; "" removes."""
    return "" if value is None else str(value)


def list_differences(fields: ThreeWay) -> tuple[FieldValues, ...]:
    """The fields that differ, as people see them: those of which they must choose first."""
    base = fields.base or {}
    rows = [
        FieldValues(n, _text(base.get(n)), _text(fields.ours.get(n)), _text(fields.theirs.get(n)), who)
        for n, who in fields.differing.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.who is not Side.BOTH))


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return json.dumps(value).decode() if isinstance(value, list | dict | bool) else str(value)


def choose_values(fields: ThreeWay, choices: Choices, record: Record, context: Context) -> dict[str, Any]:
    """The value of each field that both sides changed, and of each that was typed. Raises Refused where a choice is
    missing, is about no such field, or was made of other values than there are now; InvalidRecord."""
    both = fields.contested
    kind = registry.record_types()[record.type]
    if choices.shown is not None and _contested(choices.shown) != _contested(list_differences(fields)):
        raise Refused("resolve_changed_again")
    mine, theirs = (_names(kind.name, names, both) for names in (choices.mine, choices.theirs))
    if strange := (mine | theirs) - set(both):
        raise Refused("resolve_not_both", elements=", ".join(sorted(strange)), both=", ".join(both) or "-")
    said = _names(kind.name, choices.typed)
    found = {n: v for n, v in typed(record, choices.typed, context).items() if n in said or n not in fields.differing}
    for name in both:
        side = Side.MINE if name in mine else Side.THEIRS if name in theirs else choices.rest
        if side is not None:
            found.setdefault(name, (fields.ours if side is Side.MINE else fields.theirs).get(name))
    if missing := [name for name in both if name not in found]:
        raise Refused("resolve_open", elements=", ".join(missing))
    return found


def _contested(rows: Iterable[FieldValues]) -> list[FieldValues]:
    return [row for row in rows if row.who is Side.BOTH]


def _names(type_: str, names: Iterable[str], others: Sequence[str] = ()) -> set[str]:
    """By their own name, whatever alias was given; `others`: elements that are no fields. Raises InvalidRecord."""
    kind, found = registry.record_types()[type_], set()
    for name in names:
        field = kind.field(name)
        if field is None and name not in others:
            raise InvalidRecord("field_unknown", field=name)
        found.add(field.name if field else name)
    return found


def typed(record: Record, values: Mapping[str, str], context: Context) -> dict[str, Any]:
    """What was typed, read like any other row, and the fields that are over with it: a postcode with its address.
    Raises InvalidRecord."""
    if not values:
        return {}
    read = registry.edit_record(record, values, context)
    names = _names(record.type, values)
    names |= {n for n in {**record.fields, **read.fields} if read.fields.get(n) != record.fields.get(n)}
    return {name: read.fields.get(name) for name in names}


def _told(choices: Choices, fields: ThreeWay, chosen: Fields) -> str:
    """What was decided, by the names of fields alone: "mine phone, theirs email"."""
    sides = {"set": sorted(choices.typed)}
    for name in (n for n in chosen if n not in choices.typed):
        sides.setdefault("mine" if chosen[name] == fields.ours.get(name) else "theirs", []).append(name)
    said = (f"{how} {' '.join(names)}" for how, names in sides.items() if names)
    return ", ".join(said) or str(choices.rest or "merge")
