"""A record on its way to a server: its resource and whom it refers to, worked out once (docs/records.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from fhirdesk.converters import merge, registry
from fhirdesk.converters.context import Context
from fhirdesk.converters.reverse import read_over
from fhirdesk.core.records import Base, Place, Record
from fhirdesk.core.resource import Resource, identifier, local_id, pointer, references
from fhirdesk.r4 import json

OF_THE_SERVER = frozenset({"versionId", "lastUpdated"})  # members of meta


class Draft:
    """The resource of a record and what it refers to, each worked out when it is first asked for and then kept. An
    entry gets one draft when it is planned, and whoever needs either asks that draft. The resources are shared: nobody
    changes them in place."""

    def __init__(self, record: Record, context: Context):
        self.record, self.context = record, context
        self._converter = registry.converter(record.type)

    @cached_property
    def converted(self) -> Resource:
        """The resource that the record's fields make, whatever the record was read from."""
        return self._converter.to_resource(self.record, self.context)

    @cached_property
    def resource(self) -> Resource:
        """The resource that the record was read from with what the record changed since, otherwise `converted`.
        References name record keys, or stand as they came. Raises InvalidInput."""
        base = self.record.base
        if base is None:
            return self.converted
        body = self._body
        before = self._read_over(body, reference_keys(self._body_references, base.links))
        if before.fields == self.record.fields:
            return body
        merged = self._merge(body, self.converted, before)
        return with_elements(merged, identifier=body.get("identifier"))

    @cached_property
    def for_server(self) -> Resource:
        """The resource as it is sent, but for the ids in references: with our identifier, and without id and version,
        which the server gives. Raises InvalidInput."""
        if self.record.base is None:
            return self.resource
        meta = {n: v for n, v in (self.resource.get("meta") or {}).items() if n not in OF_THE_SERVER}
        return with_elements(self.resource, id=None, meta=meta or None, identifier=self._identifiers())

    @cached_property
    def references(self) -> tuple[Place, ...]:
        """(type, key) of each record that the record refers to; the key may be a name such as Patient/1, which the
        store understands. Raises InvalidInput."""
        if self.record.base is None:
            return registry.parents(self.record, self.context.stored_types)
        elements = self._body_references if self.resource is self._body else references(self.resource)
        places = (self.find_target(reference) for reference in elements)
        return tuple({place: None for place in places if place})

    def find_target(self, reference: Mapping[str, Any]) -> Place | None:
        """Returns (type, key) of the record that a Reference in `resource` means, or None: it points elsewhere."""
        links = self.record.base.links if self.record.base else {}
        text = reference.get("reference")
        if not isinstance(text, str):
            return self._find_numbered(reference.get("identifier") or {})
        name = pointer(text)
        return links.get(text) or ((registry.type_named(name), name) if name else None)

    def read_over(self, resource: Resource, links: Mapping[str, Place] | None = None) -> Record:
        """Returns the record as the resource describes it. `links`: whom a reference in it means, where its text alone
        does not say so."""
        return self._read_over(resource, {} if links is None else reference_keys(references(resource), links))

    def merge_into(self, server_copy: Resource, ours: Resource) -> Resource:
        """Returns the server's copy with the record's changes. `ours`: our resource with the server's ids."""
        return self._merge(server_copy, ours, self.read_over(server_copy))

    def says_the_same(self, base: Base) -> bool:
        """Whether a resource equals the record's own to the last digit (what `convert` wrote comes back), and its
        references mean the records that their text names. Raises InvalidInput."""
        as_named = all(local_id(text) == key for text, (_, key) in base.links.items())
        return as_named and json.equal(json.dumps(self.resource), base.body)

    @cached_property
    def _body(self) -> Resource:
        """The resource that the record was read from, as it came."""
        body: Resource = json.loads(self.record.base.body) if self.record.base else {}
        return body

    @cached_property
    def _body_references(self) -> list[dict[str, Any]]:
        return list(references(self._body))

    def _read_over(self, resource: Resource, keys: Mapping[str, str]) -> Record:
        context = replace(self.context, keys=keys) if keys else self.context
        return read_over(resource, self.record, lambda: self.converted, self._converter, context)

    def _merge(self, other: Resource, ours: Resource, before: Record) -> Resource:
        """`before`: the record as `other` describes it."""
        unchanged = before.fields == self.record.fields
        known = self.converted if unchanged else self._converter.to_resource(before, self.context)
        return merge.merge_into(other, ours, known, self._converter)

    def _identifiers(self) -> Any:
        """Returns the resource's identifiers and ours; where R4 allows only one and it has one, that one alone."""
        existing = self.resource.get("identifier")
        if identifier(self.resource, self.context.identifier_system(self.record.type)) is not None:
            return existing
        ours = self.converted.get("identifier")
        return [*(existing or ()), *ours[:1]] if isinstance(ours, list) else existing or ours

    def _find_numbered(self, number: Mapping[str, Any]) -> Place | None:
        """Returns (type, key) of the record that an identifier of ours names, or None."""
        types = (n for n in registry.record_types() if self.context.identifier_system(n) == number.get("system"))
        type_, value = next(types, None), number.get("value")
        return (type_, value) if type_ and isinstance(value, str) else None


def with_elements(resource: Resource, **elements: Any) -> Resource:
    """Returns the resource with those elements; None removes one."""
    return {n: v for n, v in (resource | elements).items() if v is not None}


def reference_keys(elements: Iterable[Mapping[str, Any]], links: Mapping[str, Place]) -> dict[str, str]:
    """Returns, by the text of each of these Reference elements, the key of the record that it means."""
    texts = (element["reference"] for element in elements if isinstance(element.get("reference"), str))
    keys = {text: links[text][1] if text in links else pointer(text) for text in texts}
    return {text: key for text, key in keys.items() if key}
