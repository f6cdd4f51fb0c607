"""What a FHIR resource is to this program: a plain dict, and the few questions every room asks of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Resource = dict[str, Any]
NODES = (dict, list)  # a constant: the union `dict | list` would be made anew for each value of a resource

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
QUALIFIED = re.compile(r"(?:[^?]*[/:])?([A-Z][A-Za-z]+)/([^/]{0,64})")  # Type/id, of a server or source that is named
NAME = re.compile(r"[A-Z][A-Za-z]+[/?]|urn:|[^?]*[/:][A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}$")
ESCAPED = str.maketrans({c: f"\\{c}" for c in "\\,$|"})
CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?identifier=([^&]+)")


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of an OperationOutcome, or what stands in for one."""

    severity: str
    code: str
    expression: str | None = None
    details: str | None = None  # details.coding as "system|code"
    text: str | None = None  # free text of the server, cut at 500 characters: may hold patient data, never logged


def is_id(text: str) -> bool:
    """Whether `text` may be a logical id (https://hl7.org/fhir/R4/datatypes.html#id)."""
    return ID.fullmatch(text) is not None


def listed(value: object) -> list[Any]:
    """The value if it is a list, else an empty one: a server may send anything."""
    return value if isinstance(value, list) else []


def version_id(resource: Mapping[str, Any]) -> str | None:
    """The server's version of the resource (`meta.versionId`), or None."""
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, Mapping) else None
    return version if isinstance(version, str) else None


def identifier(resource: Mapping[str, Any], system: str) -> str | None:
    """The value of the first identifier of that system, or None."""
    values = (i.get("value") for i in identifiers(resource) if i.get("system") == system)
    return next((v for v in values if isinstance(v, str)), None)


def token(system: str, value: str) -> str:
    """`system|value` as a search asks for it: a comma in it is no "or" (https://hl7.org/fhir/R4/search.html#escaping)."""
    return f"{system.translate(ESCAPED)}|{value.translate(ESCAPED)}"


def identifiers(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its identifiers; some types have a single one that is no list."""
    value = resource.get("identifier")
    return [i for i in (value if isinstance(value, list) else [value]) if isinstance(i, dict)]


def names(resource: Mapping[str, Any]) -> Iterator[str]:
    """How references name a resource: Type/id, and Type?identifier=system|value for each identifier."""
    type_, id_ = resource.get("resourceType"), resource.get("id")
    if isinstance(id_, str):
        yield f"{type_}/{id_}"
    for item in identifiers(resource):
        if isinstance(item.get("value"), str):
            yield f"{type_}?identifier={item.get('system') or ''}|{item['value']}"


def pointer(reference: str) -> str | None:
    """The name of a resource in a Reference's text, as `names` gives it, or a urn; None: it points elsewhere (inside
    the resource, at an absolute address)."""
    local = LOCAL.fullmatch(reference)
    if local:
        return f"{local[1]}/{local[2]}"
    if reference.startswith("urn:"):
        return reference
    asked = CONDITIONAL.fullmatch(reference)
    return f"{asked[1]}?identifier={unquote(asked[2])}" if asked else None


def is_name(key: str) -> bool:
    """Whether a record's key is a name that a reference gives it, as of records read from resources of others."""
    return NAME.match(key) is not None


def named_as(name: str) -> tuple[str, str]:
    """The FHIR type and the id in a resource's name: Type/id, a server's address or a source before it or not."""
    match = QUALIFIED.fullmatch(name)
    return (match[1], match[2]) if match else (name.partition("/")[0], "")


def local_id(name: str) -> str | None:
    """The id in `Type/id`; None where the name is not of that form."""
    local = LOCAL.fullmatch(name)
    return local[2] if local else None


def references(node: Any) -> Iterator[dict[str, Any]]:
    """Every Reference element in `node` (a dict with `reference` or a typed logical reference), outer ones first."""
    elements: list[dict[str, Any]] = []
    _collect(node, elements)
    return iter(elements)


def _collect(node: Any, elements: list[dict[str, Any]]) -> None:
    if isinstance(node, dict):
        if _is_reference(node):
            elements.append(node)
        node = node.values()
    for value in node:
        if isinstance(value, NODES):
            _collect(value, elements)


def _is_reference(node: Mapping[str, Any]) -> bool:
    if "reference" in node and isinstance(node["reference"], str):
        return True
    return "identifier" in node and isinstance(node["identifier"], dict) and isinstance(node.get("type"), str)


def replace_references(resource: Resource, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Resource:
    """The resource with each Reference element as `change` returns it; parts without one are shared, not copied."""
    replaced: Resource = _replace_references(resource, change)
    return replaced


def _replace_references(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(node, dict) and _is_reference(node):
        node = change(node)
    copy = None
    for at, value in enumerate(node) if isinstance(node, list) else node.items():
        if isinstance(value, NODES) and (new := _replace_references(value, change)) is not value:
            copy = copy or node.copy()
            copy[at] = new
    return copy or node
