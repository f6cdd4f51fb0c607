"""Pieces that several converters share: resources, concepts, quantities; and their way back (docs/mapping.md)."""

from typing import Any

from fhirdesk.converters.context import Context, Pick
from fhirdesk.converters.numbers import to_json_number
from fhirdesk.converters.systems import UCUM
from fhirdesk.converters.units import is_code
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource, is_id
from fhirdesk.r4.json import Number


def resource(resource_type: str, record: Record, /, **elements: Any) -> Resource:
    """Returns a resource of those elements that have a value, with the record's key as its id if it is a valid one."""
    result: Resource = {"resourceType": resource_type}
    id_ = logical_id(record.key)
    if id_:
        result["id"] = id_
    for name, value in elements.items():
        if value or value == 0:  # as in without_empty
            result[name] = value
    return result


def without_empty(**elements: Any) -> dict[str, Any]:
    """Returns the elements that have a value: False and 0 count, None, "", [] and {} do not."""
    return {k: v for k, v in elements.items() if v or v == 0}


def logical_id(key: str) -> str | None:
    """Returns the key if it may be a logical id, else None. Digits alone may not: HAPI refuses them."""
    return key if is_id(key) and not key.isdigit() else None


def identifier(record: Record, context: Context) -> dict[str, Any]:
    """Returns the record's Identifier: its key under the identifier system of its type."""
    return {"system": context.identifier_system(record.type), "value": record.key}


def coding(system: str, code: str) -> dict[str, Any]:
    """Returns a Coding of system and code; its display is left to the server."""
    return {"system": system, "code": code}


def concept(system: str, code: str | None, text: str | None = None) -> dict[str, Any] | None:
    """Returns a CodeableConcept of a coding, a text, or both; None if there is neither."""
    result: dict[str, Any] = {"coding": [coding(system, code)]} if code else {}
    if text:
        result["text"] = text
    return result or None


def text_only(text: str | None) -> dict[str, Any] | None:
    """Returns a CodeableConcept or an Annotation of text alone, or None."""
    return {"text": text} if text else None


def list_of(item: Any) -> list[Any] | None:
    """Returns a list of that one item, or None if it is empty."""
    return [item] if item else None


def quantity(value: Any, unit: str | None, comparator: str | None = None) -> dict[str, Any]:
    """Returns a Quantity, with UCUM's system and code if the unit is a UCUM code that means what the clinic means."""
    result: dict[str, Any] = {"value": to_json_number(value)}
    if comparator:
        result["comparator"] = comparator
    if unit:
        result["unit"] = unit
        if is_code(unit):
            result["system"], result["code"] = UCUM, unit
    return result


# -- the way back: these never raise, whatever the resource holds


def at(node: Any, *path: str | int) -> Any:
    """Returns the value at that path, or None if the path ends before."""
    for step in path:
        if isinstance(step, str):
            node = node.get(step) if isinstance(node, dict) else None
        else:
            node = node[step] if isinstance(node, list) and len(node) > step else None
        if node is None:
            return None
    return node


def text_at(node: Any, *path: str | int) -> str | None:
    """Returns the text at that path, or None."""
    value = at(node, *path)
    return value if isinstance(value, str) and value else None


def number_at(node: Any, *path: str | int) -> int | Number | None:
    """Returns the number at that path, or None."""
    value = at(node, *path)
    return value if isinstance(value, int | Number) and not isinstance(value, bool) else None


def items_at(node: Any, *path: str | int) -> list[dict[str, Any]]:
    """Returns the objects of the list at that path, [] if there is no list."""
    value = at(node, *path)
    return [i for i in value if isinstance(i, dict)] if isinstance(value, list) else []


def words_of(element: Any) -> str | None:
    """Returns the words of a CodeableConcept: text, else display, else code. Older exports hold a plain text: it is
    returned as it is."""
    if isinstance(element, str):
        return element or None
    text = text_at(element, "text") or text_at(element, "coding", 0, "display")
    return text or text_at(element, "coding", 0, "code")


def code_at(node: Any, *path: str | int) -> str | None:
    """Returns the first code of a CodeableConcept or a Coding at that path; a plain text is returned as it is."""
    value = at(node, *path)
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) else text_at(value, "coding", 0, "code") or text_at(value, "code")


# -- which item of a list is ours


def first_item(items: list[Any]) -> Any:
    """Picks the first item of a list."""
    return items[0] if items else None


def where(**members: str | None) -> Pick:
    """Returns a pick of the first item whose members have those values; None asks for a member that is missing."""

    def pick(items: list[Any]) -> Any:
        return next((i for i in items if isinstance(i, dict) and all(i.get(n) == v for n, v in members.items())), None)

    return pick


def of_system(part: str) -> Pick:
    """Returns a pick of the first CodeableConcept, Identifier or Coding whose system ends with `part`."""

    def pick(items: list[Any]) -> Any:
        return next((i for i in items if isinstance(i, dict) and _system(i).endswith(part)), None)

    return pick


def _system(item: dict[str, Any]) -> str:
    return text_at(item, "system") or text_at(item, "coding", 0, "system") or ""


def pointing_at(*resource_types: str) -> Pick:
    """Returns a pick of the first Reference to one of those FHIR types."""

    def pick(items: list[Any]) -> Any:
        return next((i for i in items if target_type(i) in resource_types), None)

    return pick


def target_type(reference: Any) -> str | None:
    """Returns the FHIR type that a Reference points at, or None if it names none."""
    written = text_at(reference, "reference")
    parts = written.split("/") if written else []
    return parts[-2] if len(parts) > 1 else text_at(reference, "type")
