"""Bundles in: each entry a row, and how the entries name each other (https://hl7.org/fhir/R4/bundle.html#references)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fhirdesk.errors import InvalidDocument
from fhirdesk.files.row import BadRow, Named, Row
from fhirdesk.r4 import json

NOT_TAKEN = frozenset({"DELETE", "GET", "HEAD", "PATCH"})  # what a Bundle asks of a server is not a record


def entries(data: bytes, line: int) -> Iterator[Row | BadRow]:
    """The entries of a Bundle in order. Raises InvalidDocument when it is no Bundle at all."""
    found = json.members(data, "entry")
    around = _around(found)
    for number, entry in json.placed(data, found, line):
        yield from _entry(entry, number, around)


def _around(found: Iterable[json.Unread]) -> Mapping[str, Named]:
    around: dict[str, Named] = {}
    for entry in found:
        try:
            named = _named(bytes(entry))
        except InvalidDocument:
            continue  # said when its turn comes
        if named:
            around |= dict.fromkeys(_texts(named), named)
    return around


def _named(data: bytes) -> Named | None:
    type_ = json.peek(data, "resource", "resourceType")
    if not isinstance(type_, str):
        return None
    id_, found = json.peek(data, "resource", "id"), json.peek(data, "resource", "identifier")
    items = found if isinstance(found, list) else [found]
    pairs = [(i.get("system") or "", i["value"]) for i in items if isinstance(i, dict) and "value" in i]
    numbers = tuple((s, v) for s, v in pairs if isinstance(s, str) and isinstance(v, str))
    return Named(_text(json.peek(data, "fullUrl")), type_, _text(id_), numbers)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(named: Named) -> Iterator[str]:
    """What references in the Bundle may say for it, but for Type/id, which says it everywhere."""
    if named.full_url:
        yield named.full_url
    for system, value in named.identifiers:
        yield f"{named.resource_type}?identifier={system}|{value}"


def _entry(data: bytes, line: int, around: Mapping[str, Named]) -> Iterator[Row | BadRow]:
    try:
        resource = json.member(data, "resource")
        method = json.peek(data, "request", "method")
        if resource is None or method in NOT_TAKEN:
            raise InvalidDocument("entry_no_resource", line=line)
        if json.peek(data, "search", "mode") == "outcome":
            return
        if json.peek(resource, "resourceType") == "Bundle":
            yield from entries(resource, line)
            return
        found = json.strict(resource)
    except InvalidDocument as error:
        yield BadRow(line, error)
        return
    if isinstance(found, dict):
        yield Row(line, found, _text(json.peek(data, "fullUrl")), around)
    else:
        yield BadRow(line, InvalidDocument("row_no_object", line=line))
