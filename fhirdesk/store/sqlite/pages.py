"""SQLite's file format, as far as we read it ourselves (https://sqlite.org/fileformat2.html). No number in a file is
believed beyond what the file could hold."""

import struct
from collections.abc import Iterator
from typing import Any

HEAD = b"SQLite format 3\x00"
VERSION_AT = 60  # user_version in the header
PAGE = 4096  # bytes: SQLite's default, used when neither the header nor the log tells
LEAF, FIRST = 0x0D, 100  # type of a table's leaf page; offset in the first page, behind the file's header
COLUMNS = 64  # the most that a row may have; our tables have fewer
WAL_HEAD, FRAME = 32, 24
WIDTHS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}  # bytes, by serial type; 8 and 9 are 0 and 1


def detect_page_size(head: bytes, wal: bytes) -> int:
    """Read the page size from the file's header, else from the log's; PAGE when it is not a possible one."""
    number = int.from_bytes(head[16:18]) if head.startswith(HEAD) else int.from_bytes(wal[8:12])
    size = 65536 if number == 1 else number
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else PAGE


def read_frames(log: bytes, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield (page number, bytes, whether a commit ends here) of the log's frames, in order
    (https://sqlite.org/fileformat2.html#walformat)."""
    for at in range(WAL_HEAD, len(log) - FRAME - size + 1, FRAME + size):
        number, commit = struct.unpack(">II", log[at : at + 8])
        if log[at + 8 : at + 16] != log[16:24]:  # left from before the log was last restarted
            return
        yield number, log[at + FRAME : at + FRAME + size], commit > 0


def read_commits(log: bytes, size: int) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the pages (number, bytes) of each complete commit in the log."""
    pages: list[tuple[int, bytes]] = []
    for number, page, ends in read_frames(log, size):
        pages.append((number, page))
        if ends:
            yield pages
            pages = []


def parse_only_row(page: bytes) -> list[Any] | None:
    """Return the values of a leaf page's only row; None when the page is no leaf, or has another number of rows."""
    if len(page) < 12 or page[0] != LEAF or page[3:5] != b"\x00\x01":
        return None
    try:
        length, at = parse_varint(page, int.from_bytes(page[8:10]))
        rowid, at = parse_varint(page, at)
        return parse_row(page[at : at + length], rowid)
    except (IndexError, ValueError, struct.error):
        return None


def parse_varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a variable-length integer; returns it and the offset behind it. Raises IndexError."""
    number = 0
    for offset in range(at, at + 8):
        number = number << 7 | data[offset] & 0x7F
        if data[offset] < 0x80:
            return number, offset + 1
    return number << 8 | data[at + 8], at + 9


def parse_row(payload: bytes, rowid: int) -> list[Any]:
    """Return the column values of a row. A first column that is the rowid is stored as NULL, and is filled in here.
    Raises ValueError, IndexError, struct.error."""
    end, at = parse_varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = parse_varint(payload, at)
        kinds.append(kind)
        if len(kinds) > COLUMNS:
            raise ValueError
    values = []
    for kind in kinds:
        value, at = _parse_value(kind, payload, at)
        values.append(value)
    return [rowid, *values[1:]] if values and values[0] is None else values


def _parse_value(kind: int, payload: bytes, at: int) -> tuple[Any, int]:
    if kind in (10, 11):
        raise ValueError
    width = WIDTHS[kind] if kind < 12 else (kind - 12) // 2
    part = payload[at : at + width]
    if len(part) < width:
        raise ValueError
    return _decode(kind, part), at + width


def _decode(kind: int, part: bytes) -> Any:
    if kind == 0:
        return None
    if kind == 7:
        return struct.unpack(">d", part)[0]
    if kind < 10:
        return kind - 8 if kind > 7 else int.from_bytes(part, signed=True)
    return part.decode() if kind % 2 else part
