"""SQLite's file format, as far as we read it ourselves (https://sqlite.org/fileformat2.html). Nothing a file says of
itself is believed beyond what it can hold."""

import struct
from collections.abc import Iterator
from typing import Any

HEAD = b"SQLite format 3\x00"
VERSION_AT = 60  # user_version in the header
PAGE = 4096  # bytes: SQLite's default, which our databases have; asked of the header and the log first
LEAF, FIRST = 0x0D, 100  # the kind of a table's leaf page; where the first page begins behind the header
COLUMNS = 64  # of a row; our tables have fewer
WAL_HEAD, FRAME = 32, 24
WIDTHS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}  # bytes, by serial type; 8 and 9 are 0 and 1


def page_size(head: bytes, wal: bytes) -> int:
    said = int.from_bytes(head[16:18]) if head.startswith(HEAD) else int.from_bytes(wal[8:12])
    size = 65536 if said == 1 else said
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else PAGE


def frames(log: bytes, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """(page number, its bytes, whether a commit ends here) of the log's present round, in order
    (https://sqlite.org/fileformat2.html#walformat)."""
    for at in range(WAL_HEAD, len(log) - FRAME - size + 1, FRAME + size):
        number, commit = struct.unpack(">II", log[at : at + 8])
        if log[at + 8 : at + 16] != log[16:24]:  # of an earlier round
            return
        yield number, log[at + FRAME : at + FRAME + size], commit > 0


def committed(log: bytes, size: int) -> Iterator[list[tuple[int, bytes]]]:
    """The pages of each commit that the log holds whole."""
    pages: list[tuple[int, bytes]] = []
    for number, page, ends in frames(log, size):
        pages.append((number, page))
        if ends:
            yield pages
            pages = []


def only_row(page: bytes) -> list[Any] | None:
    """The values of the only row of a leaf page; None: it is none, or has others."""
    if len(page) < 12 or page[0] != LEAF or page[3:5] != b"\x00\x01":
        return None
    try:
        length, at = varint(page, int.from_bytes(page[8:10]))
        rowid, at = varint(page, at)
        return row_values(page[at : at + length], rowid)
    except (IndexError, ValueError, struct.error):
        return None


def varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(at, at + 8):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    return number << 8 | data[at + 8], at + 9


def row_values(payload: bytes, rowid: int) -> list[Any]:
    """The columns of a record; the first one, if it is the row's own number, is not stored twice."""
    end, at = varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = varint(payload, at)
        kinds.append(kind)
        if len(kinds) > COLUMNS:
            raise ValueError
    values = []
    for kind in kinds:
        value, at = _value(kind, payload, at)
        values.append(value)
    return [rowid, *values[1:]] if values and values[0] is None else values


def _value(kind: int, payload: bytes, at: int) -> tuple[Any, int]:
    if kind in (10, 11):
        raise ValueError
    width = WIDTHS[kind] if kind < 12 else (kind - 12) // 2
    part = payload[at : at + width]
    if len(part) < width:
        raise ValueError
    return _meant(kind, part), at + width


def _meant(kind: int, part: bytes) -> Any:
    if kind == 0:
        return None
    if kind == 7:
        return struct.unpack(">d", part)[0]
    if kind < 10:
        return kind - 8 if kind > 7 else int.from_bytes(part, signed=True)
    return part.decode() if kind % 2 else part
