"""A patient's number: how it is typed, and how a server shows it that keeps its value and not its system."""

from typing import Any

from fhirdesk.converters.context import Context
from fhirdesk.core.resource import Resource, identifiers, listed
from fhirdesk.core.vendors import V2_0203


def number_type(context: Context) -> dict[str, Any]:
    """The type that the number carries."""
    return {"type": {"coding": [{"system": V2_0203, "code": code} for code in context.habits.number_types]}}


def find_shown_number(resource: Resource, context: Context) -> str | None:
    """The number that a server which replaces systems shows for a patient: ours, another's, or one of its own."""
    found = (i["value"] for i in identifiers(resource) if _is_rewritten(i, context))
    return next((value for value in found if isinstance(value, str)), None)


def restore_number(resource: Resource, type_: str, key: str, context: Context) -> Resource:
    """The server's copy with our number as we wrote it, where the server shows only its value. Whose it is, the caller
    knows by more than the number."""
    if context.habits.number_system is None:
        return resource
    ours = number_type(context) | {"system": context.identifier_system(type_), "value": key}
    mine = [_is_rewritten(i, context) and i.get("value") == key for i in identifiers(resource)]
    if not any(mine):
        return resource
    return resource | {
        "identifier": [i | ours if it_is else i for i, it_is in zip(identifiers(resource), mine, strict=True)]
    }


def _is_rewritten(item: dict[str, Any], context: Context) -> bool:
    """Whether an identifier is a number in the system that the server writes in the place of ours."""
    kind, habits = item.get("type"), context.habits
    codings = kind.get("coding") if isinstance(kind, dict) else None
    codes = {str(c.get("code")) for c in listed(codings) if isinstance(c, dict)}
    return (
        habits.number_system is not None
        and item.get("system") == habits.number_system
        and bool(codes & set(habits.number_types))
    )
