"""Injected system calls: A1, A2 killed at exact points; A3 in a step of history; B1, B3 errors of the disk."""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.core.events import Events
from fhirdesk.store.damage import invariants
from fhirdesk.store.database.sqlite_store import SqliteStore
from tests.harness import trace
from tests.harness.crash_points import CALLS, Scenario, crashes
from tests.harness.server import embedded
from tests.harness.workload import Workload, write
from tests.marks import fault
from tests.old_files import unpack

pytestmark = pytest.mark.skipif(not trace.here(), reason="needs strace, and the right to trace")
POINTS = int(os.environ.get("FHIRDESK_POINTS", "8"))
STEPS = int(os.environ.get("FHIRDESK_STEPS_OF_HISTORY", "3"))  # by hand: 1000, that is each


@fault("A1", "A2")
@pytest.mark.slow
@pytest.mark.timeout(0 if POINTS > 8 else 300)
def test_killed_at_exact_points_and_started_again(tmp_path: Path) -> None:
    met = list(crashes(POINTS))
    assert [crash for crash in met if crash.verdict.faults] == []
    landed = [crash.call for crash in met if crash.landed]
    assert set(landed) == set(CALLS) and len(landed) > 0.8 * len(met)


@fault("B1")
def test_a_disk_that_is_full_while_saving_is_told_and_nothing_was_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert trace.run(["queue", "stats", "--data-dir", data]).returncode == 0
    file = write(Workload(1, 10).batch(9), tmp_path / "nine.ndjson")
    done = trace.run(["import", file, "--data-dir", data, "--json"], "pwrite64:error=ENOSPC:when=2+")
    assert done.returncode == 70 and "Traceback" not in done.stderr and '"entry"' not in done.stdout
    assert "disk is full" in done.stderr
    again = trace.run(["import", file, "--data-dir", data, "--json"])
    assert again.returncode == 0 and again.stdout.count('"result":"new"') == 9


@fault("B2")
@pytest.mark.slow
def test_a_disk_that_fills_while_answers_are_stored_leaves_them_to_be_looked_for(tmp_path: Path) -> None:
    with embedded("conditional") as server:
        scenario = Scenario(tmp_path, server)
        writes = [n for call, n in scenario.points() if call == "pwrite64"]
        crash = scenario.crash("pwrite64", len(writes) // 2, how="error=ENOSPC:when={}+", more=["--for", "2"])
    assert crash.landed and crash.verdict.faults == {}, str(crash.verdict)


@fault("B3")
def test_an_fsync_that_fails_leaves_it_open_and_a_repetition_stores_it_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert trace.run(["queue", "stats", "--data-dir", data]).returncode == 0
    file = write(Workload(1, 10).batch(9), tmp_path / "nine.ndjson")
    done = trace.run(["import", file, "--data-dir", data, "--json"], "fdatasync:error=EIO:when=1+")
    assert done.returncode == 70 and "Traceback" not in done.stderr and '"entry"' not in done.stdout
    assert "it is not known" in " ".join(done.stderr.split())
    assert trace.run(["import", file, "--data-dir", data]).returncode == 0
    with closing(sqlite3.connect(data / "fhirdesk.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = database.execute(
            "SELECT key, count(*) FROM queue_entry WHERE status <> 'superseded' GROUP BY type, key"
        )
        assert {count for _, count in found} == {1}


def unsent(database: Path) -> int:
    with closing(sqlite3.connect(database)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return int(conn.execute("SELECT count(*) FROM queue_entry WHERE status IN ('pending', 'held')").fetchone()[0])


@fault("A3")
@pytest.mark.slow
def test_killed_at_each_write_of_a_step_of_history_and_started_again(tmp_path: Path) -> None:
    data = tmp_path / "old"
    unpack("v11", data)
    waiting = unsent(data / "fhirdesk.db")
    assert waiting > 3
    words = ["queue", "stats", "--data-dir"]
    writes = trace.count([*words, shutil.copytree(data, tmp_path / "count")], ["pwrite64"], tmp_path / "calls")
    most = writes["pwrite64"]
    assert most > 40
    some = random.Random(3).sample(range(1, most + 1), min(STEPS, most))
    for n in sorted({*some, *range(most - 2, most + 1)}):  # the last ones name the database and note its commit
        here = Path(shutil.copytree(data, tmp_path / str(n)))
        trace.run([*words, here], f"pwrite64:signal=KILL:when={n}")
        changed = (here / "fhirdesk.db").read_bytes() != (data / "fhirdesk.db").read_bytes()
        assert not changed or unsent(here / "fhirdesk.db.v11.bak") == waiting  # a copy came before anything was changed
        store = SqliteStore.open(here, "default", Events())
        with store.snapshot() as view:
            assert invariants.find_violations(view.conn) == [] and list(view.records.iterate("patient"))
        store.close()
        assert unsent(here / "fhirdesk.db") == waiting == unsent(here / "fhirdesk.db.v11.bak")
        shutil.rmtree(here)
