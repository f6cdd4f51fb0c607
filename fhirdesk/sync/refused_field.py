"""Which field of the record a server's refusal names; nobody is blamed whom it does not name."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Issue, Resource

GRAVE = frozenset({"fatal", "error"})
LEAST = 3  # letters of a value that is looked for in a text: "1" stands in every other sentence
_XPATH_STEP = re.compile(r"/(?:f:)?([A-Za-z]\w*)(?:\[(\d+)\])?")


def find_refused_field(
    record: Record, sent: Mapping[str, Any], issues: Iterable[Issue], edited: Collection[str] = ()
) -> str | None:
    """By the place in what was sent, else by the value in the text of an issue; None: the server names no field of
    ours, or several. `edited`: the fields of a profile edit; of others nobody typed a value now."""
    every = tuple(issues)
    for issue in [i for i in every if i.severity in GRAVE] or every:
        if found := _by_place(record, dict(sent), issue.expression, edited) or _by_value(record, issue.text, edited):
            return found
    return None


def _by_place(record: Record, sent: Resource, place: str | None, edited: Collection[str]) -> str | None:
    if not place or place == sent.get("resourceType"):  # the whole resource is no place
        return None
    found = registry.fields_at(record, sent, _fhirpath(place)) if sent else ()
    asked = [name for name in found if name in edited] or list(found)
    return asked[0] if len(asked) == 1 or (asked and not edited) else None


def _fhirpath(place: str) -> str:
    """An XPath, as `location` may be (/f:Patient/f:telecom[2]: from 1 on), as FHIRPath."""
    steps = _XPATH_STEP.findall(place) if place.startswith("/") else []
    return ".".join(n + (f"[{int(i) - 1}]" if i and int(i) else "") for n, i in steps) or place


def _by_value(record: Record, text: str | None, edited: Collection[str]) -> str | None:
    """The one field whose value stands in the text, as a word of its own."""
    key = registry.record_types()[record.type].key_field
    names = edited or [name for name in record.fields if name != key]
    found = [name for name in names if text and _stands_in(str(record.fields.get(name, "")), text)]
    return found[0] if len(found) == 1 else None


def _stands_in(value: str, text: str) -> bool:
    return len(value) >= LEAST and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
