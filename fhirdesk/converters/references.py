"""References between records: whom a record refers to, as what, and how that is written at rest (docs/mapping.md)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from fhirdesk.converters.context import RECORD_TYPES, Context, Stored
from fhirdesk.core.records import Field, Place, Record
from fhirdesk.core.resource import is_id


class Link(NamedTuple):
    """The record that a field refers to, and the FHIR type it has."""

    type: str
    key: str
    resource_type: str


def link(record: Record, name: str, context: Context) -> Link | None:
    """Whom the field `name` of the record refers to; None: nobody."""
    if name not in record.fields:
        return None
    field = RECORD_TYPES[record.type].field(name)
    return _link(record, field, context.stored) if field else None


def _link(record: Record, field: Field, stored: Stored) -> Link | None:
    key = record.fields.get(field.name)
    if key is None:
        return None
    if stored:
        for type_ in field.refers_to:
            found = stored.get((type_, key))
            if found:
                return Link(type_, key, found)
    first = field.refers_to[0]
    return Link(first, key, RECORD_TYPES[first].resource_types[0])


def refer(record: Record, name: str, context: Context) -> dict[str, Any] | None:
    """The reference at rest that the field makes: by key, or by identifier when the key fits no id."""
    found = link(record, name, context)
    return reference(found, context) if found else None


def reference(found: Link, context: Context) -> dict[str, Any]:
    """The reference at rest to a record."""
    if is_id(found.key):
        return {"reference": f"{found.resource_type}/{found.key}"}
    system = context.identifier_system(found.type)
    return {"type": found.resource_type, "identifier": {"system": system, "value": found.key}}


def referred_key(element: Any, context: Context) -> str | None:
    """The key of the record that a Reference element points at."""
    if not isinstance(element, dict):
        return None
    written = element.get("reference")
    if isinstance(written, str):
        return context.keys.get(written) or written.rsplit("/", 1)[-1] or None
    identifier = element.get("identifier")
    value = identifier.get("value") if isinstance(identifier, dict) else None
    return value if isinstance(value, str) else None


def parents(record: Record, stored: Stored) -> tuple[Place, ...]:
    """(type, key) of each record that this one refers to."""
    links = [_link(record, f, stored) for f in RECORD_TYPES[record.type].references]
    return tuple([(found.type, found.key) for found in links if found])


def open_choices(record: Record) -> Iterable[Place]:
    """Whom it may refer to, where the record alone does not say which or as what: these are looked up."""
    for field in RECORD_TYPES[record.type].references:
        key = record.fields.get(field.name)
        if key is not None and _leaves_a_choice(field):
            yield from ((type_, key) for type_ in field.refers_to)


def _leaves_a_choice(field: Field) -> bool:
    return len(field.refers_to) > 1 or len(RECORD_TYPES[field.refers_to[0]].resource_types) > 1


def stand_ins(type_: str) -> tuple[str, ...]:
    """The record types that a reference may have been waiting for in vain when one of `type_` arrives."""
    fields = (f for kind in RECORD_TYPES.values() for f in kind.references if type_ in f.refers_to)
    return tuple({t: None for f in fields for t in f.refers_to if t != type_})
