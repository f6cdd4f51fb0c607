"""Records that were read from FHIR keep that resource; what they change is merged into it (docs/records.md)."""

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
    """Returns the record that a resource describes, with the resource as its base. Required fields may be missing: the
    record is partial."""
    with_keys = replace(context, keys=_reference_keys(resource, base.links))
    return replace(read_back(resource, key, registry.converter(type_), with_keys, None), base=base)


def read_said(type_: str, key: str, resource: Resource, base: Base, context: Context) -> Said:
    """Returns what a resource says of a record: all fields, None for those that it lacks, since a resource is
    complete."""
    fields = from_fhir(type_, key, resource, base, context).fields
    return Said(type_, key, {f.name: fields.get(f.name) for f in registry.converter(type_).record_type.fields}, base)


def update_record(before: Record | None, said: Said, context: Context) -> Record:
    """Returns the record `before` (None: a new one) as a newer resource describes it. Fields that the FHIR type has no
    place for stay, and so does a word that means what the resource says."""
    assert said.base
    fresh = Record(said.type, said.key, {n: v for n, v in said.fields.items() if v is not None}, said.base)
    if before is None:
        return fresh
    resource: Resource = json.loads(said.base.body)
    with_keys = replace(context, keys=_reference_keys(resource, said.base.links))
    try:
        read = read_back(resource, said.key, registry.converter(said.type), with_keys, before)
    except InvalidRecord:  # the one that is here cannot be made a resource
        return fresh
    return replace(read, base=said.base)


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the record's resource: the one that it was read from, with what the record changed since. References name
    record keys, or stand as they came."""
    if record.base is None:
        return registry.to_resource(record, context)
    base: Resource = json.loads(record.base.body)
    converter = registry.converter(record.type)
    with_keys = replace(context, keys=_reference_keys(base, record.base.links))
    if read_back(base, record.key, converter, with_keys, record).fields == record.fields:
        return base
    merged = registry.merge_into(base, registry.to_resource(record, with_keys), record, with_keys)
    return _with_elements(merged, identifier=base.get("identifier"))


def unmapped_elements(type_: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the elements of a resource that no field of the record holds, by name. Left out: the server's own, and
    those with references, since client and server name them by different ids."""
    converter = registry.converter(type_)
    apart = {n: v for n, v in resource.items() if n not in NOT_SAID and not merge.owns(converter, n)}
    return {name: value for name, value in apart.items() if next(references([value]), None) is None}


def get_value(record: Record, name: str) -> Any:
    """Returns the value of a field, or of an element that only the record's source resource has."""
    if record.base is None or registry.record_types()[record.type].field(name):
        return record.fields.get(name)
    return json.loads(record.base.body).get(name)


def with_values(record: Record, values: Mapping[str, Any]) -> Record:
    """Returns the record with those fields, and with those elements in its source resource; None removes one."""
    kind = registry.record_types()[record.type]
    changed = record.with_fields(**{n: v for n, v in values.items() if kind.field(n)})
    others = {n: v for n, v in values.items() if not kind.field(n)}
    if not others or changed.base is None:
        return changed
    body = _with_elements(json.loads(changed.base.body), **others)
    return replace(changed, base=replace(changed.base, body=json.dumps(body)))


def says_the_same(record: Record, base: Base, context: Context) -> bool:
    """Whether a resource equals the record's own to the last digit (what `convert` wrote comes back), and its
    references mean the records that their text names."""
    as_named = all(local_id(text) == key for text, (_, key) in base.links.items())
    return as_named and json.equal(json.dumps(to_resource(record, context)), base.body)


def for_server(record: Record, context: Context) -> Resource:
    """Returns the resource as it is sent, but for the ids in references: with our identifier, and without id and
    version, which the server gives."""
    resource = to_resource(record, context)
    if record.base is None:
        return resource
    meta = {n: v for n, v in (resource.get("meta") or {}).items() if n not in OF_THE_SERVER}
    return _with_elements(resource, id=None, meta=meta or None, identifier=_identifiers(resource, record, context))


def _identifiers(resource: Resource, record: Record, context: Context) -> Any:
    """Returns the resource's identifiers and ours; where R4 allows only one and it has one, that one alone."""
    ours, existing = registry.to_resource(record, context).get("identifier"), resource.get("identifier")
    if identifier(resource, context.identifier_system(record.type)) is not None or not isinstance(ours, list):
        return existing or ours
    return [*(existing or ()), *ours[:1]]


def _with_elements(resource: Resource, **elements: Any) -> Resource:
    """Returns the resource with those elements; None removes one."""
    return {n: v for n, v in (resource | elements).items() if v is not None}


def _reference_keys(resource: Resource, links: Mapping[str, Place]) -> dict[str, str]:
    """Returns, by the text of each reference in the resource, the key of the record that it means."""
    texts = (r["reference"] for r in references(resource) if isinstance(r.get("reference"), str))
    keys = {t: links[t][1] if t in links else pointer(t) for t in texts}
    return {text: key for text, key in keys.items() if key}


def parents(record: Record, context: Context) -> tuple[Place, ...]:
    """Returns (type, key) of each record that this one refers to."""
    if record.base is None:
        return registry.parents(record, context.stored)
    return tuple({place: None for _, place in reference_targets(to_resource(record, context), record, context)})


def reference_targets(resource: Resource, record: Record, context: Context) -> Iterator[tuple[dict[str, Any], Place]]:
    """Yields each reference that means a record, and (type, key) of that record. The key may be a name such as
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
    """Returns (type, key) of the record that an identifier of ours names, or None."""
    types = (n for n in registry.record_types() if context.identifier_system(n) == number.get("system"))
    type_, value = next(types, None), number.get("value")
    return (type_, value) if type_ and isinstance(value, str) else None
