"""Databases that somebody else made (fault H7): opening, looking at and salvaging one ends, and runs nothing of it."""

import random
import sqlite3
import struct
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import DataFolderError, FhirDeskError, StoreError
from fhirdesk.store.damage import integrity_check as verify_room
from fhirdesk.store.damage.integrity_check import verify
from fhirdesk.store.damage.salvage import Salvage
from fhirdesk.store.database import opening
from fhirdesk.store.schema import checksums
from fhirdesk.store.sqlite import engine
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.sqlite.side_file import SIDE
from fhirdesk.sync.operator.salvage import salvage
from tests.marks import fault
from tests.store.test_damage import filled, opened

SECONDS = 30.0  # on a machine that does other things too; the cases took minutes, or for ever


def leaf(cells: int, at: Callable[[int], int], cell: bytes) -> bytes:
    """A leaf page with so many pointers, all into copies of one cell."""
    page = bytearray(4096)
    page[0:8] = b"\x0d\x00\x00" + struct.pack(">H", cells) + b"\x00\x00\x00"
    page[-len(cell) :] = cell
    for n in range(cells):
        page[8 + 2 * n : 10 + 2 * n] = struct.pack(">H", at(n))
    return bytes(page)


def varint(number: int) -> bytes:
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


def endless_chain(pages: int) -> bytes:
    """Every cell claims megabytes, in an overflow page that follows itself."""
    cell = varint(pages * 4096 - 9) + b"\x01" + bytes(3800)[:439] + struct.pack(">I", 1)
    return leaf(1500, lambda _: 4096 - len(cell), cell) * pages


def wide_rows(pages: int) -> bytes:
    """Every cell claims thousands of columns."""
    cell = varint(2000) + b"\x01" + varint(1990) + bytes(2000)
    return leaf(900, lambda n: 4096 - len(cell), cell) * pages


WRECKS: dict[str, bytes] = {
    "0xff": b"\xff" * 50_000,
    "0x0d": b"\x0d" * 50_000,
    "zeros": bytes(50_000),
    "noise": random.Random(7).randbytes(50_000),
    "a chain without end": endless_chain(64),
    "rows without end": wide_rows(64),
}


@fault("H7")
@pytest.mark.parametrize("log", WRECKS)
@pytest.mark.parametrize("kind", WRECKS)
def test_salvage_of_anything_ends(tmp_path: Path, kind: str, log: str) -> None:
    wreck = tmp_path / f"{DATABASE}.damaged"
    wreck.write_bytes(WRECKS[kind])
    wreck.with_name(f"{DATABASE}-wal.damaged").write_bytes(WRECKS[log])
    began = time.monotonic()
    found = Salvage.read(wreck, "default")
    assert time.monotonic() - began < SECONDS and found.records == {}


@fault("H7")
@pytest.mark.parametrize("number", [0, 2, 10**6, 2**32 - 1])
def test_a_log_that_names_a_page_beyond_the_file_is_not_believed(tmp_path: Path, number: int) -> None:
    filled(tmp_path)
    frame = struct.pack(">II", number, 1) + b"salt" * 2 + bytes(8) + b"\x0d" * 4096
    (tmp_path / f"{DATABASE}-wal").write_bytes(
        bytes(8) + struct.pack(">I", 4096) + bytes(4) + b"salt" * 2 + bytes(8) + frame
    )
    began = time.monotonic()
    found = Salvage.read(tmp_path / DATABASE, "default")
    assert time.monotonic() - began < SECONDS and len(found.records) == 8


@fault("H7")
def test_salvage_runs_no_statement_of_the_file(tmp_path: Path) -> None:
    filled(tmp_path)
    told = f"ATTACH DATABASE '{tmp_path / 'made by the wreck'}' AS x"
    with closing(sqlite3.connect(tmp_path / DATABASE)) as made, made:
        made.execute("PRAGMA writable_schema = ON")
        made.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'record'", (told,))
    assert len(Salvage.read(tmp_path / DATABASE, "default").records) == 8
    assert not (tmp_path / "made by the wreck").exists()


# -- opened and verified

ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
DROPS = f"BEGIN DELETE FROM audit WHERE seq IN ({ENDLESS} SELECT n FROM c); END"
MADE: dict[str, list[str]] = {
    "a view without end": ["DROP TABLE record", f"CREATE VIEW record AS {ENDLESS} SELECT n AS id FROM c"],
    "a view for the state": ["DROP TABLE store_state", f"CREATE VIEW store_state AS {ENDLESS} SELECT n, n, n FROM c"],
    "a trigger of theirs": [f"CREATE TRIGGER t AFTER UPDATE ON store_state {DROPS}"],
    "a check": ["CREATE TABLE more (a CHECK (length(hex(zeroblob(500000000))) > 0))"],
    "a computed column": ["CREATE TABLE more (a, b AS (length(hex(zeroblob(500000000)))))"],
    "another search": ["CREATE VIRTUAL TABLE more USING fts5(a)"],
    "the search replaced": ["DROP TABLE patient_search", "CREATE VIRTUAL TABLE patient_search USING rtree(a, b, c)"],
}


@fault("H7")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("what", MADE)
def test_a_database_that_runs_what_is_not_ours_is_not_used(tmp_path: Path, what: str, noted: bool) -> None:
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as made, made:
        for statement in MADE[what]:
            made.execute(statement)
    if not noted:
        (tmp_path / SIDE).unlink()
    before = (tmp_path / DATABASE).read_bytes()
    began = time.monotonic()
    assert [f.code for f in verify(tmp_path, "default")] == ["store_strange"]
    with pytest.raises(DataFolderError):
        opening.accept(tmp_path / DATABASE, 0.0, profile="default")
    assert time.monotonic() - began < SECONDS and (tmp_path / DATABASE).read_bytes() == before


@fault("H7")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", ["an index", "a huge value", "page loops"])
def test_verify_ends_whatever_the_tables_hold(tmp_path: Path, what: str) -> None:
    filled(tmp_path)
    (tmp_path / SIDE).unlink()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as made, made:
        if what == "an index":
            made.execute("CREATE INDEX more ON record (length(hex(zeroblob(length(fields) * 1000))))")
        elif what == "a huge value":
            made.execute("UPDATE record SET fields = zeroblob(200000000) WHERE key = 'P-3'")
    if what == "page loops":  # each inner page of a tree points at itself
        data = bytearray((tmp_path / DATABASE).read_bytes())
        for at in range(4096, len(data), 4096):
            if data[at] in (2, 5):
                data[at + 8 : at + 12] = struct.pack(">I", at // 4096 + 1)
        (tmp_path / DATABASE).write_bytes(data)
    began = time.monotonic()
    try:
        found = {f.code for f in verify(tmp_path, "default")}
    except FhirDeskError as error:
        found = {error.code}
    assert time.monotonic() - began < 30
    assert found <= {"verify_pages", "row_damaged", "store_too_large", "store_damaged"}, found


@fault("H7")
def test_what_takes_longer_than_its_size_needs_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    monkeypatch.setattr(engine, "STEPS", 1)
    monkeypatch.setattr(verify_room, "PATIENCE", -1e9)
    with pytest.raises(StoreError) as said:
        verify(tmp_path, "default")
    assert said.value.code == "store_endless"


@fault("H7")
def test_rows_with_the_right_sums_and_nonsense_in_them_are_named_as_lost(tmp_path: Path) -> None:
    """Whoever makes a database can make its sums, too."""
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as made, made:
        made.row_factory = sqlite3.Row
        for table, columns, nonsense in (
            ("record", checksums.RECORD, b"[" * 100_000),
            ("record", checksums.RECORD, b'"no fields"'),
            ("queue_entry", checksums.ENTRY, b"[1]"),
        ):
            column = "fields" if table == "record" else "record"
            key = {"record": {b"[": "P-1", b'"': "P-2"}.get(nonsense[:1], ""), "queue_entry": "P-3"}[table]
            row = dict(made.execute(f"SELECT * FROM {table} WHERE key = ?", (key,)).fetchone()) | {column: nonsense}
            total = checksums.compute(tuple(row[c] for c in columns))
            made.execute(f"UPDATE {table} SET {column} = ?, sum = ? WHERE key = ?", (nonsense, total, key))
    (moved, *_) = opening.start_over(tmp_path / DATABASE, 1_790_000_000.0)
    store = opened(tmp_path)
    done = salvage(store, Mapper(), Clock(), moved)
    store.close()
    assert {key for _, key in done.lost} >= {"P-1", "P-2"} and done.records == 6
