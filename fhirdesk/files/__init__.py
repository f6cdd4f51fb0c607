"""Files in: JSON, NDJSON (also .gz), CSV and FHIR Bundles, told apart by content, row by row."""

import gzip
import io
import itertools
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from fhirdesk.errors import InvalidDocument
from fhirdesk.files.csv_rows import csv_rows
from fhirdesk.files.documents import texts
from fhirdesk.files.json_rows import document_rows, is_document, ndjson_rows
from fhirdesk.files.row import BadRow, Document, Note, Row, Rows

__all__ = ["BadRow", "Document", "Note", "Row", "Rows", "documents", "rows"]

BOM, GZIP = b"\xef\xbb\xbf", b"\x1f\x8b"
FOREIGN = {b"<": "file_xml", b"\xff": "file_encoding", b"\xfe": "file_encoding", b"P": "file_packed"}
MOST_LINE = 256 * 1024 * 1024  # bytes in one line
MOST_DOCUMENT = 1024 * 1024 * 1024  # bytes in one JSON document that goes over several lines
PART = 1024 * 1024
Lines = Iterator[tuple[int, bytes]]


def rows(source: Path | BinaryIO) -> Iterator[Rows]:
    """The rows of a file or stream, one at a time, and what is to be said of it. Raises InvalidDocument when it cannot
    be read at all."""
    return _opened(source, _rows)


def documents(source: Path | BinaryIO) -> Iterator[Document | BadRow]:
    """The JSON documents of a file or stream as they are, unread: one over several lines, or one a line."""
    return _opened(source, _documents)


def _opened(source: Path | BinaryIO, read: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
    if not isinstance(source, Path):
        yield from _unpacked(io.BufferedReader(source) if not hasattr(source, "peek") else source, read)
        return
    try:
        with source.open("rb") as file:
            yield from _unpacked(file, read)
    except OSError as error:
        raise InvalidDocument("file_unreadable", path=source.name) from error


def _unpacked(stream: Any, read: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
    if stream.peek(2)[:2] != GZIP:
        yield from read(stream)
        return
    last = 0
    try:
        with gzip.open(stream) as unpacked:
            for row in read(io.BufferedReader(unpacked)):
                last = row.line
                yield row
    except (EOFError, gzip.BadGzipFile, zlib.error):
        yield BadRow(last + 1, InvalidDocument("file_gzip", line=last + 1))


def _documents(stream: Any) -> Iterator[Document | BadRow]:
    if stream.peek(3)[:3] == BOM:
        stream.read(3)
    try:
        yield from texts(_lines(stream), MOST_DOCUMENT)
    except _LineTooLong as error:
        yield BadRow(error.line, InvalidDocument("line_too_long", line=error.line))


def _rows(stream: Any) -> Iterator[Row | BadRow]:
    if stream.peek(3)[:3] == BOM:
        stream.read(3)
    lines = _lines(stream)
    head = next(((n, line) for n, line in lines if line.strip()), None)
    if head is None:
        yield BadRow(1, InvalidDocument("file_empty", line=1))
        return
    try:
        yield from _by_content(head, lines, stream)
    except _LineTooLong as error:
        yield BadRow(error.line, InvalidDocument("line_too_long", line=error.line))


def _by_content(head: tuple[int, bytes], lines: Lines, stream: Any) -> Iterator[Row | BadRow]:
    first = head[1].lstrip()[:1]
    if first not in (b"{", b"["):
        yield from _no_json(head, lines)
    elif first == b"{" and is_document(head[1]):
        yield from ndjson_rows(itertools.chain([head], lines))
    else:
        yield from _long_document(head, lines, stream)


def _long_document(head: tuple[int, bytes], lines: Lines, stream: Any) -> Iterator[Row | BadRow]:
    """A document over several lines; or, where the second line is a document by itself, NDJSON with a broken first."""
    number, line = head
    second = next(((n, later) for n, later in lines if later.strip()), None) if line.lstrip()[:1] == b"{" else None
    if second and second[1].lstrip()[:1] == b"{" and is_document(second[1]):
        yield from ndjson_rows(itertools.chain([head, second], lines))
        return
    begun = line + (b"\n" * (second[0] - number - 1) + second[1] if second else b"")
    try:
        yield from document_rows(_whole(begun, stream), number)
    except _DocumentTooLarge:
        yield BadRow(number, InvalidDocument("file_too_large", line=number))


def _whole(begun: bytes, stream: Any) -> bytes:
    """A document and the rest of it: a buffer grows where it is, so that no second copy is made."""
    whole = io.BytesIO()
    whole.write(begun)
    while part := stream.read(PART):
        whole.write(part)
        if whole.tell() > MOST_DOCUMENT:
            raise _DocumentTooLarge
    return whole.getvalue()


class _DocumentTooLarge(Exception):
    pass


def _no_json(head: tuple[int, bytes], lines: Lines) -> Iterator[Row | BadRow]:
    number, line = head
    foreign = FOREIGN.get(line.lstrip()[:1])
    if foreign and not (foreign == "file_packed" and line[:4] != b"PK\x03\x04"):
        yield BadRow(number, InvalidDocument(foreign, line=number))
    else:
        yield from csv_rows(itertools.chain([head], lines))


class _LineTooLong(Exception):
    def __init__(self, line: int):
        super().__init__()
        self.line = line


def _lines(stream: Any) -> Lines:
    """Lines end with LF only; one without an end is not read to its end."""
    for number in itertools.count(1):
        line = stream.readline(MOST_LINE)
        if not line:
            return
        if len(line) == MOST_LINE and line[-1:] != b"\n":
            raise _LineTooLong(number)
        yield number, line
