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

from fhirdesk.core.private_files import open_plain
from fhirdesk.store.damage.pages import FIRST, LEAF, committed, page_size, row_values, varint
from fhirdesk.store.schema import checksums, tables
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.sqlite.engine import LARGEST

FOLLOWED = 8  # times that one page is read as what overflows: older states of a row share its pages
SCHEMA_PAGES = 64  # the tables were made first: their definitions lie at the front
SUMMED = {"record": checksums.RECORD, "resource_map": checksums.MAPPED, "queue_entry": checksums.ENTRY}
TABLES = {t.name: t for t in (tables.record, tables.resource_map, tables.queue_entry, tables.attempt, tables.audit)}
STORED: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bytes: (bytes,),
}  # a whole float lies there as a whole number


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row as its table has it. `whole`: its sum says so; None: its table keeps no sums."""

    table: str
    row: Any
    whole: bool | None


def read_rows(database: Path) -> Iterator[PageRow]:
    """Every row that can be made out, also older states of one that lie in pages given free."""
    with _Pages(database) as pages:
        columns = _columns(pages)
        for values in pages.rows():
            yield from _read(values, columns)


def _read(values: list[Any], columns: Mapping[str, Sequence[str]]) -> Iterator[PageRow]:
    for name, names in columns.items():
        row = dict.fromkeys(names) | dict(zip(names, values, strict=False))  # one from before a column came ends early
        if len(values) <= len(names) and all(_fits(TABLES[name].c[n], value) for n, value in row.items()):
            found = SimpleNamespace(**row)
            whole = found.sum is not None and checksums.whole(found, SUMMED[name]) if name in SUMMED else None
            yield PageRow(name, found, whole)


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
        self.size = page_size(self._bytes[:FIRST], wal)
        most = (len(self._bytes) + len(wal)) // self.size  # pages that both together can hold
        self._newer = {n: page for pages in committed(wal, self.size) for n, page in pages if n <= most}
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
                left -= min(max(varint(page, at)[0], 4), self.size // 8)
                yield self._cell(page, at)
            if left < 0:
                return

    def _cell(self, page: bytes, at: int) -> list[Any]:
        length, at = varint(page, at)
        rowid, at = varint(page, at)
        return row_values(self._payload(page, at, length), rowid)

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
