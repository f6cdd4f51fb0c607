"""A sender on a disk in trouble (faults B1, B4, B6): what is damaged is not sent, the others go on."""

import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import DiskFull
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Base
from fhirdesk.r4 import json
from fhirdesk.store.sqlite import engine
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.sqlite.disk_reserve import SIZE, DiskReserve
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness

Make = Callable[..., Harness]


@fault("B1")
def test_while_the_disk_is_full_nothing_goes_and_then_everything_arrives_once(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(5)])
        with desk.store.transaction() as tx:
            pages = int(tx.conn.exec_driver_sql("PRAGMA page_count").scalar() or 0)
            tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFull):
            desk.add(*[person(f"X-{n}", address="가" * 3000) for n in range(9)])
        passes = iter(range(6))
        desk.drain(until=lambda: next(passes, None) is None)
        with desk.store.transaction() as tx:
            tx.conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.asked("POST")) == 5 == len(server.held)


@fault("B1")
def test_a_full_disk_takes_no_save_and_what_is_queued_goes_out(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [10 * SIZE]
    monkeypatch.setattr(DiskReserve, "_free_bytes", lambda _: free[0])

    def pages(limit: str) -> None:
        with desk.store.transaction() as tx:
            tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {limit}")

    with FakeFhirServer() as server:
        desk = bench(server)
        kept = desk.folder / "fhirdesk.reserve"
        assert kept.stat().st_blocks * 512 >= SIZE  # no hole
        uuids = desk.add(*[person(f"P-{n}") for n in range(5)])
        pages("1")  # that is: none more
        free[0] = 0
        with pytest.raises(DiskFull):
            desk.add(*[person(f"X-{n}", address="가" * 3000) for n in range(9)])
        assert kept.stat().st_size == 0
        pages("1000000")  # what was the reserve's
        with pytest.raises(DiskFull):
            desk.add(person("P-9"))
        desk.drain()
        assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.asked("POST")) == 5 == len(server.held)
        free[0] = 10 * SIZE
        assert len(desk.add(person("P-9"))) == 1 and kept.stat().st_size == SIZE


@pytest.fixture(params=[6, 10, 16])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk of so many MB, where we may mount one."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={request.param}m,mode=0700", "tmpfs", folder],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@fault("B1")
def test_a_small_disk_has_a_small_reserve_and_what_is_queued_goes_out(small_disk: Path, bench: Make) -> None:
    with FakeFhirServer() as server:
        desk, uuids = bench(server), []
        assert 0 < (small_disk / "fhirdesk.reserve").stat().st_blocks * 512 <= SIZE
        with pytest.raises(DiskFull):
            for batch in range(1000):
                uuids += desk.add(*[person(f"P-{batch}-{n}", address="가" * 100) for n in range(20)])
        with pytest.raises(DiskFull):
            desk.add(person("one more"))
        desk.drain(seconds=30)
        assert set(desk.states(*uuids)) == {Status.COMPLETED}
        assert len(server.asked("POST")) == len(uuids) == len(server.held) > 100
        desk.add(person("one more"))  # nothing waits any more: there is room again


@fault("B4")
def test_a_sender_goes_on_once_the_lock_is_gone(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 20)
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(5)])
        other = sqlite3.connect(desk.folder / DATABASE, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(0.4, lambda: other.execute("ROLLBACK")).start()
        desk.drain()
        other.close()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.asked("POST")) == 5


@fault("B6")
def test_a_damaged_row_is_given_up_and_the_others_arrive(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(4)])
        with closing(sqlite3.connect(desk.folder / DATABASE)) as other, other:
            other.execute("UPDATE queue_entry SET record = replace(record, '길동', '동길') WHERE key = 'P-2'")
        desk.drain()
        assert desk.states(*uuids).count(Status.COMPLETED) == 3
        assert desk.states(uuids[2]) == [Status.FAILED] and desk.reason(uuids[2]) == "why_damaged"
        assert "동길" not in str([a.body for a in server.journal])


@fault("B6")
def test_what_came_from_fhir_is_not_sent_with_the_damaged_id_of_its_parent(bench: Make) -> None:
    report = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
    }
    base = Base(json.dumps(report), {"Patient/p1": ("patient", "P-1")})
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"), person("P-2"))
        desk.drain()
        with closing(sqlite3.connect(desk.folder / DATABASE)) as other, other:
            other.execute("UPDATE resource_map SET logical_id = '2' WHERE key = 'P-1'")
        (uuid,) = desk.add(Mapper().from_fhir("resource", "Observation/o1", report, base))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_damaged_map"
    assert not [key for key in server.held if key.startswith("Observation/")]


@fault("B6")
def test_a_damaged_link_to_the_servers_copy_asks_a_person(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"), person("P-2"))
        desk.drain()
        with closing(sqlite3.connect(desk.folder / DATABASE)) as other, other:
            ids = dict(other.execute("SELECT key, logical_id FROM resource_map").fetchall())
            other.execute("UPDATE resource_map SET logical_id = ? WHERE key = 'P-1'", (ids["P-2"],))
        (uuid,) = desk.add(person("P-1", phone="010-9"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_damaged_map"
        assert server.asked("PUT") == []
        assert desk.resolve(uuid, "arrived", ids["P-1"]) is Status.PENDING
        desk.drain()
        stored = server.held[f"Patient/{ids['P-1']}"]
    assert desk.states(uuid) == [Status.COMPLETED] and stored["telecom"][0]["value"] == "010-9"
