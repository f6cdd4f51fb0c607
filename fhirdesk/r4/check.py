"""Is it R4? The first part of the check: what every resource must be (https://hl7.org/fhir/R4/json.html)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fhirdesk.resource import is_id


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where (FHIRPath)."""

    severity: str
    code: str
    expression: str
    text: str


def check(resource: Any) -> tuple[Finding, ...]:
    """Every finding; none: as far as this part looks, it is R4."""
    if not isinstance(resource, dict):
        return (Finding("fatal", "structure", "$this", "A FHIR resource is a JSON object."),)
    type_ = resource.get("resourceType")
    if not isinstance(type_, str) or not type_:
        return (Finding("fatal", "structure", "$this", "resourceType is missing."),)
    return (*_id(resource, type_), *_empties(resource, type_))


def _id(resource: dict[str, Any], path: str) -> Iterator[Finding]:
    id_ = resource.get("id")
    if id_ is not None and not (isinstance(id_, str) and is_id(id_)):
        yield Finding("error", "value", f"{path}.id", "An id has 1 to 64 letters, digits, - and .")


def _empties(node: Any, path: str) -> Iterator[Finding]:
    """No empty object, list or text, and null only inside the lists of primitives."""
    if isinstance(node, dict):
        if not node:
            yield Finding("error", "structure", path, "An object must not be empty.")
        for name, value in node.items():
            yield from _empties(value, f"{path}.{name}")
    elif isinstance(node, list):
        if not node:
            yield Finding("error", "structure", path, "A list must not be empty.")
        for index, value in enumerate(node):
            if value is not None:
                yield from _empties(value, f"{path}[{index}]")
    elif node is None:
        yield Finding("error", "structure", path, "null stands for nothing here.")
    elif node == "":
        yield Finding("error", "value", path, "A text must not be empty.")
