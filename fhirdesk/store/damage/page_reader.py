"""Reads rows out of the leaf pages of a damaged database, whatever became of its header, trees and free list (B7).

A table's rows lie in its leaf pages, each complete but for its overflow pages
(https://sqlite.org/fileformat2.html#b_tree_pages). Pages in the write-ahead log are newer than the file's. Nothing is
written, no SQL of the file is run, and no number in it is believed beyond what the file could hold, so that reading a
forged, endless file comes to an end (fault H7).
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
from fhirdesk.store.schema import checksums, tables
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.sqlite.engine import LARGEST
from fhirdesk.store.sqlite.pages import FIRST, LEAF, detect_page_size, parse_row, parse_varint, read_commits

OVERFLOW_READS = 8  # times that one overflow page is read at most: older states of a row share its pages
LAYOUTS = 8  # of one table, at most: a forged file could define many
SCHEMA_PAGES = 64  # the tables were created first, so their definitions lie at the front
OLD_RECORD = (  # columns of a record in files from before version 13 of the tables, which know no profiles
    "id", "type", "key", "fields", "base", "links", "patient_key", "created_at", "updated_at", "sum", "deleted_at",
    "gone_at", "said",
)  # fmt: skip
CHECKSUMMED = {"record": checksums.RECORD, "resource_map": checksums.MAPPING, "queue_entry": checksums.ENTRY}
TABLES = {t.name: t for t in (tables.record, tables.resource_map, tables.queue_entry, tables.attempt, tables.audit)}
STORED: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bytes: (bytes,),
}  # SQLite stores a float without a fraction as an integer

Layout = tuple[str, ...]  # the columns of a table, in a file's order


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of a table. `is_intact` tells whether its checksum matches; None when its table has no checksums."""

    table: str
    row: Any
    is_intact: bool | None


def read_rows(database: Path) -> Iterator[PageRow]:
    """Yield every readable row, older states of a row in freed pages included. A record from before there were profiles
    has no attribute `profile`."""
    with _Pages(database) as pages:
        layouts = _read_layouts(pages)
        for values in pages.rows():
            yield from _match_tables(values, layouts)


def _match_tables(values: list[Any], layouts: Mapping[str, Sequence[Layout]]) -> Iterator[PageRow]:
    """Yield the row for each table that it could belong to by the number and types of its values: in the layout that
    its checksum proves, else in the first that is possible."""
    for name, possible in layouts.items():
        rows = [row for layout in possible if (row := _match(name, layout, values))]
        if rows:
            yield next((row for row in rows if row.is_intact), rows[0])


def _match(name: str, layout: Layout, values: list[Any]) -> PageRow | None:
    """Return the values as a row of a table, what they lack being None; None when they cannot be one."""
    table, nobody = TABLES[name], name == "record" and "profile" not in layout
    fields = {c.name: None for c in table.columns if c.name != "profile" or not nobody}
    fields |= dict(zip(layout, values, strict=False))  # older rows lack the newest columns
    if len(values) > len(layout) or not all(_has_type(table.c[n], value) for n, value in fields.items()):
        return None
    row, summed = SimpleNamespace(**fields), tuple(n for n in CHECKSUMMED.get(name, ()) if n in fields)
    return PageRow(name, row, _is_intact(row, summed) if summed else None)


def _is_intact(row: Any, columns: tuple[str, ...]) -> bool:
    """True when the checksum matches, also one that an older version of the program wrote."""
    return checksums.is_intact(row, columns) or checksums.was_intact(row, columns)


def _has_type(column: Column[Any], value: Any) -> bool:
    return bool(column.nullable) if value is None else isinstance(value, STORED[column.type.python_type])


def _read_layouts(pages: "_Pages") -> dict[str, list[Layout]]:
    """Return the possible columns of each table, in their order: ours, those of older versions, and those that a
    definition in the file names. Freed pages hold definitions, too, that count no more."""
    layouts: dict[str, list[Layout]] = {name: [tuple(t.columns.keys())] for name, t in TABLES.items()}
    layouts["record"].append(OLD_RECORD)
    for values in pages.rows(SCHEMA_PAGES):
        if len(values) == 5 and values[0] == "table" and values[1] in layouts and isinstance(values[4], str):
            names = _parse_columns(values[4], {*TABLES[values[1]].columns.keys()})
            if names and names not in layouts[values[1]] and len(layouts[values[1]]) < LAYOUTS:
                layouts[values[1]].append(names)
    return layouts


def _parse_columns(statement: str, known: set[str]) -> Layout:
    """Return the known columns that a CREATE TABLE statement names, in order: the first word of each part."""
    words = re.findall(r'(?:^|[(,])\s*"?(\w+)"?', statement.partition("(")[2][: LARGEST // 1024])
    return tuple(dict.fromkeys(word for word in words if word in known))


class _Pages:
    """The pages of the file; a page that is also in the log is taken from there."""

    def __init__(self, path: Path):
        self._file = os.fdopen(open_plain(path), "rb")
        size = os.fstat(self._file.fileno()).st_size
        self._bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        log = path.with_name(path.name.replace(DATABASE, f"{DATABASE}-wal", 1))
        wal = _read_bytes(log) if log != path and log.exists() else b""
        self.size = detect_page_size(self._bytes[:FIRST], wal)
        most = (len(self._bytes) + len(wal)) // self.size  # pages that both together can hold
        self._newer = {n: page for pages in read_commits(wal, self.size) for n, page in pages if n <= most}
        self.count = max([len(self._bytes) // self.size, *self._newer])
        self._overflow_reads: Counter[int] = Counter()

    def __enter__(self) -> "_Pages":
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._bytes, mmap.mmap):
            self._bytes.close()
        self._file.close()

    def page(self, number: int) -> bytes:
        """Return the bytes of a page; fewer at the end of the file."""
        return self._newer.get(number) or self._bytes[(number - 1) * self.size : number * self.size]

    def rows(self, most: int | None = None) -> Iterator[list[Any]]:
        """Yield the values of each row of each leaf page, of the first `most` pages."""
        for number in range(1, min(self.count, most or self.count) + 1):
            page, start = self.page(number), FIRST if number == 1 else 0
            if len(page) == self.size and page[start] == LEAF:
                yield from self._cells(page, start)

    def _cells(self, page: bytes, start: int) -> Iterator[list[Any]]:
        """Yield the rows of a leaf page. Cells do not overlap, so reading ends once they have used up the page."""
        remaining = self.size
        for pointer in range(start + 8, start + 8 + 2 * int.from_bytes(page[start + 3 : start + 5]), 2):
            at = int.from_bytes(page[pointer : pointer + 2])
            with suppress(IndexError, ValueError, struct.error):
                remaining -= min(max(parse_varint(page, at)[0], 4), self.size // 8)
                yield self._cell(page, at)
            if remaining < 0:
                return

    def _cell(self, page: bytes, at: int) -> list[Any]:
        length, at = parse_varint(page, at)
        rowid, at = parse_varint(page, at)
        return parse_row(self._payload(page, at, length), rowid)

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        """Return a row's bytes: those in its page, followed by those in its overflow pages. Raises ValueError."""
        if length > min(LARGEST, self.count * self.size):
            raise ValueError
        if length <= self.size - 35:
            return page[at : at + length]
        least = (self.size - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.size - 4)
        local = local if local <= self.size - 35 else least
        parts, remaining = [page[at : at + local]], length - local
        number = int.from_bytes(page[at + local : at + local + 4])
        while remaining > 0:
            overflow = self.page(number) if 0 < number <= self.count else b""
            self._overflow_reads[number] += 1
            if len(overflow) < self.size or self._overflow_reads[number] > OVERFLOW_READS:
                raise ValueError
            parts.append(overflow[4 : 4 + remaining])
            remaining, number = remaining - (self.size - 4), int.from_bytes(overflow[:4])
        return b"".join(parts)


def _read_bytes(path: Path) -> bytes:
    with os.fdopen(open_plain(path), "rb") as file:
        return file.read()
