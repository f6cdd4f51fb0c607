"""The way back: a resource becomes a record, laid over the one that it came from (docs/mapping.md)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters.context import Context, Converter
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource


def read_back(resource: Resource, key: str, converter: Converter, context: Context, over: Record | None) -> Record:
    """The record that the resource tells of. A field of `over` changes only if its present value would not give what
    the resource holds; without `over` each field gets the first word listed. What is missing there is missing here."""
    kind = converter.record_type
    found = converter.to_fields(resource, context)
    if over is None:
        return Record(kind.name, key, {kind.key_field: key, **found})
    was = converter.to_fields(converter.to_resource(over, context), context)
    fields = dict(over.fields)
    for name in changed_fields(was, found):
        fields.pop(name, None)
        if name in found:
            fields[name] = found[name]
    return replace(over, fields=fields)


def changed_fields(was: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """The fields that differ, in order."""
    return [name for name in {**was, **found} if was.get(name) != found.get(name)]
