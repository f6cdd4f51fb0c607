"""What a FHIR resource is to this program: a plain dict, and the few questions every room asks of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Resource = dict[str, Any]

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def is_id(text: str) -> bool:
    """Whether `text` may be a logical id (https://hl7.org/fhir/R4/datatypes.html#id)."""
    return ID.fullmatch(text) is not None


def version_id(resource: Mapping[str, Any]) -> str | None:
    """`meta.versionId`, or None."""
    found = (resource.get("meta") or {}).get("versionId")
    return found if isinstance(found, str) else None


def identifier(resource: Mapping[str, Any], system: str) -> str | None:
    """The value of the first identifier of that system, or None."""
    for item in resource.get("identifier") or ():
        if isinstance(item, dict) and item.get("system") == system and isinstance(item.get("value"), str):
            return str(item["value"])
    return None


def names(resource: Mapping[str, Any]) -> Iterator[str]:
    """How references name a resource: Type/id, and Type?identifier=system|value for each identifier."""
    type_, id_ = resource.get("resourceType"), resource.get("id")
    if isinstance(id_, str):
        yield f"{type_}/{id_}"
    found = resource.get("identifier")
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict) and isinstance(item.get("value"), str):
            yield f"{type_}?identifier={item.get('system') or ''}|{item['value']}"


def references(node: Any) -> Iterator[dict[str, Any]]:
    """Every Reference element below `node` (a dict with `reference` or a typed logical reference), depth first."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str) or (isinstance(node.get("identifier"), dict) and "type" in node):
            yield node
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
