"""Files in: JSON, NDJSON (also .gz) and CSV, told apart by content, row by row with the line each began on."""

import csv
import gzip
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fhirdesk.errors import InvalidDocument
from fhirdesk.r4 import json

BOM, GZIP = b"\xef\xbb\xbf", b"\x1f\x8b"
FIELD_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was written; `line` is the physical line it began on."""

    line: int
    data: dict[str, Any]

    @property
    def is_resource(self) -> bool:
        """Whether it is FHIR JSON."""
        return "resourceType" in self.data


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read; the rest goes on."""

    line: int
    error: InvalidDocument


def rows(source: Path | BinaryIO) -> Iterator[Row | BadRow]:
    """The rows of a file or stream. Raises InvalidDocument when it cannot be read at all."""
    if not isinstance(source, Path):
        yield from _rows(_unpacked(io.BufferedReader(source) if not hasattr(source, "peek") else source))
        return
    try:
        with source.open("rb") as file:
            yield from _rows(_unpacked(file))
    except OSError as error:
        raise InvalidDocument("file_unreadable", path=source.name) from error


def _unpacked(stream: Any) -> Any:
    return io.BufferedReader(gzip.open(stream)) if stream.peek(2)[:2] == GZIP else stream


def _rows(stream: Any) -> Iterator[Row | BadRow]:
    if stream.peek(3)[:3] == BOM:
        stream.read(3)
    lines = enumerate(stream, 1)
    head = next(((n, line) for n, line in lines if line.strip()), None)
    if head is None:
        return
    number, line = head
    rest = itertools.chain([head], lines)
    if line.lstrip()[:1] not in (b"{", b"["):
        yield from _csv(rest, number)
    elif line.lstrip()[:1] == b"{" and _is_document(line):
        yield from _ndjson(rest)
    else:
        yield from _document(b"".join(part for _, part in rest), number)


def _is_document(line: bytes) -> bool:
    """Whether a line is a whole JSON document; a line that only opens one belongs to a longer document."""
    try:
        json.loads(line)
    except InvalidDocument:
        return line.rstrip().endswith(b"}")
    return True


def _ndjson(lines: Iterator[tuple[int, bytes]]) -> Iterator[Row | BadRow]:
    for number, line in lines:
        if line.strip():
            try:
                yield _row(number, json.loads(line))
            except InvalidDocument as error:
                yield BadRow(number, error)


def _document(data: bytes, line: int) -> Iterator[Row | BadRow]:
    try:
        document = json.loads(data)
    except InvalidDocument as error:
        yield BadRow(line, error)
        return
    for item in document if isinstance(document, list) else [document]:
        yield _row(line, item)


def _row(line: int, data: Any) -> Row | BadRow:
    return Row(line, data) if isinstance(data, dict) else BadRow(line, InvalidDocument("row_no_object", line=line))


def _csv(lines: Iterator[tuple[int, bytes]], first: int) -> Iterator[Row | BadRow]:
    csv.field_size_limit(FIELD_LIMIT)
    try:
        reader = csv.DictReader((text.decode("utf-8") for _, text in lines), strict=True)
        header = reader.fieldnames or []
        if len(header) < 2 and not any(name and name.endswith("_id") for name in header):
            yield BadRow(first, InvalidDocument("file_unknown", line=first))
            return
        for data in reader:
            number = first - 1 + reader.line_num
            if None in data:
                yield BadRow(number, InvalidDocument("row_too_long", line=number))
            else:
                yield Row(number, {k: v for k, v in data.items() if v not in (None, "")})
    except UnicodeDecodeError:
        yield BadRow(first, InvalidDocument("file_encoding", line=first))
    except csv.Error as error:
        yield BadRow(first, InvalidDocument("file_csv", line=first, detail=error))
