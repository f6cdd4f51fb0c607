"""Files in: JSON, NDJSON (also .gz), CSV and FHIR Bundles, told apart by content, row by row."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.queue_entry import Reason
from fhirdesk.files import streams
from fhirdesk.files.csv_rows import csv_rows
from fhirdesk.files.documents import split_documents
from fhirdesk.files.json_rows import list_rows, object_rows
from fhirdesk.files.row import BadRow, DeletedResource, Document, Note, Row, Rows
from fhirdesk.files.streams import DAMAGED, LineTooLong, lines, read_parts, skip_blanks

__all__ = ["BadRow", "DeletedResource", "Document", "Note", "Row", "Rows", "documents", "rows"]


def rows(source: Path | BinaryIO, encoding: str | None = None) -> Iterator[Rows]:
    """Yields the rows of a file or stream one at a time, and notes on the whole of it. `encoding`: the file's encoding,
    None to detect it. Raises InvalidDocument if the file cannot be opened."""
    with streams.open_source(source) as opened:
        last_row: Rows | None = None
        for row in _stop_at_damage(lambda: _rows(opened, encoding)):
            last_row = row if not isinstance(row, Note) else last_row
            yield row
        if last_row is None:
            yield Note(Reason("file_no_records", {"path": opened.name}))


def documents(source: Path | BinaryIO) -> Iterator[Document | BadRow]:
    """Yields the JSON documents of a file or stream, not parsed: one over several lines, or one for each line."""
    with streams.open_source(source) as opened:
        yield from _stop_at_damage(lambda: split_documents(lines(opened.stream)))


def _stop_at_damage(read: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """Yields the rows up to the first damage, then one bad row that says what it is."""
    last = 0
    try:
        for row in read():
            last = getattr(row, "line", last)
            yield row
    except DAMAGED:
        yield BadRow(last + 1, InvalidDocument("file_gzip", line=last + 1))
    except LineTooLong as error:
        yield BadRow(error.line, InvalidDocument("line_too_long", line=error.line))
    except InvalidDocument as error:
        yield BadRow(error.line or last + 1, error)


def _rows(opened: streams.Source, encoding: str | None) -> Iterator[Rows]:
    stream, note = streams.decode_to_utf_8(opened, encoding)
    if note:
        yield note
    first, blank_lines = skip_blanks(stream)
    number = blank_lines + 1
    if not first:
        yield BadRow(1, InvalidDocument("file_empty", line=1))
    elif first == b"<":
        yield BadRow(number, InvalidDocument("file_xml", line=number))
    elif first == b"[":
        yield from list_rows(read_parts(stream), number)
    elif first == b"{":
        yield from object_rows(lines(stream, number))
    else:
        yield from csv_rows(lines(stream, number))
