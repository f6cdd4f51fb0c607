"""JSON in: NDJSON line by line; a longer document item by item, each read only when its turn comes."""

from collections.abc import Iterable, Iterator

from fhirdesk.errors import InvalidDocument
from fhirdesk.files.bundles import entries
from fhirdesk.files.row import BadRow, Row
from fhirdesk.r4 import json

BUNDLE = b'"Bundle"'


def is_document(line: bytes) -> bool:
    """Whether a line is a whole JSON document; a line that only opens one belongs to a longer document."""
    try:
        json.check_syntax(line)
    except InvalidDocument:
        return line.rstrip().endswith(b"}") and line.count(b"{") <= line.count(b"}")
    return True


def ndjson_rows(lines: Iterable[tuple[int, bytes]]) -> Iterator[Row | BadRow]:
    """One document a line; blank lines are passed over."""
    for number, line in lines:
        if line.strip():
            yield from _document(line, number)


def document_rows(data: bytes, line: int) -> Iterator[Row | BadRow]:
    """One document: the items of a list, the entries of a Bundle, or itself. `line`: where it begins."""
    if data.lstrip()[:1] != b"[":
        yield from _document(data, line)
        return
    try:
        items = json.split(data)
    except InvalidDocument as error:
        yield BadRow(line, error)
        return
    for number, item in json.placed(data, items, line):
        yield from _document(item, number)


def _document(data: bytes, line: int) -> Iterator[Row | BadRow]:
    try:
        if BUNDLE in data and json.peek(data, "resourceType") == "Bundle":
            yield from entries(data, line)
            return
        found = json.strict(data)
    except InvalidDocument as error:
        yield BadRow(line, error)
        return
    if isinstance(found, dict):
        yield Row(line, found)
    else:
        yield BadRow(line, InvalidDocument("row_no_object", line=line))
