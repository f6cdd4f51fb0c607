"""References between records: whom a record refers to, as what, and how that is written at rest (docs/mapping.md)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from fhirdesk.converters.context import RECORD_TYPES, Context, StoredTypes
from fhirdesk.core.records import Field, Place, Record
from fhirdesk.core.resource import is_id


class Link(NamedTuple):
    """The record that a field refers to, and the FHIR type it has."""

    type: str
    key: str
    resource_type: str


def link(record: Record, name: str, context: Context) -> Link | None:
    """Returns the record that the field `name` refers to, or None if the field is empty."""
    if name not in record.fields:
        return None
    field = RECORD_TYPES[record.type].field(name)
    return _link(record, field, context.stored_types) if field else None


def _link(record: Record, field: Field, stored_types: StoredTypes) -> Link | None:
    key = record.fields.get(field.name)
    if key is None:
        return None
    if stored_types:
        for type_ in field.refers_to:
            resource_type = stored_types.get((type_, key))
            if resource_type:
                return Link(type_, key, resource_type)
    first = field.refers_to[0]
    return Link(first, key, RECORD_TYPES[first].resource_types[0])


def refer(record: Record, name: str, context: Context) -> dict[str, Any] | None:
    """Returns the Reference that the field makes, by record key, or by identifier if the key is no valid id; None if
    the field is empty."""
    target = link(record, name, context)
    return reference(target, context) if target else None


def reference(target: Link, context: Context) -> dict[str, Any]:
    """Returns the Reference to a record, by its key or its identifier; the server's id replaces it when it is sent."""
    if is_id(target.key):
        return {"reference": f"{target.resource_type}/{target.key}"}
    system = context.identifier_system(target.type)
    return {"type": target.resource_type, "identifier": {"system": system, "value": target.key}}


def referred_key(element: Any, context: Context) -> str | None:
    """Returns the key of the record that a Reference element points at, or None."""
    if not isinstance(element, dict):
        return None
    written = element.get("reference")
    if isinstance(written, str):
        return context.keys.get(written) or written.rsplit("/", 1)[-1] or None
    identifier = element.get("identifier")
    value = identifier.get("value") if isinstance(identifier, dict) else None
    return value if isinstance(value, str) else None


def parents(record: Record, stored_types: StoredTypes) -> tuple[Place, ...]:
    """Returns (type, key) of each record that this one refers to."""
    links = [_link(record, f, stored_types) for f in RECORD_TYPES[record.type].references]
    return tuple([(target.type, target.key) for target in links if target])


def open_choices(record: Record) -> Iterable[Place]:
    """Yields the records that must be looked up before the record is converted: those that a field may mean where it
    allows several record types, or a record type with several FHIR types."""
    for field in RECORD_TYPES[record.type].references:
        key = record.fields.get(field.name)
        if key is not None and _leaves_a_choice(field):
            yield from ((type_, key) for type_ in field.refers_to)


def _leaves_a_choice(field: Field) -> bool:
    return len(field.refers_to) > 1 or len(RECORD_TYPES[field.refers_to[0]].resource_types) > 1


def stand_ins(type_: str) -> tuple[str, ...]:
    """Returns the other record types that share a reference field with `type_`: a record that waits for one of them may
    have been waiting for the record of `type_` that has just arrived."""
    fields = (f for kind in RECORD_TYPES.values() for f in kind.references if type_ in f.refers_to)
    return tuple({t: None for f in fields for t in f.refers_to if t != type_})
