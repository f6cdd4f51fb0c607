"""The way back: a resource becomes a record, a new one or the one that it was made of (docs/mapping.md)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters.context import Context, Converter
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource


def read_new(resource: Resource, key: str, converter: Converter, context: Context) -> Record:
    """Returns the record that the resource describes; a coded field gets the first word listed."""
    kind = converter.record_type
    return Record(kind.name, key, {kind.key_field: key, **converter.to_fields(resource, context)})


def read_over(
    resource: Resource, record: Record, convert: Callable[[], Resource], converter: Converter, context: Context
) -> Record:
    """Returns the record as the resource describes it: a field changes only if its value would not give what the
    resource holds; what the resource lacks, the record lacks. `convert`: makes the record's own resource."""
    now = converter.to_fields(resource, context)
    if {converter.record_type.key_field: record.key, **now} == record.fields:
        return record  # whichever field the loop below would read from the resource says the same
    before = converter.to_fields(convert(), context)
    fields = dict(record.fields)
    for name in changed_fields(before, now):
        fields.pop(name, None)
        if name in now:
            fields[name] = now[name]
    return replace(record, fields=fields)


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Returns the names of the fields that differ, in order."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
