"""Guesses the FHIR version of a resource that is not valid R4, by marks that `build` writes."""

from collections import Counter
from functools import cache
from typing import Any

from fhirdesk.r4 import schema

ORDER = ("DSTU2", "STU3", "R5")


@cache
def _marks() -> dict[str, Any]:
    return schema.other_versions()


def version_of_type(resource_type: str) -> str | None:
    """Returns the versions ("STU3 or R5") that have a type of this name, which R4 lacks, or None."""
    return " or ".join(sorted(_marks()["types"].get(resource_type, ()), key=ORDER.index)) or None


def guess_version(resource: dict[str, Any]) -> tuple[str, str] | None:
    """Returns (versions, the elements by which they are recognised), or None.

    One element in another shape is a slip; an element that R4 lacks, or two in another shape, are another version.
    """
    marks = _marks()["elements"].get(resource.get("resourceType"), {})
    votes: Counter[str] = Counter()
    names: list[str] = []
    is_sure = False
    for name, value in resource.items():
        shape = "list" if isinstance(value, list) else "object" if isinstance(value, dict) else "text"
        shapes = marks.get(name, {})
        if versions := shapes.get("any") or shapes.get(shape):
            votes.update(versions)
            names.append(name)
            is_sure |= "any" in shapes
    if not is_sure and len(names) < 2:
        return None
    best = max(votes.values())
    return " or ".join(v for v in ORDER if votes[v] == best), ", ".join(names)
