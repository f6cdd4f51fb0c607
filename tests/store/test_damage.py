"""Damaged disks and databases (faults B3-B11, A3): noticed, said, never made worse."""

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import DataFolderError, FhirDeskError, ReadOnlyStore, StoreBusy, StoreError
from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import Operation, QueueEntry
from fhirdesk.core.records import Record
from fhirdesk.core.settings import load_settings
from fhirdesk.i18n.messages import render
from fhirdesk.store.database import opening
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.migrations import HEAD
from fhirdesk.store.sqlite import backups, data_folder, engine
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from tests.factories import person
from tests.marks import fault
from tests.old_files import FIRST_ENTRY, create, insert


def opened(folder: Path, *, share: bool = False) -> SqliteStore:
    return SqliteStore.open(folder, "default", Events(), share=share)


def filled(folder: Path, count: int = 8) -> dict[str, Record]:
    """So many patients, queued; by key."""
    records = {f"P-{n}": person(f"P-{n}", address="서울 " * 40, phone=f"010-{n:04}") for n in range(count)}
    store = opened(folder)
    Outbox(store, Clock()).add([Incoming(r, f"u-{key}") for key, r in records.items()])
    store.close()
    return records


def entries(store: SqliteStore) -> list[QueueEntry]:
    with store.snapshot() as view:
        return [e for n in range(50) if (e := view.entries.get(f"u-P-{n}"))]


# -- B3, B4, B5: SQLite says no


@fault("B4")
def test_a_database_that_another_program_locks_is_busy_and_nothing_is_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    store = opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            Outbox(store, Clock()).add([Incoming(person("P-1"), "u-P-1")])
        other.execute("ROLLBACK")
    assert entries(store) == []
    Outbox(store, Clock()).add([Incoming(person("P-1"), "u-P-1")])
    assert [e.key for e in entries(store)] == ["P-1"]
    store.close()


@fault("B5")
def test_a_snapshot_that_grew_old_never_stops_a_writer(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    with one.snapshot() as view:
        view.queue_views.count_by_status()
        Outbox(other, Clock()).add([Incoming(person("P-1"), "u-P-1")])
        Outbox(one, Clock()).add([Incoming(person("P-2"), "u-P-2")])
    assert len(entries(one)) == 2
    one.close()
    other.close()


@fault("B5")
def test_every_writer_begins_immediate() -> None:
    """The one place where a transaction begins says IMMEDIATE to who writes."""
    store = Path(engine.__file__).parent
    begins = {p.name for p in store.rglob("*.py") if '"BEGIN' in p.read_text(encoding="utf-8")}
    assert begins == {"engine.py"}


# -- B6: bytes of a row


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Record]]:
    folder = tmp_path_factory.mktemp("original")
    records = filled(folder)
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    return folder, records


def damaged_at(original: Path, folder: Path, at: int, mask: int) -> Path:
    shutil.copytree(original, folder)
    with (folder / DATABASE).open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ mask]))
    return folder


FLIPS = int(os.environ.get("FHIRDESK_FLIPS", "150"))  # by hand: 1000 and more


@fault("B6")
@pytest.mark.slow
def test_flipped_bytes_and_not_one_wrong_row_is_shown_or_sent(
    tmp_path: Path, original: tuple[Path, dict[str, Record]]
) -> None:
    folder, records = original
    size, dice = (folder / DATABASE).stat().st_size, random.Random(6)
    noticed = 0
    for turn in range(FLIPS):
        here = damaged_at(folder, tmp_path / str(turn), dice.randrange(size), 1 << dice.randrange(8))
        noticed += read_all(here, records)
        shutil.rmtree(here)
    assert noticed > FLIPS / 20  # most bytes are of indexes, free pages and columns that nobody sends


def read_all(folder: Path, records: dict[str, Record]) -> bool:
    """Whether damage was noticed; fails when something wrong came back as if it were right."""
    try:
        store = opened(folder)
    except FhirDeskError:
        return True
    try:
        with store.snapshot() as view:
            for key, right in records.items():
                found = view.records.get("patient", key)
                assert found is None or found.fields == right.fields
            for entry in (view.entries.get(f"u-{key}") for key in records):
                assert entry is None or entry.damaged or entry.record.fields == records[entry.key].fields
                if entry is None or entry.damaged:
                    return True
        return False
    except StoreError:
        return True
    except DataFolderError:
        return True
    finally:
        store.close()


@fault("B6")
def test_a_damaged_record_is_not_shown_and_an_import_mends_it(tmp_path: Path) -> None:
    records = filled(tmp_path, 2)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as other, other:
        other.execute("UPDATE record SET fields = replace(fields, '길동', '동길') WHERE key = 'P-1'")
    store = opened(tmp_path)
    with store.snapshot() as view, pytest.raises(StoreError) as said:
        view.records.get_many("patient", ["P-1"])
    assert said.value.code == "row_damaged" and said.value.params == {"type": "patient", "key": "P-1"}
    assert Outbox(store, Clock()).add([Incoming(records["P-1"], "u-again")])[0].result == "changed"
    with store.snapshot() as view:
        assert view.records.get_many("patient", ["P-1"])["P-1"] == records["P-1"]
    store.close()


# -- B7, B8, B11: files

WRECKS: dict[str, bytes] = {
    "empty": b"",
    "text": b"a letter to the patient " * 100,
    "noise": random.Random(7).randbytes(8192),
    "no header": b"\x00" * 100,
}


@fault("B7")
@pytest.mark.parametrize("kind", WRECKS)
def test_a_wreck_is_left_as_it_is_and_moved_aside_only_when_a_person_says_so(tmp_path: Path, kind: str) -> None:
    filled(tmp_path)
    database = tmp_path / DATABASE
    whole = database.read_bytes()
    wreck = WRECKS[kind] if kind != "no header" else WRECKS[kind] + whole[100:]
    database.write_bytes(wreck)
    with pytest.raises(DataFolderError) as said:
        opened(tmp_path)
    assert database.read_bytes() == wreck and said.value.params["backup"] == "-"
    moved = opening.start_over(database, 1_790_000_000.0)
    assert moved[0].read_bytes() == wreck and ".damaged-2026" in moved[0].name
    store = opened(tmp_path)
    assert entries(store) == []
    store.close()


@fault("B7")
def test_a_database_that_is_gone_is_not_made_anew_by_itself(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / DATABASE).unlink()
    with pytest.raises(DataFolderError) as said:
        opened(tmp_path)
    assert said.value.code == "store_gone" and not (tmp_path / DATABASE).exists()


@fault("B7")
def test_the_newest_copy_that_is_whole_says_how_much_in_it_was_not_sent(tmp_path: Path) -> None:
    filled(tmp_path)
    good = backups.copy_before_change(tmp_path / DATABASE, 3)
    bad = tmp_path / f"{DATABASE}.v4.bak"
    bad.write_bytes(b"torn")
    (tmp_path / DATABASE).write_bytes(b"x")
    with pytest.raises(DataFolderError) as said:
        opened(tmp_path)
    assert said.value.params["backup"] == good.name and said.value.params["unsent"] == "8"
    for lang in ("en", "ko"):
        assert good.name in render(said.value.code, said.value.params, lang)


@fault("B8")
def test_a_log_that_was_removed_is_noticed_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    filled(folder, 1)
    store = opened(folder)
    for n in range(3):
        Outbox(store, Clock()).add([Incoming(person(f"N-{n}"), f"n-{n}")])
    crashed = tmp_path / "crashed"  # as a kill leaves it: nothing flowed back into the database
    shutil.copytree(folder, crashed)
    store.close()
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (crashed / name).unlink()
    with pytest.raises(DataFolderError) as said:
        opened(crashed)
    assert said.value.code == "store_rolled_back" and said.value.params["count"] == "3"
    opening.accept(crashed / DATABASE, 0.0, profile="default")
    after = opened(crashed)
    assert len(entries(after)) == 1
    after.close()


@fault("B8")
def test_the_log_of_another_database_is_noticed(tmp_path: Path) -> None:
    logs = []
    for name in ("one", "other"):
        folder = tmp_path / name
        filled(folder, 1)
        store = opened(folder)
        Outbox(store, Clock()).add([Incoming(person(f"{name}-{n}"), f"{name}-{n}") for n in range(3)])
        logs.append(shutil.copytree(folder, tmp_path / f"{name}-crashed"))
        store.close()
    one, other = logs
    shutil.copy(other / f"{DATABASE}-wal", one / f"{DATABASE}-wal")
    (one / f"{DATABASE}-shm").unlink()
    with pytest.raises(DataFolderError) as said:
        opened(one)
    assert said.value.code == "store_log_another"


@fault("B11")
def test_a_newer_database_is_refused_and_not_a_byte_is_changed(tmp_path: Path) -> None:
    filled(tmp_path)
    database = tmp_path / DATABASE
    with closing(sqlite3.connect(database)) as newer:
        newer.execute(f"PRAGMA user_version = {HEAD + 1}")
        newer.execute("PRAGMA journal_mode=DELETE")
    before = database.read_bytes()
    with pytest.raises(DataFolderError) as said:
        opened(tmp_path)
    assert said.value.code == "store_newer" and database.read_bytes() == before
    assert not [p for p in tmp_path.iterdir() if p.suffix in (".bak", ".new") or p.name.endswith(("-wal", "-shm"))]


# -- B9, B10: places


@fault("B9")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_may_not_be_written_is_opened_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    records = filled(tmp_path)
    before = (tmp_path / DATABASE).read_bytes()
    monkeypatch.setattr(data_folder, "is_writable", lambda path: path.is_dir() is (what == "file"))
    store = opened(tmp_path)
    assert store.read_only and [e.key for e in entries(store)] == list(records)
    with pytest.raises(ReadOnlyStore), store.transaction():
        pass
    store.close()
    assert (tmp_path / DATABASE).read_bytes() == before


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    mounts, folder = tmp_path / "mountinfo", tmp_path / "a share" / "data"
    where = str(tmp_path / "a share").replace(" ", "\\040")
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / {where} rw,relatime - nfs4 server:/ rw\n")
    monkeypatch.setattr(data_folder, "MOUNTS", mounts)
    yield folder


@fault("B10")
def test_a_network_share_is_refused_and_says_why(mounted: Path) -> None:
    with pytest.raises(DataFolderError) as said:
        opened(mounted)
    assert said.value.code == "data_folder_share" and not (mounted / DATABASE).exists()
    assert "nfs4" in render(said.value.code, said.value.params, "ko")


@fault("B10")
def test_a_person_may_allow_it(mounted: Path) -> None:
    mounted.mkdir(parents=True)
    (mounted / "settings.toml").write_text("network_share = true\n", encoding="utf-8")
    settings = load_settings(data_dir=mounted, environ={})
    opened(mounted, share=settings.network_share).close()
    assert (mounted / DATABASE).exists()


# -- A3: a step of the database's history


@fault("A3")
def test_an_older_database_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    older = create(tmp_path, 4)
    insert(older, "queue_entry", **FIRST_ENTRY | {"uuid": "u-P-1"})
    store = opened(tmp_path)
    assert [entry.operation for entry in entries(store)] == [Operation.CREATE]
    store.close()
    with closing(sqlite3.connect(tmp_path / f"{DATABASE}.v4.bak")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == 4
        assert copy.execute("SELECT uuid FROM queue_entry").fetchall() == [("u-P-1",)]
