"""A narrower schema for each resource type, with what must be inspected beside it: what passes both is valid R4.

It is R4's schema (`schema`) without whatever `rules` would have to judge: no twins (`_birthDate`), no nulls, extensions
of one plain or coded value. What it leaves open (decimals, which a schema does not know as `Number`) or cannot express
(whether a period ends before it starts, what a reference points at) an `Inspection` leads to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from jsonschema_rs import Draft4Validator

from fhirdesk.r4 import formats, schema
from fhirdesk.r4.schema import PREFIX, Schema

SOLID = "[!-~]"  # of ASCII
DECIMAL = {"$ref": f"{PREFIX}decimal"}
OPEN: Schema = {}  # any value; an `Inspection` leads to it
PAIRS = (("start", "end"), ("low", "high"))


@dataclass(frozen=True, slots=True)
class Inspection:
    """What must be inspected in an object, and in which of its elements there is more to inspect."""

    decimals: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()  # one of PAIRS
    has_div: bool = False
    targets: frozenset[str] = frozenset()  # of a reference: the types it may point at
    below: tuple[tuple[str, "Inspection"], ...] = ()


NOTHING = Inspection()


@cache
def compile_fast_schema(resource_type: str, *, pointing: bool) -> tuple[Callable[[Any], bool], Inspection] | None:
    """Returns (the test of the narrower schema, what to inspect beside it), or None for a type without a limit to its
    depth or its elements. `pointing`: references may point into the document, and their targets are inspected."""
    try:
        definitions = {name: _definition(name, pointing) for name in _required_definitions(resource_type)}
    except CycleError:
        return None
    if any(definition.get("additionalProperties") is True for definition in definitions.values()):
        return None
    validator = Draft4Validator({"$ref": PREFIX + resource_type, "definitions": definitions})
    return validator.is_valid, _inspection(resource_type, pointing)


def _required_definitions(resource_type: str) -> Iterable[str]:
    """Returns a type and the definitions that it refers to. Raises CycleError for a type that may contain itself."""
    names, graph = [resource_type], dict[str, set[str]]()
    for name in names:
        if name not in graph:
            graph[name] = set(schema.refs(_definition(name, False)))
            names.extend(graph[name])
    return TopologicalSorter(graph).static_order()


@cache
def _definition(name: str, pointing: bool) -> Schema:
    if name in _OWN:
        return _OWN[name]()
    if name.startswith("Reference."):
        return _reference(name, pointing)
    return _definition(name, False) if pointing else _narrow(schema.definition(name))


def _narrow(node: Any) -> Any:
    """Returns the schema without nulls, twins, and elements that hold a whole resource or point into one."""
    if isinstance(node, list):
        return [_narrow(item) for item in node if item is not None and not _asks_for_twin(item)]
    if not isinstance(node, dict):
        return node.removesuffix("?") if isinstance(node, str) and node.startswith(PREFIX) else node
    narrowed = {name: _narrow(value) for name, value in node.items()}
    if isinstance(node.get("type"), list):
        narrowed["type"] = node["type"][0]
    if "properties" in node:
        plain = {n: v for n, v in narrowed["properties"].items() if _is_plain(n, v)}
        narrowed["properties"] = {n: OPEN if v == DECIMAL else v for n, v in plain.items()}
    return narrowed


def _asks_for_twin(node: Any) -> bool:
    return isinstance(node, dict) and str(node.get("required", [""])[0]).startswith("_")


def _is_plain(name: str, value: Schema) -> bool:
    is_pointer = name == "reference" and "Reference" not in str(value)
    is_inner = value == {"$ref": f"{PREFIX}Any"}
    return not (name.startswith("_") or is_pointer or is_inner)


def _targets(name: str) -> list[str]:
    types: list[str] = schema.definition(name)["allOf"][1]["properties"]["type"]["anyOf"][0]["enum"]
    return types


def _reference(name: str, pointing: bool) -> Schema:
    """Returns the schema of a reference to an allowed type: by id, query, address or urn, or by type and identifier."""
    types = "|".join(_targets(name))
    inside = f"#{SOLID}+|" if pointing else ""
    elsewhere = rf"urn:{SOLID}+|(?:{types})\?{SOLID}+|https?://{SOLID}+/(?:{types}){formats.TAIL}"
    properties = {
        "reference": {"type": "string", "pattern": f"^(?:(?:{types}){formats.TAIL}|{inside}{elsewhere})$"},
        "type": {"enum": _targets(name)},
        "identifier": {"$ref": f"{PREFIX}Identifier.alone"},
        "display": {"$ref": f"{PREFIX}string"},
    }
    return _object(properties) | {"dependencies": {"type": {"not": {"required": ["reference"]}}}}


def _alone(name: str, *elements: str) -> Schema:
    """Returns a type with those elements only, so that it cannot contain itself."""
    properties = _narrow(schema.definition(name)["properties"])
    return _object({element: properties[element] for element in elements})


def _concept() -> Schema:
    coding = {"type": "array", "minItems": 1, "items": {"$ref": f"{PREFIX}Coding.alone"}}
    return _object({"coding": coding, "text": {"$ref": f"{PREFIX}string"}})


def _extension() -> Schema:
    """Returns the schema of an extension with one plain or coded value."""
    properties = schema.definition("Extension")["properties"]
    values = {n: v for n, v in properties.items() if f"_{n}" in properties and n != "valueDecimal"}
    values |= {f"value{name}": {"$ref": f"{PREFIX}{name}.alone"} for name in ("Coding", "CodeableConcept")}
    url = {"type": "string", "pattern": f"^https?://{SOLID}+$"}
    return _object({"url": url, **values}) | {"required": ["url"], "minProperties": 2, "maxProperties": 2}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "minProperties": 1, "properties": properties, "additionalProperties": False}


def _uri() -> Schema:
    """Returns one pattern for web addresses and two urns: uris cost most of the time that patterns take."""
    return {"type": "string", "pattern": rf"^(?:https?://{SOLID}+|urn:(?:oid:{formats.OID}|dicom:uid))$"}


_OWN: dict[str, Callable[[], Schema]] = {
    "Identifier.alone": lambda: _alone("Identifier", "use", "system", "value"),
    "Coding.alone": lambda: _alone("Coding", "system", "version", "code", "display"),
    "CodeableConcept.alone": _concept,
    "Extension": _extension,
    "uri": _uri,
    "positive": lambda: {"type": "integer", "minimum": 1},
    "notNegative": lambda: {"type": "integer", "minimum": 0},
}


@cache
def _inspection(name: str, pointing: bool) -> Inspection:
    properties = _definition(name, pointing).get("properties", {})
    below = ((n, _inspection_below(v, pointing)) for n, v in properties.items())
    inspection = Inspection(
        decimals=tuple(n for n, v in properties.items() if v == OPEN),
        pair=next((pair for pair in PAIRS if properties.keys() >= {*pair}), ()),
        has_div="div" in properties,
        targets=frozenset(_targets(name) if pointing and name.startswith("Reference.") else ()),
        below=tuple((n, inspection) for n, inspection in below if inspection is not NOTHING),
    )
    return NOTHING if inspection == NOTHING else inspection


def _inspection_below(value: Schema, pointing: bool) -> Inspection:
    """Returns the inspection of an element's value, which refers to one type at most."""
    inspections = (_inspection(name, pointing) for name in schema.refs(value))
    return next((inspection for inspection in inspections if inspection is not NOTHING), NOTHING)
