"""Reads JSON: NDJSON line by line, a list item by item, or one document; each is parsed only when its turn comes."""

from collections.abc import Iterable, Iterator
from itertools import chain

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files.bundles import entries
from fhirdesk.files.documents import read_document
from fhirdesk.files.lists import items
from fhirdesk.files.row import BadRow, Row, Rows
from fhirdesk.files.streams import Lines, is_blank
from fhirdesk.r4 import json

BUNDLE = b'"Bundle"'
MOST_ODD = 1000  # items in a row that are no objects: such a list is not read on


def object_rows(lines: Lines) -> Iterator[Rows]:
    """Yields the rows of a text that begins with an object: one document, or one for each line; blank lines are
    skipped."""
    number, first = next(lines)
    if json.state(first) is json.State.WHOLE:
        yield from _document(first, number)
        del first
    else:
        buffer, is_one = read_document(chain([(number, first)], lines))
        if is_one:
            number, first = buffer.whole()
            yield from _document(first, number)
            return
        lines = chain(buffer.lines(), lines)
    for number, line in lines:
        if not is_blank(line):
            yield from _document(line, number)


def list_rows(parts: Iterable[bytes], line: int) -> Iterator[Rows]:
    """Yields the items of a list, up to the first damage. `line`: where the list begins."""
    odd = 0
    try:
        for number, item in items(parts, line):
            line, odd = number, 0 if item[:1] == b"{" else odd + 1
            if odd > MOST_ODD:
                raise InvalidDocument("list_no_objects", line=number)
            yield from _document(item, number)
    except InvalidDocument as error:
        yield BadRow(error.line or line, error)


def _document(data: bytes, line: int) -> Iterator[Rows]:
    try:
        if BUNDLE in data and json.peek(data, "resourceType") == "Bundle":
            yield from entries(data, line)
            return
        value = json.loads_strict(data)
    except InvalidDocument as error:
        yield BadRow(line, error)
        return
    if isinstance(value, dict):
        yield Row(line, value)
    else:
        yield BadRow(line, InvalidDocument("row_no_object", line=line))
