"""Databases that somebody else made (fault H7): opening, looking at and salvaging one ends, and runs nothing of it."""

import random
import sqlite3
import struct
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.store.place import DATABASE
from fhirdesk.store.salvage import Salvage
from tests.store.test_damage import filled

SECONDS = 10.0  # on a machine that does other things too; the cases took minutes, or for ever


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


@pytest.mark.parametrize("log", WRECKS)
@pytest.mark.parametrize("kind", WRECKS)
def test_H7_salvage_of_anything_ends(tmp_path: Path, kind: str, log: str) -> None:
    wreck = tmp_path / f"{DATABASE}.damaged"
    wreck.write_bytes(WRECKS[kind])
    wreck.with_name(f"{DATABASE}-wal.damaged").write_bytes(WRECKS[log])
    began = time.monotonic()
    found = Salvage.of(wreck)
    assert time.monotonic() - began < SECONDS and found.records == {}


@pytest.mark.parametrize("number", [0, 2, 10**6, 2**32 - 1])
def test_H7_a_log_that_names_a_page_beyond_the_file_is_not_believed(tmp_path: Path, number: int) -> None:
    filled(tmp_path)
    frame = struct.pack(">II", number, 1) + b"salt" * 2 + bytes(8) + b"\x0d" * 4096
    (tmp_path / f"{DATABASE}-wal").write_bytes(
        bytes(8) + struct.pack(">I", 4096) + bytes(4) + b"salt" * 2 + bytes(8) + frame
    )
    began = time.monotonic()
    found = Salvage.of(tmp_path / DATABASE)
    assert time.monotonic() - began < SECONDS and len(found.records) == 8


def test_H7_salvage_runs_no_statement_of_the_file(tmp_path: Path) -> None:
    filled(tmp_path)
    told = f"ATTACH DATABASE '{tmp_path / 'made by the wreck'}' AS x"
    with closing(sqlite3.connect(tmp_path / DATABASE)) as made, made:
        made.execute("PRAGMA writable_schema = ON")
        made.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'record'", (told,))
    assert len(Salvage.of(tmp_path / DATABASE).records) == 8
    assert not (tmp_path / "made by the wreck").exists()
