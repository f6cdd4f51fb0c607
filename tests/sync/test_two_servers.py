"""Two servers in one data folder: what is imported, edited, deleted, sent, salvaged for one leaves the other alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import EditOutcome, QueueQuery
from fhirdesk.store.damage.integrity_check import verify
from fhirdesk.store.database import opening
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.sync.operator.salvage import salvage
from tests.factories import person
from tests.marks import fault
from tests.old_files import rows
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness
from tests.sync.test_order import read, sound, visit
from tests.sync.test_salvage import no_first_pages, no_header

Desks = dict[str, tuple[Harness, FakeFhirServer]]
NAMES = {"here": "길동", "there": "철수"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with ExitStack() as running:
        desks = {}
        for name in NAMES:
            server = running.enter_context(FakeFhirServer())
            desk = Harness(tmp_path / "data", server.url, name=name)
            running.callback(desk.close)
            desks[name] = desk, server
        yield desks


def patient(name: str) -> dict[str, Any]:
    """Patient/101 of one server."""
    return {
        "resourceType": "Patient",
        "id": "101",
        "name": [{"family": "홍", "given": [NAMES[name]]}],
        "gender": "male" if name == "here" else "female",
        "birthDate": "1985-06-15" if name == "here" else "1990-01-02",
    }


def observation(value: int) -> dict[str, Any]:
    said = {"resourceType": "Observation", "id": "7", "status": "final", "code": {"text": "키"}}
    return said | {"subject": {"reference": "Patient/101"}, "valueQuantity": {"value": value}}


def test_the_same_id_of_two_servers_is_two_people(desks: Desks) -> None:
    for number, (name, (desk, server)) in enumerate(desks.items()):
        read(desk, patient(name), observation(number))
        desk.drain()
        sound(desk)
        (sent,) = [r for p, r in server.held.items() if p.startswith("Patient")]
        (result,) = [r for p, r in server.held.items() if p.startswith("Observation")]
        (path,) = [p for p in server.held if p.startswith("Patient")]
        assert sent["name"][0]["given"] == [NAMES[name]] and result["valueQuantity"]["value"] == number
        assert result["subject"]["reference"] == path


def test_an_import_is_compared_with_what_this_server_s_record_says(desks: Desks) -> None:
    for name, (desk, _) in desks.items():
        desk.add(person("P-1", given_name=NAMES[name], phone="010-1"))
        assert desk.add(person("P-1", given_name=NAMES[name], phone="010-1")) == ["None"], "unchanged"
        desk.drain()
    here, there = desks["here"][0], desks["there"][0]
    here.add(person("P-1", given_name="길동", phone="010-2"))
    assert (here.record().fields["phone"], there.record().fields["phone"]) == ("010-2", "010-1")
    with there.store.snapshot() as view:
        assert view.queue_views.count_by_status().by_status == {Status.COMPLETED: 1}


def test_an_edit_and_a_delete_here_leave_the_record_there(desks: Desks) -> None:
    for name, (desk, _) in desks.items():
        desk.add(person("P-1", given_name=NAMES[name], phone="010-1"))
        desk.drain()
    (here, server), (there, other) = desks.values()
    assert here.edit(phone="010-9").outcome is EditOutcome.ACCEPTED
    assert there.record().fields["phone"] == "010-1" and len(other.asked("PUT")) == 0
    here.delete(here.record())
    here.drain()
    assert not server.held and len(other.held) == 1 and there.record().fields["given_name"] == "철수"
    assert there.edit(uuid="another", phone="010-8").outcome is EditOutcome.ACCEPTED
    (held,) = other.held.values()
    assert held["telecom"][0]["value"] == "010-8"


def test_a_child_waits_for_the_parent_of_its_own_server(desks: Desks) -> None:
    (here, _), (there, _) = desks.values()
    (child,) = here.add(visit("E-1", "P-1"))
    there.add(person("P-1"))
    there.drain()
    here.drain()
    assert here.states(child) == [Status.HELD]
    with here.store.snapshot() as view:
        assert view.queue_views.read_details(child, 1e12).why.code == "why_parent_absent"
    here.add(person("P-1"))
    here.drain()
    assert here.states(child) == [Status.COMPLETED]


def test_forgetting_the_ids_of_one_server_leaves_the_other_s(desks: Desks) -> None:
    for desk, _ in desks.values():
        desk.add(person("P-1"))
        desk.drain()
    (here, _), (there, _) = desks.values()
    here.forget_ids()
    with here.store.snapshot() as mine, there.store.snapshot() as theirs:
        assert mine.id_map.get("patient", "P-1") is None and theirs.id_map.get("patient", "P-1")
        assert mine.records.get("patient", "P-1") == theirs.records.get("patient", "P-1")


@fault("B7")
@pytest.mark.parametrize("harm", [no_header, no_first_pages])
def test_salvage_keeps_them_apart(desks: Desks, tmp_path: Path, harm: Any) -> None:
    waiting = {}
    for name, (desk, _) in desks.items():
        desk.add(*(person(f"P-{n}", given_name=NAMES[name], address="서울 " * 30) for n in range(8)))
        desk.drain()
        waiting[name] = desk.add(person("P-1", given_name=NAMES[name], phone="010-1"), visit("E-1", "P-1"))
    for desk, _ in desks.values():
        desk.close()
    database = tmp_path / "data" / DATABASE
    database.write_bytes(harm(database.read_bytes()))
    wreck = opening.start_over(database, 1.0)[0]
    for name, (desk, server) in desks.items():
        with closing(SqliteStore.open(tmp_path / "data", name, Events())) as store:
            if name == "here":
                assert salvage(store, desk.mapper, desk.clock, wreck).lost == ()
            with store.snapshot() as view:
                assert {r.fields["given_name"] for r in view.records.iterate("patient")} == {NAMES[name]}
                assert set(view.queue_views.find_uuids(QueueQuery())) == set(waiting[name])
        again = Harness(tmp_path / "data", server.url, name=name)
        again.drain()
        assert again.states(*waiting[name]) == [Status.COMPLETED] * 2 and len(server.held) == 9
        again.close()
    assert verify(tmp_path / "data", "here") == []


@fault("B7")
def test_a_lost_change_is_queued_again_for_its_own_server(desks: Desks, tmp_path: Path) -> None:
    for name, (desk, _) in desks.items():
        desk.add(person("P-1", given_name=NAMES[name]))
        desk.close()
    database = tmp_path / "data" / DATABASE
    harm_entries(database)
    database.write_bytes(no_header(database.read_bytes()))
    wreck = opening.start_over(database, 1.0)[0]
    (here, _), (_, server) = desks.values()
    with closing(SqliteStore.open(tmp_path / "data", "here", Events())) as store:
        assert salvage(store, here.mapper, here.clock, wreck).lost == ()
    again = Harness(tmp_path / "data", server.url, name="there")
    again.drain()
    (held,) = server.held.values()
    assert held["name"][0]["given"] == ["철수"]
    assert rows(database, "SELECT profile, count(*) FROM queue_entry GROUP BY 1") == [("here", 1), ("there", 1)]
    again.close()


def harm_entries(database: Path) -> None:
    """What the entries send cannot be read any more."""
    with closing(sqlite3.connect(database)) as harmed, harmed:
        harmed.execute("UPDATE queue_entry SET record = replace(record, '홍', '공')")
