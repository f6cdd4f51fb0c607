"""Reads Bundles: each entry becomes a row that knows how the entries name each other
(https://hl7.org/fhir/R4/bundle.html#references)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files.history import History
from fhirdesk.files.lists import items
from fhirdesk.files.row import BadRow, DeletedResource, Named, Row
from fhirdesk.files.streams import slices
from fhirdesk.r4 import json

NOT_TAKEN = frozenset({"DELETE", "GET", "HEAD", "PATCH"})  # what a Bundle asks of a server is not a record
MOST_ENTRIES = 200_000
Around = Mapping[str, Named]


def entries(data: bytes, line: int) -> Iterator[Row | BadRow | DeletedResource]:
    """Yields the entries of a Bundle in order. Raises InvalidDocument if `entry` is no list or has too many items."""
    in_part = _is_in_part(json.peek(data, "link"))
    names = _names_in_bundle(_items(data, line))
    history = History(_items(data, line)) if json.peek(data, "type") == "history" else None
    for index, (number, entry) in enumerate(_items(data, line)):
        if in_part:
            yield BadRow(number, InvalidDocument("resource_in_part", line=number))
        elif history and (deletion := history.gone(index, number)):
            yield deletion
        elif history is None or not history.passes_over(index):
            yield from _entry(entry, number, names, outdated=history is not None and history.is_outdated(index))


def _items(data: bytes, line: int) -> Iterator[tuple[int, bytes]]:
    """Yields each entry with its line, cut out only when its turn comes."""
    entry_list = json.member_view(data, "entry")
    if entry_list is None:
        return
    if entry_list[0] != ord("["):
        raise InvalidDocument("bundle_no_list", line=line)
    yield from items(slices(entry_list), line + data.count(b"\n", 0, data.find(entry_list)))


def _is_in_part(links: Any) -> bool:
    """Whether the Bundle answers a search for some elements only: what its resources lack was not deleted."""
    urls = [each.get("url") for each in links if isinstance(each, dict)] if isinstance(links, list) else []
    return any(_leaves_out(url) for url in urls if isinstance(url, str))


def _leaves_out(url: str) -> bool:
    try:
        parameters = parse_qsl(urlsplit(url).query)
    except ValueError:
        return False
    return any(name == "_elements" or (name == "_summary" and value != "false") for name, value in parameters)


def _names_in_bundle(bundle_entries: Iterator[tuple[int, bytes]]) -> Around:
    names: dict[str, Named] = {}
    for count, (line, entry) in enumerate(bundle_entries):
        if count == MOST_ENTRIES:
            raise InvalidDocument("bundle_too_long", line=line, most=f"{MOST_ENTRIES:,}")
        try:
            named = _names_of(entry)
        except InvalidDocument:
            continue  # reported when its turn comes
        if named:
            names |= dict.fromkeys(_texts(named), named)
    return names


def _names_of(data: bytes) -> Named | None:
    type_ = json.peek(data, "resource", "resourceType")
    if not isinstance(type_, str):
        return None
    id_, identifiers = json.peek(data, "resource", "id"), json.peek(data, "resource", "identifier")
    listed = identifiers if isinstance(identifiers, list) else [identifiers]
    pairs = [(i.get("system") or "", i["value"]) for i in listed if isinstance(i, dict) and "value" in i]
    numbers = tuple((s, v) for s, v in pairs if isinstance(s, str) and isinstance(v, str))
    return Named(_text(json.peek(data, "fullUrl")), type_, _text(id_), numbers)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(named: Named) -> Iterator[str]:
    """Yields the texts by which references in the Bundle may name the entry, except Type/id, which is valid
    everywhere."""
    if named.full_url:
        yield named.full_url
    for system, value in named.identifiers:
        yield f"{named.resource_type}?identifier={system}|{value}"


def _entry(data: bytes, line: int, names: Around, *, outdated: bool) -> Iterator[Row | BadRow | DeletedResource]:
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
        row_data = json.loads_strict(resource)
    except InvalidDocument as error:
        yield BadRow(line, error)
        return
    if isinstance(row_data, dict):
        yield Row(line, row_data, _text(json.peek(data, "fullUrl")), names, outdated=outdated)
    else:
        yield BadRow(line, InvalidDocument("row_no_object", line=line))
