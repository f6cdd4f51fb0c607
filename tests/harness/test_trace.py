"""Injected system calls: A1, A2 killed at exact points; A3 in a step of history; B1, B3 errors of the disk."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.clock import Clock
from fhirdesk.events import Events
from fhirdesk.store.store import Store
from tests.harness import trace
from tests.harness.crash_points import crashes
from tests.harness.workload import Workload, write

pytestmark = pytest.mark.skipif(not trace.here(), reason="needs strace, and the right to trace")
POINTS = int(os.environ.get("FHIRDESK_POINTS", "8"))


@pytest.mark.slow
@pytest.mark.timeout(0 if POINTS > 8 else 300)
def test_A1_A2_killed_at_exact_points_and_started_again(tmp_path: Path) -> None:
    wrong = [(call, n, str(verdict)) for call, n, verdict in crashes(POINTS) if verdict.faults]
    assert wrong == []


def test_B1_a_disk_that_is_full_while_saving_is_told_and_nothing_was_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert trace.run(["queue", "stats", "--data-dir", data]).returncode == 0
    file = write(Workload(1, 10).batch(9), tmp_path / "nine.ndjson")
    done = trace.run(["import", file, "--data-dir", data, "--json"], "pwrite64:error=ENOSPC:when=2+")
    assert done.returncode == 70 and "Traceback" not in done.stderr and '"entry"' not in done.stdout
    assert "disk is full" in done.stderr
    again = trace.run(["import", file, "--data-dir", data, "--json"])
    assert again.returncode == 0 and again.stdout.count('"result":"new"') == 9


def test_B3_an_fsync_that_fails_leaves_it_open_and_a_repetition_stores_it_once(tmp_path: Path) -> None:
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


@pytest.mark.slow
def test_A3_killed_at_each_write_of_a_step_of_history_and_started_again(tmp_path: Path) -> None:
    data = tmp_path / "old"
    file = write(Workload(1, 10).batch(9), tmp_path / "nine.ndjson")
    assert trace.run(["import", file, "--data-dir", data]).returncode == 0
    with closing(sqlite3.connect(data / "fhirdesk.db")) as older, older:
        older.execute("PRAGMA user_version = 4")
        older.execute("UPDATE alembic_version SET version_num = '0004'")
    words = ["queue", "stats", "--data-dir"]
    writes = trace.count([*words, shutil.copytree(data, tmp_path / "count")], ["pwrite64"], tmp_path / "calls")
    most = writes["pwrite64"]
    assert most > 5
    for n in sorted({1, 2, most // 4, most // 2, most - 1, most}):
        here = Path(shutil.copytree(data, tmp_path / str(n)))
        trace.run([*words, here], f"pwrite64:signal=KILL:when={n}")
        store = Store.open(here, "default", Clock(), Events())
        with store.reading() as conn:
            assert store.queue_views.counts(conn).unsent == 9
        store.close()
        assert list(here.glob("*.bak")) or n < 3  # a copy was made before anything was changed
