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
    """A resource at rest, of those elements that are there."""
    made: Resource = {"resourceType": resource_type}
    id_ = logical_id(record.key)
    if id_:
        made["id"] = id_
    for name, value in elements.items():
        if value or value == 0:  # False and 0 say something; None, "", [] and {} do not
            made[name] = value
    return made


def without_empty(**elements: Any) -> dict[str, Any]:
    """Those elements that are there."""
    return {k: v for k, v in elements.items() if v or v == 0}


def logical_id(key: str) -> str | None:
    """The key as a logical id, when it fits (HAPI refuses digits alone)."""
    return key if is_id(key) and not key.isdigit() else None


def identifier(record: Record, context: Context) -> dict[str, Any]:
    """The record's business identifier."""
    return {"system": context.identifier_system(record.type), "value": record.key}


def coding(system: str, code: str) -> dict[str, Any]:
    """A Coding, without display."""
    return {"system": system, "code": code}


def concept(system: str, code: str | None, text: str | None = None) -> dict[str, Any] | None:
    """A CodeableConcept of one coding, of a text, or of both; None: of neither."""
    made: dict[str, Any] = {"coding": [coding(system, code)]} if code else {}
    if text:
        made["text"] = text
    return made or None


def text_only(text: str | None) -> dict[str, Any] | None:
    """A CodeableConcept or an Annotation of text alone."""
    return {"text": text} if text else None


def list_of(item: Any) -> list[Any] | None:
    """A list of that one item; None: of none."""
    return [item] if item else None


def quantity(value: Any, unit: str | None, comparator: str | None = None) -> dict[str, Any]:
    """value, comparator, unit, and UCUM's system and code where the unit is UCUM's and means what it says."""
    made: dict[str, Any] = {"value": to_json_number(value)}
    if comparator:
        made["comparator"] = comparator
    if unit:
        made["unit"] = unit
        if is_code(unit):
            made["system"], made["code"] = UCUM, unit
    return made


# -- back: whatever stands there, these never raise


def at(node: Any, *path: str | int) -> Any:
    """What stands at that path, None where it ends before."""
    for step in path:
        if isinstance(step, str):
            node = node.get(step) if isinstance(node, dict) else None
        else:
            node = node[step] if isinstance(node, list) and len(node) > step else None
        if node is None:
            return None
    return node


def text_at(node: Any, *path: str | int) -> str | None:
    """The text at that path; None: there is none."""
    found = at(node, *path)
    return found if isinstance(found, str) and found else None


def number_at(node: Any, *path: str | int) -> int | Number | None:
    """The number at that path; None: there is none."""
    found = at(node, *path)
    return found if isinstance(found, int | Number) and not isinstance(found, bool) else None


def items_at(node: Any, *path: str | int) -> list[dict[str, Any]]:
    """The objects of the list at that path."""
    found = at(node, *path)
    return [i for i in found if isinstance(i, dict)] if isinstance(found, list) else []


def words_of(element: Any) -> str | None:
    """A CodeableConcept back: text, else display, else code; a plain text, as older exports hold it, is itself."""
    if isinstance(element, str):
        return element or None
    found = text_at(element, "text") or text_at(element, "coding", 0, "display")
    return found or text_at(element, "coding", 0, "code")


def code_at(node: Any, *path: str | int) -> str | None:
    """The first code of a CodeableConcept, a Coding or a code at that path; a plain text is itself."""
    found = at(node, *path)
    if isinstance(found, list):
        found = found[0] if found else None
    return found if isinstance(found, str) else text_at(found, "coding", 0, "code") or text_at(found, "code")


# -- which item of a list is ours


def first_item(items: list[Any]) -> Any:
    """The first."""
    return items[0] if items else None


def where(**members: str | None) -> Pick:
    """The first item whose members have those values (None: is not there)."""

    def pick(items: list[Any]) -> Any:
        return next((i for i in items if isinstance(i, dict) and all(i.get(n) == v for n, v in members.items())), None)

    return pick


def of_system(part: str) -> Pick:
    """The first item (a CodeableConcept, an Identifier or a Coding) of a system that ends so."""

    def pick(items: list[Any]) -> Any:
        return next((i for i in items if isinstance(i, dict) and _system(i).endswith(part)), None)

    return pick


def _system(item: dict[str, Any]) -> str:
    return text_at(item, "system") or text_at(item, "coding", 0, "system") or ""


def pointing_at(*resource_types: str) -> Pick:
    """The first reference to one of those types."""

    def pick(items: list[Any]) -> Any:
        return next((i for i in items if target_type(i) in resource_types), None)

    return pick


def target_type(reference: Any) -> str | None:
    """The FHIR type that a Reference element points at, as far as it says."""
    written = text_at(reference, "reference")
    parts = written.split("/") if written else []
    return parts[-2] if len(parts) > 1 else text_at(reference, "type")
