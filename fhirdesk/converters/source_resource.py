"""Records that were read from resources: what they are now, laid over what they came from (docs/records.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import merge, registry
from fhirdesk.converters.context import Context
from fhirdesk.converters.reverse import read_back
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Base, Place, Record, Said
from fhirdesk.core.resource import Resource, identifier, local_id, pointer, references
from fhirdesk.r4 import json

NOT_SAID = frozenset({"resourceType", "id", "meta", "text", "_text"})
OF_THE_SERVER = frozenset({"versionId", "lastUpdated"})  # members of meta


def from_fhir(type_: str, key: str, resource: Resource, base: Base, context: Context) -> Record:
    """The record that a resource tells of; fields may be missing: then it is partial."""
    around = replace(context, keys=_reference_keys(resource, base.links))
    return replace(read_back(resource, key, registry.converter(type_), around, None), base=base)


def read_said(type_: str, key: str, resource: Resource, base: Base, context: Context) -> Said:
    """What a resource says of a record: it is whole, what it lacks is not there."""
    found = from_fhir(type_, key, resource, base, context).fields
    return Said(type_, key, {f.name: found.get(f.name) for f in registry.converter(type_).record_type.fields}, base)


def update_record(before: Record | None, told: Said, context: Context) -> Record:
    """The record that a resource makes of the one that is here: fields that its type has no place for stay, and so does
    a word that means what the resource says."""
    assert told.base
    fresh = Record(told.type, told.key, {n: v for n, v in told.fields.items() if v is not None}, told.base)
    if before is None:
        return fresh
    resource: Resource = json.loads(told.base.body)
    around = replace(context, keys=_reference_keys(resource, told.base.links))
    try:
        read = read_back(resource, told.key, registry.converter(told.type), around, before)
    except InvalidRecord:  # the one that is here cannot be made a resource
        return fresh
    return replace(read, base=told.base)


def to_resource(record: Record, context: Context) -> Resource:
    """The record's resource as it is here: the one it came from, unchanged but for what the record changed since;
    references by record key, or as they came."""
    if record.base is None:
        return registry.to_resource(record, context)
    base: Resource = json.loads(record.base.body)
    converter = registry.converter(record.type)
    around = replace(context, keys=_reference_keys(base, record.base.links))
    if read_back(base, record.key, converter, around, record).fields == record.fields:
        return base
    laid = registry.merge_into(base, registry.to_resource(record, around), record, around)
    return _with_elements(laid, identifier=base.get("identifier"))


def unmapped_elements(type_: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    """The elements of a resource that no field of the record says, by name; not the server's own, and none that refers
    to others: each side names those by ids of its own."""
    converter = registry.converter(type_)
    apart = {n: v for n, v in resource.items() if n not in NOT_SAID and not merge.owns(converter, n)}
    return {name: value for name, value in apart.items() if next(references([value]), None) is None}


def get_value(record: Record, name: str) -> Any:
    """A field of the record, or an element that only the resource it came from has."""
    if record.base is None or registry.record_types()[record.type].field(name):
        return record.fields.get(name)
    return json.loads(record.base.body).get(name)


def with_values(record: Record, values: Mapping[str, Any]) -> Record:
    """The record with those fields, and those elements of the resource that it came from; None removes."""
    kind = registry.record_types()[record.type]
    changed = record.with_fields(**{n: v for n, v in values.items() if kind.field(n)})
    others = {n: v for n, v in values.items() if not kind.field(n)}
    if not others or changed.base is None:
        return changed
    body = _with_elements(json.loads(changed.base.body), **others)
    return replace(changed, base=replace(changed.base, body=json.dumps(body)))


def says_the_same(record: Record, base: Base, context: Context) -> bool:
    """Whether a resource is the record's as it is here, to the last digit (what `convert` wrote of it comes back), and
    its references mean the records that their text names."""
    as_named = all(local_id(text) == key for text, (_, key) in base.links.items())
    return as_named and json.equal(json.dumps(to_resource(record, context)), base.body)


def for_server(record: Record, context: Context) -> Resource:
    """The same as the server gets it, but for the ids: with our identifier; id and version are the server's to give."""
    made = to_resource(record, context)
    if record.base is None:
        return made
    meta = {n: v for n, v in (made.get("meta") or {}).items() if n not in OF_THE_SERVER}
    return _with_elements(made, id=None, meta=meta or None, identifier=_identifiers(made, record, context))


def _identifiers(made: Resource, record: Record, context: Context) -> Any:
    """Those it has and ours; a single one of others stays alone."""
    ours, theirs = registry.to_resource(record, context).get("identifier"), made.get("identifier")
    if identifier(made, context.identifier_system(record.type)) is not None or not isinstance(ours, list):
        return theirs or ours
    return [*(theirs or ()), *ours[:1]]


def _with_elements(resource: Resource, **elements: Any) -> Resource:
    """With those elements; None takes one out."""
    return {n: v for n, v in (resource | elements).items() if v is not None}


def _reference_keys(resource: Resource, links: Mapping[str, Place]) -> dict[str, str]:
    """The record key that each reference in the resource means."""
    texts = (r["reference"] for r in references(resource) if isinstance(r.get("reference"), str))
    found = {t: links[t][1] if t in links else pointer(t) for t in texts}
    return {text: key for text, key in found.items() if key}


def parents(record: Record, context: Context) -> tuple[Place, ...]:
    """(type, key) of each record that this one refers to."""
    if record.base is None:
        return registry.parents(record, context.stored)
    return tuple({place: None for _, place in reference_targets(to_resource(record, context), record, context)})


def reference_targets(resource: Resource, record: Record, context: Context) -> Iterator[tuple[dict[str, Any], Place]]:
    """Each reference in the resource at rest that means a record, and the record; its key may be a name such as
    Patient/1, which the store understands."""
    links = record.base.links if record.base else {}
    for reference in references(resource):
        text = reference.get("reference")
        if isinstance(text, str):
            name = pointer(text)
            if text in links:
                yield reference, links[text]
            elif name:
                yield reference, (registry.type_named(name), name)
        else:
            place = _find_place(reference.get("identifier") or {}, context)
            if place:
                yield reference, place


def _find_place(number: Mapping[str, Any], context: Context) -> Place | None:
    """The record that a number of ours names."""
    types = (n for n in registry.record_types() if context.identifier_system(n) == number.get("system"))
    found, value = next(types, None), number.get("value")
    return (found, value) if found and isinstance(value, str) else None
