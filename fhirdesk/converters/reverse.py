"""The way back: a resource becomes a record, merged into the record that it was made of (docs/mapping.md)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters.context import Context, Converter
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource


def read_back(resource: Resource, key: str, converter: Converter, context: Context, over: Record | None) -> Record:
    """Returns the record that the resource describes. A field of `over` changes only if its value would not give what
    the resource holds; without `over` a coded field gets the first word listed. What the resource lacks, the record
    lacks."""
    kind = converter.record_type
    fields_now = converter.to_fields(resource, context)
    if over is None:
        return Record(kind.name, key, {kind.key_field: key, **fields_now})
    fields_before = converter.to_fields(converter.to_resource(over, context), context)
    fields = dict(over.fields)
    for name in changed_fields(fields_before, fields_now):
        fields.pop(name, None)
        if name in fields_now:
            fields[name] = fields_now[name]
    return replace(over, fields=fields)


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Returns the names of the fields that differ, in order."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
