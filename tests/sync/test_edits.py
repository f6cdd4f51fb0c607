"""Profile edits in trouble: what the person is told, and what it does to the lane (rule 12)."""

from collections.abc import Callable

import pytest

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import EditOutcome
from fhirdesk.sync.worker.worker import Worker
from tests.factories import person
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import FastClock, Harness

Make = Callable[..., Harness]
BY_HAND = Reason("paused_by_hand")


def on_server(desk: Harness) -> None:
    desk.add(person("P-1", phone="010-0"))
    desk.drain()


@fault("G12")
def test_the_server_says_no_too(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        server.script = lambda asked: Reply(403, issue("forbidden")) if asked.method == "PUT" else None
        told = desk.edit(phone="010-1")
        assert told.outcome is EditOutcome.REFUSED and desk.states("the-edit") == [Status.CANCELLED]
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-0"


@rule(12)
def test_an_edit_during_a_pause_says_that_sending_is_paused(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        told = desk.edit(before=lambda w: w.link.pause(BY_HAND), phone="010-1")
        assert (told.outcome, told.message.code) == (EditOutcome.UNREACHABLE, "edit_paused")
        assert server.asked("PUT") == [] and desk.states("the-edit") == [Status.CANCELLED]


@rule(10)
def test_a_pause_that_begins_while_the_patient_is_read_holds_the_edit(bench: Make) -> None:
    workers: list[Worker] = []

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.path == "Patient/1" and asked.method == "GET" and len(server.asked("GET", "Patient/1")) > 1:
            workers[0].link.pause(BY_HAND)
        return None

    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        server.journal.clear()
        server.script = script
        told = desk.edit(before=workers.append, phone="010-1")
        assert workers[0].link.paused and server.asked("PUT") == []
    assert told.message.code == "edit_paused" and desk.states("the-edit") == [Status.CANCELLED]


@rule(12)
@pytest.mark.parametrize(("status", "code"), [(401, "edit_paused"), (301, "edit_paused"), (429, "edit_unreachable")])
def test_an_edit_whose_answer_pauses_says_so(bench: Make, status: int, code: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        server.script = lambda a: Reply(status) if a.method == "PUT" else None
        told = desk.edit(phone="010-1")
    assert (told.outcome, told.message.code) == (EditOutcome.UNREACHABLE, code)


@rule(9)
def test_an_edit_does_not_use_up_the_tries_of_what_waits_before_it(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        server.script = lambda a: Reply(409, issue("lock-error")) if a.method == "PUT" else None
        desk.clock = FastClock()
        desk.clock.SPEED = 1.0  # the wait is longer than the way to it
        (before,) = desk.add(person("P-1", phone="010-0", given_name="새이름"))
        told = desk.edit(email="a@clinic.kr")
        assert told.outcome is EditOutcome.UNREACHABLE and len(server.asked("PUT")) == 1
        assert (desk.entry(before).status, desk.entry(before).failures) == (Status.PENDING, 1)


@rule(12)
@pytest.mark.parametrize("away", [False, True])
def test_an_edit_of_which_nobody_knows_and_that_is_not_there_goes_again(bench: Make, away: bool) -> None:
    """The person was told that the outcome is not known: the edit waits, and is not taken back behind their back."""
    with FakeFhirServer() as server:
        desk = bench(server)
        on_server(desk)
        clock = desk.clock = FastClock()
        clock.SPEED = 1.0
        server.script = lambda a: Reply(None) if a.method == "PUT" else None
        told = desk.edit(phone="010-1")
        assert told.outcome is EditOutcome.UNKNOWN and desk.states("the-edit") == [Status.UNKNOWN]
        clock.SPEED = 1000.0
        if away:
            server.script = lambda a: Reply(None)
            passes = iter(range(20))
            desk.drain(until=lambda: next(passes, None) is None)
            assert desk.states("the-edit") == [Status.UNKNOWN]
        server.script = lambda a: None
        desk.drain()
        assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"
    assert desk.states("the-edit") == [Status.COMPLETED]
