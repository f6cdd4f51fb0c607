"""Rows read out of the leaf pages of a damaged database, whatever became of its header, trees and free list (fault B7).

https://sqlite.org/fileformat2.html#b_tree_pages: a table's rows lie in its leaf pages, each whole in itself but for
what overflows. Pages that a log (-wal) holds are newer than the file's. Nothing is written, and nothing that the file
says is done: no statement of its is run, and no number of its is believed beyond what the file itself could hold, so
that a file made to be endless ends (fault H7).
"""

import mmap
import os
import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Column

from fhirdesk.private_files import open_plain
from fhirdesk.store import sums, tables
from fhirdesk.store.guard import HEAD
from fhirdesk.store.place import DATABASE

PAGE = 4096  # bytes: SQLite's default, which our databases have; asked of the header and the log first
LEAF, FIRST = 0x0D, 100  # the kind of a table's leaf page; where the first page begins behind the header
LARGEST = 64 * 1024 * 1024  # bytes of a row
COLUMNS = 64  # of a row; our tables have fewer
FOLLOWED = 8  # times that one page is read as what overflows: older states of a row share its pages
SCHEMA_PAGES = 64  # the tables were made first: their definitions lie at the front
WAL_HEAD, FRAME = 32, 24
SUMMED = {"record": sums.RECORD, "resource_map": sums.MAPPED, "queue_entry": sums.ENTRY}
TABLES = {t.name: t for t in (tables.record, tables.resource_map, tables.queue_entry, tables.attempt, tables.audit)}
STORED: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bytes: (bytes,),
}  # a whole float lies there as a whole number
WIDTHS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}  # bytes, by serial type; 8 and 9 are 0 and 1


@dataclass(frozen=True, slots=True)
class Carved:
    """A row as its table has it. `whole`: its sum says so; None: its table keeps no sums."""

    table: str
    row: Any
    whole: bool | None


def carve(database: Path) -> Iterator[Carved]:
    """Every row that can be made out, also older states of one that lie in pages given free."""
    with _Pages(database) as pages:
        columns = _columns(pages)
        for values in pages.rows():
            yield from _read(values, columns)


def _read(values: list[Any], columns: Mapping[str, Sequence[str]]) -> Iterator[Carved]:
    for name, names in columns.items():
        row = dict.fromkeys(names) | dict(zip(names, values, strict=False))  # one from before a column came ends early
        if len(values) <= len(names) and all(_fits(TABLES[name].c[n], value) for n, value in row.items()):
            found = SimpleNamespace(**row)
            whole = found.sum is not None and sums.whole(found, SUMMED[name]) if name in SUMMED else None
            yield Carved(name, found, whole)


def _fits(column: Column[Any], value: Any) -> bool:
    return bool(column.nullable) if value is None else isinstance(value, STORED[column.type.python_type])


def _columns(pages: "_Pages") -> dict[str, list[str]]:
    """The columns of each table in the order of this file, as far as its definitions can be read."""
    found = {name: [c.name for c in t.columns] for name, t in TABLES.items()}
    for values in pages.rows(SCHEMA_PAGES):
        if len(values) == 5 and values[0] == "table" and values[1] in found and isinstance(values[4], str):
            names = _defined(values[4], {*found[values[1]]})
            found[values[1]] = names or found[values[1]]
    return found


def _defined(statement: str, known: set[str]) -> list[str]:
    """The columns that a CREATE TABLE of ours names, in order: the first word of each line or part."""
    words = re.findall(r'(?:^|[(,])\s*"?(\w+)"?', statement.partition("(")[2][: LARGEST // 1024])
    return list(dict.fromkeys(word for word in words if word in known))


class _Pages:
    """The pages of the file, those of its log over them."""

    def __init__(self, path: Path):
        self._file = os.fdopen(open_plain(path), "rb")
        size = os.fstat(self._file.fileno()).st_size
        self._bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        log = path.with_name(path.name.replace(DATABASE, f"{DATABASE}-wal", 1))
        wal = _all_of(log) if log != path and log.exists() else b""
        self.size = _page_size(self._bytes[:FIRST], wal)
        most = (len(self._bytes) + len(wal)) // self.size  # pages that both together can hold
        self._newer = {n: page for n, page in _committed(wal, self.size).items() if n <= most}
        self.count = max([len(self._bytes) // self.size, *self._newer])
        self._followed: Counter[int] = Counter()

    def __enter__(self) -> "_Pages":
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._bytes, mmap.mmap):
            self._bytes.close()
        self._file.close()

    def page(self, number: int) -> bytes:
        """Its bytes; fewer where the file ends."""
        return self._newer.get(number) or self._bytes[(number - 1) * self.size : number * self.size]

    def rows(self, most: int | None = None) -> Iterator[list[Any]]:
        """The values of each cell of each leaf."""
        for number in range(1, min(self.count, most or self.count) + 1):
            page, start = self.page(number), FIRST if number == 1 else 0
            if len(page) == self.size and page[start] == LEAF:
                yield from self._cells(page, start)

    def _cells(self, page: bytes, start: int) -> Iterator[list[Any]]:
        """Its rows. Cells do not overlap: they hold no more in all than the page has."""
        left = self.size
        for place in range(start + 8, start + 8 + 2 * int.from_bytes(page[start + 3 : start + 5]), 2):
            at = int.from_bytes(page[place : place + 2])
            with suppress(IndexError, ValueError, struct.error):
                left -= min(max(_varint(page, at)[0], 4), self.size // 8)
                yield self._cell(page, at)
            if left < 0:
                return

    def _cell(self, page: bytes, at: int) -> list[Any]:
        length, at = _varint(page, at)
        rowid, at = _varint(page, at)
        return _values(self._payload(page, at, length), rowid)

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        """What of a row lies in its page, and what overflows into others."""
        if length > min(LARGEST, self.count * self.size):
            raise ValueError
        if length <= self.size - 35:
            return page[at : at + length]
        least = (self.size - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.size - 4)
        local = local if local <= self.size - 35 else least
        parts, left = [page[at : at + local]], length - local
        following = int.from_bytes(page[at + local : at + local + 4])
        while left > 0:
            more = self.page(following) if 0 < following <= self.count else b""
            self._followed[following] += 1
            if len(more) < self.size or self._followed[following] > FOLLOWED:
                raise ValueError
            parts.append(more[4 : 4 + left])
            left, following = left - (self.size - 4), int.from_bytes(more[:4])
        return b"".join(parts)


def _all_of(path: Path) -> bytes:
    with os.fdopen(open_plain(path), "rb") as file:
        return file.read()


def _page_size(head: bytes, wal: bytes) -> int:
    said = int.from_bytes(head[16:18]) if head.startswith(HEAD) else int.from_bytes(wal[8:12])
    size = 65536 if said == 1 else said
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else PAGE


def _committed(wal: bytes, size: int) -> dict[int, bytes]:
    """The newest bytes of each page that a commit of this log holds (https://sqlite.org/fileformat2.html#walformat)."""
    held: dict[int, bytes] = {}
    open_: dict[int, bytes] = {}
    for at in range(WAL_HEAD, len(wal) - FRAME - size + 1, FRAME + size):
        number, commit = struct.unpack(">II", wal[at : at + 8])
        if wal[at + 8 : at + 16] != wal[16:24]:  # of an earlier round of the log
            break
        open_[number] = wal[at + FRAME : at + FRAME + size]
        if commit:
            held |= open_
            open_ = {}
    return held


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(at, at + 8):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    return number << 8 | data[at + 8], at + 9


def _values(payload: bytes, rowid: int) -> list[Any]:
    """The columns of a record; the first one, if it is the row's own number, is not stored twice."""
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
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
