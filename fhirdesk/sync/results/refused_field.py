"""Finds the field of a record that a server's refusal names, so that the user is shown that field and no other."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Issue, Resource

GRAVE = frozenset({"fatal", "error"})
LEAST = 3  # letters of a value that is searched for in a text: "1" stands in every other sentence
_XPATH_STEP = re.compile(r"/(?:f:)?([A-Za-z]\w*)(?:\[(\d+)\])?")


def find_refused_field(
    record: Record, sent: Mapping[str, Any], issues: Iterable[Issue], edited: Collection[str] = ()
) -> str | None:
    """The field at the path that an issue gives, otherwise the field whose value stands in the issue's text. None if
    the server names no field of the record, or several. `edited`: the fields of a profile edit; only these can be
    at fault, as nobody typed a value into the others."""
    every = tuple(issues)
    for issue in [i for i in every if i.severity in GRAVE] or every:
        field = _by_path(record, dict(sent), issue.expression, edited) or _by_value(record, issue.text, edited)
        if field:
            return field
    return None


def _by_path(record: Record, sent: Resource, path: str | None, edited: Collection[str]) -> str | None:
    if not path or path == sent.get("resourceType"):  # the whole resource names no field
        return None
    at_path = Mapper().fields_at(record, sent, _fhirpath(path)) if sent else ()
    names = [name for name in at_path if name in edited] or list(at_path)
    return names[0] if len(names) == 1 or (names and not edited) else None


def _fhirpath(path: str) -> str:
    """The path as FHIRPath. `location` may be an XPath, which counts from 1: /f:Patient/f:telecom[2]."""
    steps = _XPATH_STEP.findall(path) if path.startswith("/") else []
    return ".".join(n + (f"[{int(i) - 1}]" if i and int(i) else "") for n, i in steps) or path


def _by_value(record: Record, text: str | None, edited: Collection[str]) -> str | None:
    """The field whose value stands in the text as a word of its own; None if there is none, or several."""
    key = registry.record_types()[record.type].key_field
    names = edited or [name for name in record.fields if name != key]
    matching = [name for name in names if text and _stands_in(str(record.fields.get(name, "")), text)]
    return matching[0] if len(matching) == 1 else None


def _stands_in(value: str, text: str) -> bool:
    return len(value) >= LEAST and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
