"""The database is exchanged, restored or robbed of its log under a running program (fault B8): noticed before anything
is acknowledged, and nothing that stands there is overwritten."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.app.desk import open_desk
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.events import Events
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.store.database import opening
from fhirdesk.store.database.commit_guard import CommitGuard
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer
from tests.store.test_damage import filled, opened

LOG, SHM = f"{DATABASE}-wal", f"{DATABASE}-shm"


def save(store: SqliteStore, key: str) -> None:
    Outbox(store, Clock()).add([Incoming(person(key), f"u-{key}")])


def keys(folder: Path) -> set[str]:
    store = SqliteStore.open(folder, "default", Events())
    try:
        with store.snapshot() as view:
            return {r.key for r in view.records.iterate("patient")}
    finally:
        store.close()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A copy of the folder as a person makes it: everything is closed."""
    filled(tmp_path / "data", 2)
    return shutil.copytree(tmp_path / "data", tmp_path / "backup")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another folder's database."""
    filled(tmp_path / "other", 3)
    return tmp_path / "other"


def moved(there: Path, source: Path) -> None:
    shutil.copy(source / DATABASE, there / "new")
    (there / "new").replace(there / DATABASE)


def copied_over(there: Path, source: Path) -> None:
    shutil.copy(source / DATABASE, there / DATABASE)


def with_everything(there: Path, source: Path) -> None:
    for path in source.iterdir():
        shutil.copy(path, there / "new")
        (there / "new").replace(there / path.name)


@fault("B8")
@pytest.mark.parametrize("way", [moved, copied_over, with_everything])
@pytest.mark.parametrize("which", ["backup", "other"])
def test_a_database_that_is_exchanged_while_it_is_used_gets_nothing(
    request: pytest.FixtureRequest, backup: Path, way: Callable[[Path, Path], None], which: str, tmp_path: Path
) -> None:
    source: Path = request.getfixturevalue(which)
    there = tmp_path / "data"
    store = opened(there)
    for n in range(3):
        save(store, f"N-{n}")
    store._checkpoints.truncate_log()  # type: ignore[union-attr]  # the log flowed back, as it does now and then
    save(store, "N-3")
    way(there, source)
    for _ in range(2):
        with pytest.raises(DataFolderError) as said:
            save(store, "after")
        assert said.value.code in ("store_exchanged", "store_damaged")
    store._checkpoints.truncate_log()  # type: ignore[union-attr]
    store.close()
    assert (there / DATABASE).read_bytes() == (source / DATABASE).read_bytes()
    with pytest.raises(DataFolderError):  # the old log lies beside it
        opened(there)
    assert (there / DATABASE).read_bytes() == (source / DATABASE).read_bytes()
    opening.accept(there / DATABASE, 1_790_000_000.0, profile="default")
    assert keys(there) == keys(source) and [*there.glob(f"{LOG}.damaged-*")]


@fault("B8")
def test_a_second_process_does_not_lay_the_old_log_over_the_new_file(backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "data"
    store = opened(there)
    save(store, "N-1")
    store._checkpoints.truncate_log()  # type: ignore[union-attr]
    save(store, "N-2")
    moved(there, backup)
    for _ in range(2):
        with pytest.raises(DataFolderError) as said:
            opened(there)
        assert said.value.code == "store_log_another"
    assert (there / DATABASE).read_bytes() == (backup / DATABASE).read_bytes()
    store.close()


@fault("B8")
@pytest.mark.parametrize("gone", [[LOG], [SHM], [LOG, SHM]])
def test_a_log_removed_while_it_is_used_is_noticed_and_no_save_is_lost(tmp_path: Path, gone: list[str]) -> None:
    there = tmp_path / "data"
    filled(there, 1)
    store = opened(there)
    save(store, "acknowledged")
    for name in gone:
        (there / name).unlink()
    with pytest.raises(DataFolderError) as said:
        save(store, "after")
    assert said.value.code == "store_exchanged"
    store.close()
    assert keys(there) == {"P-0", "acknowledged"}


@fault("B8")
def test_a_log_put_in_the_place_of_the_one_in_use_is_left_alone(tmp_path: Path) -> None:
    there = tmp_path / "data"
    filled(there, 1)
    store = opened(there)
    save(store, "acknowledged")
    (there / "new").write_bytes(b"another's log")
    (there / "new").replace(there / LOG)
    with pytest.raises(DataFolderError):
        save(store, "after")
    store.close()
    assert (there / LOG).read_bytes() == b"another's log"


@fault("B8")
def test_an_older_database_under_the_log_of_a_crash_is_noticed(backup: Path, tmp_path: Path) -> None:
    """All files of a backup are put back, and the log of the crash stays: SQLite would lay it over."""
    there, crashed = tmp_path / "data", tmp_path / "crashed"
    store = opened(there)
    save(store, "N-1")
    store._checkpoints.truncate_log()  # type: ignore[union-attr]
    save(store, "N-2")
    shutil.copytree(there, crashed)
    store.close()
    shutil.copytree(backup, crashed, dirs_exist_ok=True)
    with pytest.raises(DataFolderError) as said:
        opened(crashed)
    assert said.value.code == "store_log_another"
    assert (crashed / DATABASE).read_bytes() == (backup / DATABASE).read_bytes()


@fault("B8")
def test_a_newer_database_under_an_older_log_is_noticed(tmp_path: Path) -> None:
    there = tmp_path / "data"
    filled(there, 1)
    store = opened(there)
    save(store, "N-1")
    shutil.copy(there / LOG, tmp_path / "older log")
    for n in range(3):
        save(store, f"M-{n}")
    store.close()
    shutil.copy(tmp_path / "older log", there / LOG)
    with pytest.raises(DataFolderError) as said:
        opened(there)
    assert said.value.code == "store_log_another"


@fault("B8")
def test_a_crashed_folder_that_was_copied_whole_goes_on(tmp_path: Path) -> None:
    there, crashed = tmp_path / "data", tmp_path / "crashed"
    store = opened(there)  # also the first start of all: everything lies in the log
    save(store, "N-1")
    shutil.copytree(there, crashed)
    store.close()
    assert keys(crashed) == {"N-1"}


@fault("B8")
def test_two_programs_use_one_database_and_neither_is_disturbed(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    for n in range(20):
        save(one, f"A-{n}")
        save(two, f"B-{n}")
        one._checkpoints.truncate_log()  # type: ignore[union-attr]
    two.close()
    save(one, "last")
    one.close()
    assert len(keys(tmp_path)) == 41
    assert not (tmp_path / LOG).exists()


@fault("B8")
def test_a_database_of_somebody_else_is_not_even_opened_for_writing(tmp_path: Path, other: Path) -> None:
    """Without a log, by name and number alone."""
    filled(tmp_path / "data", 1)
    shutil.copy(other / DATABASE, tmp_path / "data" / DATABASE)
    before = (tmp_path / "data" / DATABASE).read_bytes()
    with pytest.raises(DataFolderError) as said:
        opened(tmp_path / "data")
    assert said.value.code == "store_another" and (tmp_path / "data" / DATABASE).read_bytes() == before


@fault("B8")
@pytest.mark.skipif(os.name == "nt", reason="there an open file cannot be exchanged")
def test_locks_outlive_another_look_at_the_file(tmp_path: Path) -> None:
    """POSIX gives up all locks of a process on a file when it closes any descriptor of it."""
    one = opened(tmp_path)
    save(one, "P-1")
    opened(tmp_path).close()
    CommitGuard(tmp_path / DATABASE).close()
    look = "import sqlite3,sys; d = sqlite3.connect(sys.argv[1]); d.execute('SELECT count(*) FROM record').fetchone()"
    subprocess.run([sys.executable, "-c", f"{look}; d.close()", tmp_path / DATABASE], check=True)
    assert (tmp_path / LOG).exists()  # the neighbour did not take itself for the last one
    save(one, "P-2")
    one.close()
    assert keys(tmp_path) == {"P-1", "P-2"}


# -- under a sender


def until(so: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < ends
        time.sleep(0.05)


@fault("B8")
@pytest.mark.skipif(os.name == "nt", reason="there an open file cannot be exchanged")
@pytest.mark.parametrize(("queued", "sent"), [(3, 3), (400, 20)])
def test_a_watching_sender_ends_in_words_and_a_second_process_saves_nothing(
    tmp_path: Path, queued: int, sent: int
) -> None:
    """When it has nothing to do, and in the middle of its work."""
    there, other = tmp_path / "data", tmp_path / "other"
    filled(there, queued), filled(other, 2)
    before = (other / DATABASE).read_bytes()
    with FakeFhirServer() as server:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "fhirdesk",
            "--data-dir",
            there,
            "--lang",
            "en",
            "--server",
            server.url,
        ]
        with subprocess.Popen([*command, "drain", "--watch"], stderr=subprocess.PIPE, text=True) as sender:
            until(lambda: len(server.held) >= sent)
            until(lambda: done(there) >= sent)
            moved(there, other)
            file = tmp_path / "one.ndjson"
            file.write_text(
                '{"type":"patient","patient_id":"N-1","family_name":"홍","gender":"M","birth_date":"1985-06-15"}'
            )
            second = subprocess.run([*command, "import", file, "--json"], capture_output=True, text=True, check=False)
            assert second.returncode == 3 and '"entry"' not in second.stdout and "not its own" in second.stderr
            said = sender.communicate(timeout=20)[1]
            assert sender.returncode == 3 and "was exchanged" in said and "Traceback" not in said
    assert (there / DATABASE).read_bytes() == before


def done(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as look:
        return int(look.execute("SELECT count(*) FROM queue_entry WHERE status = 'completed'").fetchone()[0])


@fault("B8")
@pytest.mark.skipif(os.name == "nt", reason="there an open file cannot be exchanged")
def test_the_window_pauses_and_says_why(tmp_path: Path) -> None:
    """Its desk goes on; the banner tells, until a person has seen to the files."""
    there, other = tmp_path / "data", tmp_path / "other"
    filled(there, 1), filled(other, 2)
    profile = Profile(url="http://127.0.0.1:9/fhir")

    async def use() -> str:
        desk = open_desk(Settings(there, profile))
        await desk.start()
        try:
            moved(there, other)
            for _ in range(100):
                if (paused := (await desk.server.get_status()).reason) and paused.code == "store_exchanged":
                    return paused.code
                await asyncio.sleep(0.1)
            return "never"
        finally:
            await desk.stop()

    assert asyncio.run(use()) == "store_exchanged"
    assert (there / DATABASE).read_bytes() == (other / DATABASE).read_bytes()
