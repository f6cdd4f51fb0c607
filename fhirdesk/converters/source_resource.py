"""Records that were read from FHIR keep that resource; what they change is merged into it (docs/records.md)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import merge, registry
from fhirdesk.converters.draft import with_elements
from fhirdesk.core.records import Record
from fhirdesk.core.resource import references
from fhirdesk.r4 import json

NOT_SAID = frozenset({"resourceType", "id", "meta", "text", "_text"})


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
    body = with_elements(json.loads(changed.base.body), **others)
    return replace(changed, base=replace(changed.base, body=json.dumps(body)))
