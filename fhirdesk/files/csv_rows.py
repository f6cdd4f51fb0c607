"""CSV in: a header of field names, then rows of as many cells (RFC 4180); an empty cell clears."""

import csv
import re
from collections import Counter
from collections.abc import Iterator

from fhirdesk.errors import InvalidDocument
from fhirdesk.files.row import BadRow, Row

MOST_CELL = 16 * 1024 * 1024  # characters in one cell
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet would run, or such a cell guarded
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NOT_UTF8 = re.compile(r"[\udc80-\udcff]")


def csv_rows(lines: Iterator[tuple[int, bytes]]) -> Iterator[Row | BadRow]:
    """The rows below the header, each with the line it begins on."""
    csv.field_size_limit(MOST_CELL)
    place = _Place(lines)
    reader = csv.reader(place, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
        _check_header(header, place.line)
    except (InvalidDocument, csv.Error) as error:
        yield BadRow(place.line, _ours(error, place.line))
        return
    while True:
        place.next_row()
        try:
            cells = next(reader)
            if cells:
                yield Row(place.line, _row(header, cells, place.line), is_table=True)
        except StopIteration:
            return
        except (InvalidDocument, csv.Error) as error:
            yield BadRow(place.line, _ours(error, place.line))


def _check_header(header: list[str], line: int) -> None:
    twice = [name for name, count in Counter(n for n in header if n).items() if count > 1]
    if not any(n.endswith("_id") for n in header) or not all(_NAME.fullmatch(n) for n in header if n):
        raise InvalidDocument("file_unknown", line=line)
    if twice:
        raise InvalidDocument("header_twice", line=line, field=twice[0])


def _row(header: list[str], cells: list[str], line: int) -> dict[str, str]:
    if len(cells) != len(header):
        raise InvalidDocument("row_too_long" if len(cells) > len(header) else "row_too_short", line=line)
    if any(_NOT_UTF8.search(cell) for cell in cells):
        raise InvalidDocument("row_encoding", line=line)
    return {name: _unguarded(cell) for name, cell in zip(header, cells, strict=True) if name or cell}


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def _ours(error: InvalidDocument | csv.Error, line: int) -> InvalidDocument:
    return error if isinstance(error, InvalidDocument) else InvalidDocument("file_csv", line=line, detail=error)


class _Place:
    """Lines for the reader, and where its row began."""

    def __init__(self, lines: Iterator[tuple[int, bytes]]):
        self._lines, self._fresh = lines, True
        self.line = 0

    def next_row(self) -> None:
        """The next line begins a row."""
        self._fresh = True

    def __iter__(self) -> Iterator[str]:
        for number, text in self._lines:
            if self._fresh:
                self.line, self._fresh = number, False
            yield text.decode("utf-8", "surrogateescape")
