"""Which FHIR version a resource that is not R4 seems to be (the marks are written by `build`)."""

from collections import Counter
from functools import cache
from typing import Any

from fhirdesk.r4 import schema

ORDER = ("DSTU2", "STU3", "R5")


@cache
def _marks() -> dict[str, Any]:
    return schema.other_versions()


def version_of_type(resource_type: str) -> str | None:
    """The version that has a type of this name, which R4 has not."""
    return " or ".join(sorted(_marks()["types"].get(resource_type, ()), key=ORDER.index)) or None


def guess_version(resource: dict[str, Any]) -> tuple[str, str] | None:
    """(version, the elements that give it away), or None. Two versions that look the same are both named.

    One element in another shape is a slip; an element R4 does not have, or two in another shape, are a version.
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
