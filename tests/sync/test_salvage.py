"""B7: what can be read of a damaged database goes into a fresh one; what was not on the server arrives there, once."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.core.errors import Refused
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import Salvaged
from fhirdesk.store.damage import invariants
from fhirdesk.store.database import opening
from fhirdesk.store.schema.tables import record
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.sync.operator.salvage import salvage
from tests.factories import person
from tests.marks import fault
from tests.require import require
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import Harness
from tests.sync.test_order import visit
from tests.sync.test_said import FULL, take

Make = Callable[..., Harness]


def no_header(whole: bytes) -> bytes:
    return b"\0" * 100 + whole[100:]


def no_first_pages(whole: bytes) -> bytes:
    return random.Random(7).randbytes(3 * 4096) + whole[3 * 4096 :]


def noise(whole: bytes) -> bytes:
    made, dice = bytearray(no_header(whole)), random.Random(8)
    for _ in range(60):
        made[dice.randrange(len(made))] = dice.randrange(256)
    return bytes(made)


HARM = {"no header": no_header, "no first pages": no_first_pages, "noise": noise}


def salvaged(desk: Harness, harm: Callable[[bytes], bytes]) -> tuple[Harness, Salvaged]:
    """The database is damaged and read into a new one."""
    desk.close()
    database = desk.folder / DATABASE
    database.write_bytes(harm(database.read_bytes()))
    wreck = opening.start_over(database, desk.clock.now())[0]
    new = Harness(desk.folder, require(desk.profile.url))
    return new, salvage(new.store, new.mapper, new.clock, wreck)


def busy(bench: Make, server: FakeFhirServer) -> tuple[Harness, list[str]]:
    """Some have arrived, one of two was changed since, one's answer was lost, and one waits with its child."""
    desk = bench(server)
    there = desk.add(*[person(f"P-{n}", phone="010-0", address="서울 " * 30) for n in range(8)])
    desk.drain()
    changed = desk.add(person("P-1", phone="010-1"))

    def lose(asked: RecordedRequest) -> Reply | None:
        return Reply(None, after=True) if asked.method == "POST" else None

    server.script = lose
    lost = desk.add(person("P-lost"))
    desk.drain(until=lambda: desk.states(*lost) == [Status.UNKNOWN])
    waiting = desk.add(person("P-new"), visit("E-1", "P-new"))
    server.script = lambda asked: None
    assert desk.states(*changed) in ([Status.PENDING], [Status.COMPLETED])
    return desk, [*there, *changed, *lost, *waiting]


@fault("B7")
@pytest.mark.parametrize("harm", HARM)
def test_what_can_be_read_arrives_once_and_the_rest_is_named(bench: Make, harm: str) -> None:
    with FakeFhirServer() as server:
        desk, _ = busy(bench, server)
        new, found = salvaged(desk, HARM[harm])
        named = {key for _, key in found.lost}
        new.drain()
        for key in named:  # as a person does who was told
            new.add(visit("E-1", "P-new") if key == "E-1" else person(key, phone="010-1"))
        new.drain()
        with new.store.snapshot() as view:
            assert invariants.find_violations(view.conn) == []
            assert view.queue.has_moving() is False
        new.close()
        people = [r for p, r in server.held.items() if p.startswith("Patient")]
        keys = [r["identifier"][0]["value"] for r in people]
        assert sorted(keys) == sorted({*(f"P-{n}" for n in range(8)), "P-lost", "P-new"})
        assert people[keys.index("P-1")]["telecom"][0]["value"] == "010-1", named
        assert [p for p in server.held if p.startswith("Encounter")] and (harm == "noise" or not named)


@fault("B7")
def test_an_entry_keeps_its_uuid_its_attempts_and_its_doubt(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk, uuids = busy(bench, server)
        before = {u: (desk.entry(u).status, desk.entry(u).attempts) for u in uuids}
        new, found = salvaged(desk, no_header)
        open_ = [u for u in uuids if before[u][0] in (Status.PENDING, Status.UNKNOWN, Status.HELD)]
        assert {u: (new.entry(u).status, new.entry(u).attempts) for u in open_} == {u: before[u] for u in open_}
        assert found == Salvaged(11, len(open_), ())
        with pytest.raises(Refused, match="salvage_not_empty"):
            salvage(new.store, new.mapper, new.clock, new.folder / DATABASE)
        new.close()


@fault("B7")
def test_a_change_whose_entry_cannot_be_read_is_queued_again_under_its_uuid(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        (other,) = desk.add(person("P-2"))
        with closing(sqlite3.connect(desk.folder / DATABASE)) as harmed, harmed:
            harmed.execute("UPDATE queue_entry SET record = replace(record, '길동', '동길') WHERE key = 'P-1'")
            harmed.execute("UPDATE record SET fields = replace(fields, '길동', '동길') WHERE key = 'P-2'")
        new, found = salvaged(desk, no_header)
        assert found.lost == (("patient", "P-2"),) and new.states(uuid, other) == [Status.PENDING] * 2
        new.drain()
        assert new.states(uuid, other) == [Status.COMPLETED] * 2 and len(server.held) == 2
        new.close()


@fault("B7")
def test_the_log_of_a_database_that_is_empty_has_what_it_had(bench: Make, tmp_path: Path) -> None:
    """The power went: the database's own pages were lost and its log was not."""
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}", address="가" * 5000) for n in range(20)])
        shutil.copytree(desk.folder, tmp_path / "crashed")
        (tmp_path / "crashed" / DATABASE).write_bytes(b"")
        wreck = opening.start_over(tmp_path / "crashed" / DATABASE, 1.0)[0]
        new = Harness(tmp_path / "crashed", server.url)
        found = salvage(new.store, new.mapper, new.clock, wreck)
        assert found == Salvaged(20, 20, ()) and new.states(*uuids) == [Status.PENDING] * 20
        new.close()


@fault("B7")
@pytest.mark.parametrize("harm", HARM)
def test_rows_from_before_a_column_came_are_read_and_what_was_said_stays(bench: Make, harm: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, *({**FULL, "patient_id": f"P-{n}"} for n in range(8)))
        desk.close()
        newest = list(record.c)[-1].name
        with closing(sqlite3.connect(desk.folder / DATABASE)) as old, old:
            old.execute(f"ALTER TABLE record DROP COLUMN {newest}")
            old.execute(f"ALTER TABLE record ADD COLUMN {newest}")  # as a step does: rows stay as they are
        (desk.folder / "fhirdesk.commits").unlink()
        desk = bench(server)
        take(desk, {**FULL, "patient_id": "P-9"})
        new, _ = salvaged(desk, HARM[harm])
        with new.store.snapshot() as view:
            here = view.records.find_present({("patient", f"P-{n}") for n in (*range(8), 9)})
            said = view.records.read_source_marks({("patient", "P-9")})
        assert len(here) > 4 and ("noise" in harm or len(here) == 9)
        assert len(said) == (("patient", "P-9") in here)
        new.close()
