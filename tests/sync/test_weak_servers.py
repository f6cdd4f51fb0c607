"""Servers that give no versions or do not take everything: compared before, held, and said."""

import asyncio
from collections.abc import Callable

import pytest

from fhirdesk.core.queue_entry import Operation, Status
from fhirdesk.core.views import EditOutcome
from fhirdesk.remote.connection_test import ConnectionTest
from fhirdesk.store.queue import NewEntry
from fhirdesk.sync.worker.worker import Worker
from tests.factories import person
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import FastClock, Harness

Make = Callable[..., Harness]


def on_server(desk: Harness, **more: str) -> None:
    desk.add(person("P-1", phone="010-0", **more))
    desk.drain()


def changed_there(server: FakeFhirServer, **elements: object) -> None:
    before = {k: v for k, v in server.held["Patient/1"].items() if k not in ("id", "meta", "resourceType")}
    server.put("Patient", "1", **before | elements)


def test_without_versions_another_s_change_of_another_element_survives(bench: Make) -> None:
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        on_server(desk)
        changed_there(server, active=True)
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED]
    assert server.held["Patient/1"]["active"] is True
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"


@rule(7)
def test_without_versions_it_is_said_while_a_change_waits_and_in_the_check(bench: Make) -> None:
    def said(desk: Harness) -> list[str]:
        with desk.store.snapshot() as view:
            return [n.code for n in view.queue_views.find_notices(desk.clock.now())]

    async def read(desk: Harness) -> str:
        remote = desk.remote()
        steps = await ConnectionTest(remote, ["Patient"]).run()
        await remote.close()
        return next(s.message.code for s in steps if s.name == "read")

    def searched(asked: RecordedRequest) -> Reply | None:
        if "_count" not in asked.path:
            return None
        shown = [{"resource": server.shown(Reply(200, r)).body} for r in server.held.values()]
        return Reply(200, {"resourceType": "Bundle", "entry": shown})

    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        on_server(desk)
        desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert said(desk) == []
        desk.add(person("P-1", phone="010-2"))
        assert said(desk) == ["notice_unversioned"]
        server.script = searched
        assert asyncio.run(read(desk)) == "check_read_unversioned"
        server.versions = True
        assert asyncio.run(read(desk)) == "check_read"
        desk.drain()
        desk.add(person("P-1", phone="010-3"))
        desk.drain()
        desk.add(person("P-1", phone="010-4"))
        assert said(desk) == []


def test_without_versions_the_same_element_changed_on_both_sides_is_a_conflict(bench: Make) -> None:
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        on_server(desk)
        changed_there(server, telecom=[{"system": "phone", "use": "mobile", "value": "010-theirs"}])
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_changed_there"
    assert server.asked("PUT") == []


def test_an_edit_that_clashes_without_versions_changes_nothing(bench: Make) -> None:
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        on_server(desk)
        changed_there(server, telecom=[{"system": "phone", "use": "mobile", "value": "010-theirs"}])
        result = desk.edit(phone="010-mine")
    assert result.outcome is EditOutcome.CONFLICT and desk.states("the-edit") == [Status.CANCELLED]
    assert server.asked("PUT") == [] and result.record and result.record.fields["phone"] == "010-0"


@fault("D6")
def test_an_edit_that_the_server_does_not_take_is_refused_and_leaves_the_lane_free(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        server.takes = ("create", "read", "search-type")
        result = desk.edit(phone="010-1")
        assert result.outcome is EditOutcome.REFUSED and desk.states("the-edit") == [Status.CANCELLED]
        assert server.asked("PUT") == []
        with desk.store.snapshot() as view:
            assert view.entries.read_lane("patient", "P-1") == []


def test_an_edit_goes_through_and_only_then_changes_the_record(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        result = desk.edit(phone="010-1")
    assert result.outcome is EditOutcome.ACCEPTED and result.record and result.record.fields["phone"] == "010-1"
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"


@fault("D6")
@pytest.mark.parametrize("type_", ["create", "update"])
def test_what_the_server_does_not_take_is_held_and_never_tried(bench: Make, type_: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        if type_ == "update":
            on_server(desk)
        server.takes = ("read", "search-type")
        writes = len(server.asked("POST"))
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.HELD] and desk.reason(uuid) == "why_unsupported"
    assert len(server.asked("POST")) == writes and server.asked("PUT") == []


def test_without_search_nothing_that_could_be_made_twice_is_sent(bench: Make) -> None:
    with FakeFhirServer(conditional=False, takes=("create", "read", "update")) as server:
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.HELD] and desk.reason(uuid) == "why_no_safe_create"
    assert server.asked("POST") == []


@fault("E6")
def test_a_delete_of_what_never_was_there_sends_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        new = NewEntry("d", person("P-1"), "Patient", Operation.DELETE, 5)
        with desk.store.transaction() as tx:
            tx.queue.enqueue([new], desk.clock.now())
        desk.drain()
    assert desk.states("d") == [Status.CANCELLED] and server.asked("DELETE") == []


@fault("C1")
@pytest.mark.parametrize("trouble", [Reply(503), Reply(500), Reply(None)])
def test_a_question_that_is_not_answered_puts_off_its_entry_and_no_other(bench: Make, trouble: Reply) -> None:
    left, offline = [trouble] * 3, set()
    with FakeFhirServer(conditional=False) as server:
        server.script = lambda a: left.pop() if a.method == "GET" and "P-0" in a.path and left else None
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(12)])

        def until() -> bool:
            offline.add(box[0].link.is_offline)
            return not desk.moving()

        box: list[Worker] = []
        desk.drain(before=box.append, until=until)
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and offline == {False}
    made = [a.body["identifier"][0]["value"] for a in server.asked("POST") if a.body]
    assert made[-1] == "P-0" and len(made) == 12


@fault("C9")
@pytest.mark.parametrize("page", [Reply(511), Reply(301, headers={"Location": "http://portal.invalid/"})])
def test_a_question_that_somebody_else_answers_pauses(bench: Make, page: Reply) -> None:
    with FakeFhirServer(conditional=False) as server:
        server.script = lambda a: page if a.method == "GET" and a.path.startswith("Patient") else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code in ("why_not_fhir", "why_moved")
    assert desk.states(uuid) == [Status.PENDING] and server.asked("POST") == []


@fault("C1")
def test_five_lost_answers_in_a_row_open_the_circuit_and_the_rest_waits(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = lambda a: Reply(None) if a.path != "metadata" else None
        clock = FastClock()
        clock.SPEED = 10.0  # the wait is longer than the way to it
        desk = bench(server, clock=clock, in_flight=1)
        uuids = desk.add(*[person(f"P-{n:02}") for n in range(20)])
        box: list[Worker] = []
        desk.drain(before=box.append, until=lambda: box[0].link.is_offline)
        assert len(server.asked("POST")) == 5 and desk.states(*uuids).count(Status.PENDING) == 15
