"""Edits that wait beside imports of the same patient: neither is lost, and the record says what the server holds."""

import asyncio
import uuid
from collections.abc import Callable

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from fhirdesk.sync.edits.write_through import WriteThrough
from tests.factories import person
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def edited_later(desk: Harness, **changes: str) -> str:
    """ "Send when the server is back": an edit of P-1 that waits; its uuid."""
    door = WriteThrough(desk.store, desk.outbox, desk.mapper, desk.clock)
    edit = door.edit("P-1", changes, uuid=str(uuid.uuid4()), later=True, wake=lambda: None, patience=1.0)
    return str(asyncio.run(edit).entry)


def here(desk: Harness) -> Record:
    with desk.store.snapshot() as view:
        return view.records.get_many("patient", ["P-1"])["P-1"]


def telecom(server: FakeFhirServer) -> dict[str, str]:
    return {t["system"]: t["value"] for t in server.held["Patient/1"]["telecom"]}


def on_server(desk: Harness) -> None:
    desk.add(person("P-1", phone="010-0"))
    desk.drain()


@fault("E1")
def test_two_edits_that_wait_both_arrive(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        both = edited_later(desk, phone="010-9"), edited_later(desk, email="a@clinic.kr")
        desk.drain()
        assert desk.states(*both) == [Status.COMPLETED] * 2
        assert telecom(server) == {"phone": "010-9", "email": "a@clinic.kr"}
    assert (here(desk).fields["phone"], here(desk).fields["email"]) == ("010-9", "a@clinic.kr")


@rule(12)
def test_an_edit_that_waits_takes_no_import_s_place(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        (brought,) = desk.add(person("P-1", phone="010-0", given_name="새이름"))
        edit = edited_later(desk, email="a@clinic.kr")
        desk.drain()
        assert desk.states(brought, edit) == [Status.COMPLETED] * 2
        assert server.held["Patient/1"]["name"][0]["given"] == ["새이름"]
        assert telecom(server) == {"phone": "010-0", "email": "a@clinic.kr"}


@rule(12)
def test_an_import_behind_an_edit_that_waits_keeps_what_was_edited(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        edits = edited_later(desk, phone="010-9"), edited_later(desk, phone="010-8")
        (brought,) = desk.add(person("P-1", phone="010-0", given_name="새이름"))
        desk.drain()
        assert desk.states(*edits, brought) == [Status.COMPLETED] * 3
        assert telecom(server) == {"phone": "010-8"}
        assert server.held["Patient/1"]["name"][0]["given"] == ["새이름"]
    assert (here(desk).fields["phone"], here(desk).fields["given_name"]) == ("010-8", "새이름")


@rule(12)
def test_an_import_that_changes_what_was_edited_wins_here_and_there(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        edited_later(desk, phone="010-9")
        desk.add(person("P-1", phone="010-5"))
        desk.drain()
        assert telecom(server) == {"phone": "010-5"} == {"phone": here(desk).fields["phone"]}


@fault("D18")
def test_after_a_reset_an_equal_import_goes_again_and_frees_what_waits_for_it(bench: Make) -> None:
    visit = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": "completed"}
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        server.held.clear()
        desk.forget_ids()
        (waits,) = desk.add(Record("encounter", "E-1", visit))
        (again,) = desk.add(person("P-1", phone="010-0"))
        desk.drain()
        assert desk.states(again, waits) == [Status.COMPLETED] * 2
