"""Checksums tell a row from every other one, and a step from old sums to new ones blesses no damage (fault B6)."""

import sqlite3
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest

from fhirdesk.core.events import Events
from fhirdesk.store.damage.integrity_check import verify
from fhirdesk.store.damage.salvage import Salvage
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.schema import checksums
from tests.marks import fault
from tests.old_files import FIRST_ENTRY, create, insert, rows, unpack

ALIKE: tuple[tuple[str | bytes | int | float | None, ...], ...] = (
    ("ab", "c"), ("a", "bc"), ("abc", ""), ("abc", None), (b"ab", "c"), ("ab", b"c"), ("1", "2"), (1, 2), (1.0, 2.0),
    (12, None), (None, 12), ("", ""), (b"", b""), (None, None), ("가", "나"), ("가나", ""), (-1, 2), ("t\0", "\0"),
)  # fmt: skip


def test_values_that_differ_in_kind_or_in_length_have_other_sums() -> None:
    for one, other in combinations(ALIKE, 2):
        assert checksums.compute(one) != checksums.compute(other), (one, other)
    assert all(0 < checksums.compute(values) < 2**63 for values in ALIKE)


def test_a_sum_stays_what_it_is_while_its_version_is_one() -> None:
    values = ("P-1", b'{"a":"\xea\xb0\x80"}', None, 7, 1.5)
    assert checksums.compute(values).to_bytes(8).hex() == "0174fa3b653558f1"  # in databases that are there


HARM = {
    "a record": ("UPDATE record SET fields = replace(fields, '호지', '지호') WHERE key = 'P-2026-000001'", "patient"),
    "a mapping": ("UPDATE resource_map SET logical_id = '1' WHERE key = 'E-2026-000002'", "encounter"),
    "an entry": ("UPDATE queue_entry SET operation = 'delete' WHERE key = 'LR-2026-000003'", "lab_result"),
}


@fault("B6")
@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_row_of_an_older_version_is_damaged_still(tmp_path: Path, harm: str) -> None:
    database, (statement, type_) = unpack("v11", tmp_path / "data"), HARM[harm]
    with closing(sqlite3.connect(database)) as old, old:
        assert old.execute(statement).rowcount == 1
    for _ in range(2):
        (damage,) = verify(tmp_path / "data", "default")
        assert (damage.code, damage.params["type"]) == ("row_damaged", type_)


@fault("B6")
def test_a_text_that_is_none_stops_no_step(tmp_path: Path) -> None:
    database = unpack("v11", tmp_path / "data")
    with closing(sqlite3.connect(database)) as old, old:
        old.execute("UPDATE record SET patient_key = CAST(x'ff' AS TEXT) WHERE key = 'D-2026-000003'")
    SqliteStore.open(tmp_path / "data", "default", Events()).close()
    assert rows(database, "SELECT key FROM record WHERE sum = 0") == [("D-2026-000003",)]


@fault("B6")
def test_a_row_from_before_there_were_sums_has_one_from_now_on(tmp_path: Path) -> None:
    database = create(tmp_path, 5)
    insert(database, "queue_entry", **FIRST_ENTRY)
    SqliteStore.open(tmp_path, "default", Events()).close()
    assert verify(tmp_path, "default") == []
    with closing(sqlite3.connect(database)) as harmed, harmed:
        harmed.execute("UPDATE queue_entry SET type = 'order'")
    assert [damage.code for damage in verify(tmp_path, "default")] == ["row_damaged"]


@fault("B7")
def test_what_an_older_version_left_is_salvaged_as_it_was(tmp_path: Path) -> None:
    database = unpack("v11", tmp_path / "data")
    salvage = Salvage.read(database, "default")
    assert not salvage.damaged and not salvage.old_damaged and not salvage.damaged_requests
    kept = {(row.type, row.key): row.fields for row in salvage.live_records}
    assert kept == {
        (t, k): f for t, k, f in rows(database, "SELECT type, key, fields FROM record WHERE deleted_at IS NULL")
    }
