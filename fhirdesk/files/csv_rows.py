"""CSV in, as spreadsheets and databases write it: a header of field names, then rows of as many cells (RFC 4180)."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files.row import BadRow, Row
from fhirdesk.files.streams import Lines, is_blank

MOST_CELL = 16 * 1024 * 1024  # characters in one cell
SEPARATORS = (",", ";", "\t", "|")
PADDING = "\x00\x1a"  # what old programs fill up with
_SEP = re.compile(r'"?sep=(?P<separator>\\t|.)"?\s*', re.IGNORECASE)  # Excel's own first line
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how Excel is told that digits are a text


def csv_rows(lines: Lines) -> Iterator[Row | BadRow]:
    """Yields the rows below the header, each with the line that it begins on."""
    csv.field_size_limit(MOST_CELL)
    tracker = _LineTracker(chain(lines))
    try:
        separator = tracker.separator()
        reader = csv.reader(tracker, delimiter=separator, strict=True)
        header = [_trim(name) for name in next(reader, ())]
        _check_header(header, tracker.line)
    except (InvalidDocument, csv.Error) as error:
        yield BadRow(tracker.line, _to_invalid_document(error, tracker.line))
        return
    while True:
        tracker.next_row()
        try:
            row = _row(header, next(reader), tracker.line)
            if row:
                yield Row(tracker.line, row, is_table=True)
        except StopIteration:
            return
        except (InvalidDocument, csv.Error) as error:
            yield BadRow(tracker.line, _to_invalid_document(error, tracker.line))


def _check_header(header: list[str], line: int) -> None:
    if not any(header):  # Excel's first line alone
        raise InvalidDocument("file_unknown", line=line)
    twice = [name for name, count in Counter(n for n in header if n).items() if count > 1]
    if twice:
        raise InvalidDocument("header_twice", line=line, field=twice[0])


def _row(header: list[str], cells: list[str], line: int) -> dict[str, str] | None:
    """Returns the cells by their columns, or None for an empty row or a repeated header. Raises InvalidDocument."""
    values = [_unguard(cell) for cell in cells]
    if not any(values) or [v.casefold() for v in values] == [name.casefold() for name in header]:
        return None
    while len(values) > len(header) and not values[-1]:
        values.pop()
    if len(values) != len(header):
        raise InvalidDocument("row_too_long" if len(values) > len(header) else "row_too_short", line=line)
    return {name: value for name, value in zip(header, values, strict=True) if name or value}


def _trim(cell: str) -> str:
    """Returns the cell without the blanks and the padding around it."""
    return cell.strip().strip(PADDING).strip()


def guard_cell(text: str) -> str:
    """Returns the text as a cell that no spreadsheet runs as a formula: with an apostrophe before it if needed."""
    return f"'{text}" if _may_run(text) else text


def _unguard(cell: str) -> str:
    """Returns the content of a cell, without the guard against formulas and without Excel's ="…" around digits."""
    if cell.startswith("'") and _may_run(cell):
        return _trim(cell[1:])
    as_text = _AS_TEXT.fullmatch(trimmed := _trim(cell))
    return as_text[1].replace('""', '"') if as_text else trimmed


def _may_run(cell: str) -> bool:
    """Whether a spreadsheet may run the cell as a formula, now or without its apostrophe. Full-width signs and
    invisible characters before them count."""
    if cell[:1].isalnum():
        return False
    cell = cell.lstrip("'")
    first_visible = next((sign for sign in cell if unicodedata.category(sign)[0] not in "ZC"), "")
    return cell.startswith(("\t", "\r", "\n")) or unicodedata.normalize("NFKC", first_visible).startswith(
        ("=", "+", "-", "@")
    )


def _to_invalid_document(error: InvalidDocument | csv.Error, line: int) -> InvalidDocument:
    """Returns the error of the CSV reader as one with a message of ours."""
    if isinstance(error, InvalidDocument):
        return error
    code = (
        "cell_too_long" if "field limit" in str(error) else "row_line_end" if "new-line" in str(error) else "file_csv"
    )
    return InvalidDocument(code, line=line)


def _separator_of(header: str, line: int) -> str:
    """Returns the separator that gives the most field names. Raises InvalidDocument if none of them is a key."""
    best = max(SEPARATORS, key=lambda separator: len(_names(header, separator)))
    if not any(name.casefold().endswith("_id") for name in _names(header, best)):
        raise InvalidDocument("file_unknown", line=line)
    return best


def _names(header: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([header], delimiter=separator), [])
    except csv.Error:
        return []
    return [name for cell in cells if _NAME.fullmatch(name := _trim(cell))]


class _LineTracker:
    """Gives lines to the CSV reader, and knows on which line its row began."""

    def __init__(self, lines: Iterator[tuple[int, bytes]]):
        self._lines, self._fresh = lines, True
        self.line = 0

    def separator(self) -> str:
        """Returns the separator, from Excel's sep= line or from the header. Raises InvalidDocument."""
        for number, text in self._lines:
            self.line = number
            if is_blank(text):
                continue
            declared = _SEP.fullmatch(_decode(text, number))
            if declared:
                return "\t" if declared["separator"] == "\\t" else declared["separator"]
            self._lines = chain([(number, text)], self._lines)
            return _separator_of(_decode(text, number), number)
        raise InvalidDocument("file_unknown", line=self.line)

    def next_row(self) -> None:
        """Tells that the next line begins a row."""
        self._fresh = True

    def __iter__(self) -> Iterator[str]:
        for number, text in self._lines:
            if self._fresh:
                self.line, self._fresh = number, False
            yield _decode(text, number)


def _decode(text: bytes, line: int) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:  # the file has changed since it was judged
        raise InvalidDocument("file_encoding", line=line) from None
