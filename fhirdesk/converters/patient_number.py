"""A patient's number: how it is typed, and how a server shows it that keeps its value and not its system."""

from typing import Any

from fhirdesk.converters.context import Context
from fhirdesk.core.resource import Resource, identifiers, listed
from fhirdesk.core.vendors import V2_0203


def number_type(context: Context) -> dict[str, Any]:
    """Returns the member `type` of our identifier: what kind of number it is, in the vendor's codes."""
    return {"type": {"coding": [{"system": V2_0203, "code": code} for code in context.habits.number_types]}}


def find_shown_number(resource: Resource, context: Context) -> str | None:
    """Returns the number that a server which replaces identifier systems shows for a patient, or None. It may be ours,
    another program's, or the server's own."""
    numbers = (i["value"] for i in identifiers(resource) if _is_rewritten(i, context))
    return next((value for value in numbers if isinstance(value, str)), None)


def restore_number(resource: Resource, type_: str, key: str, context: Context) -> Resource:
    """Returns the server's copy with our identifier as we wrote it, if the server kept only its value. The caller must
    know that the patient is ours: the number alone does not prove it."""
    if context.habits.number_system is None:
        return resource
    ours = number_type(context) | {"system": context.identifier_system(type_), "value": key}
    is_ours = [_is_rewritten(i, context) and i.get("value") == key for i in identifiers(resource)]
    if not any(is_ours):
        return resource
    return resource | {
        "identifier": [
            i | ours if is_number else i for i, is_number in zip(identifiers(resource), is_ours, strict=True)
        ]
    }


def _is_rewritten(item: dict[str, Any], context: Context) -> bool:
    """Whether the identifier has the system that the server writes in place of ours, and one of our number types."""
    kind, habits = item.get("type"), context.habits
    codings = kind.get("coding") if isinstance(kind, dict) else None
    codes = {str(c.get("code")) for c in listed(codings) if isinstance(c, dict)}
    return (
        habits.number_system is not None
        and item.get("system") == habits.number_system
        and bool(codes & set(habits.number_types))
    )
