"""Why an entry waits, in one sentence for each; and what is said of the queue as a whole."""

from collections.abc import Callable

import pytest

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import EditOutcome
from fhirdesk.i18n.messages import render
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness, SetClock
from tests.sync.test_order import visit

Make = Callable[..., Harness]


def why(desk: Harness, uuid: str) -> str:
    """Its code; both languages say it whole."""
    with desk.store.snapshot() as view:
        found = view.queue_views.read_details(uuid, desk.clock.now()).why
    assert "?" not in render(found.code, found.params, "en").rstrip("?") and render(found.code, found.params, "ko")
    return found.code


def test_what_is_due_behind_another_or_paused_says_so(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (first,) = desk.add(person("P-1"))
        assert why(desk, first) == "why_due"
        server.script = lambda asked: Reply(422, issue("value", "Patient.name")) if asked.method == "POST" else None
        desk.drain()
        (second,) = desk.add(person("P-1", phone="010-1"))
        assert (why(desk, first), why(desk, second)) == ("why_rejected", "why_behind_entry")
        (third,) = desk.add(person("P-2"))
        desk.decisions().pause(Reason("paused_by_hand"))
        assert why(desk, third) == "paused_by_hand"


@fault("E4")
def test_a_child_says_what_is_the_matter_with_its_parent(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (child,) = desk.add(visit())
        assert why(desk, child) == "why_parent_absent"
        (parent,) = desk.add(person("P-1"))
        assert why(desk, child) == "why_waits_patient"
        server.script = lambda asked: Reply(422, issue("value", "Patient.name")) if asked.method == "POST" else None
        desk.drain()
        assert why(desk, child) == "why_parent_refused"
        desk.decisions().change("discard", [parent], "twice")
        assert why(desk, child) == "why_parent_cancelled"


def test_after_fourteen_days_an_alarm_and_nothing_dropped(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server, clock=SetClock(1000.0))
        (uuid,) = desk.add(person("P-1"))
        with desk.store.snapshot() as view:
            assert view.queue_views.find_notices(1000.0 + 13 * 86_400) == []
            (notice,) = view.queue_views.find_notices(1000.0 + 15 * 86_400)
    assert notice == Reason("notice_old", {"count": "1"}) and desk.states(uuid) == [Status.PENDING]


@fault("D6")
def test_a_type_that_is_not_taken_is_one_notice(bench: Make) -> None:
    with FakeFhirServer(takes=("read", "search-type")) as server:
        desk = bench(server)
        desk.add(*[person(f"P-{n}") for n in range(5)])
        desk.drain()
        with desk.store.snapshot() as view:
            assert view.queue_views.find_notices(desk.clock.now()) == [
                Reason("notice_not_taken", {"type": "Patient", "count": "5"})
            ]


@fault("E9")
@pytest.mark.parametrize("refused", [False, True])
def test_an_edit_goes_behind_what_waits_in_its_lane_already(bench: Make, refused: bool) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()
        (older,) = desk.add(person("P-1", phone="010-1", address="서울"))
        server.journal.clear()

        def script(asked: RecordedRequest) -> Reply | None:
            return Reply(422, issue("value", "Patient.address[0]")) if refused and asked.method == "PUT" else None

        server.script = script
        result = desk.edit(phone="010-2")
        sent = [a.body["telecom"][0]["value"] for a in server.asked("PUT") if a.body]
    if refused:
        assert result.outcome is EditOutcome.CONFLICT and sent == ["010-1"] and result.message.params["entry"] == older
    else:
        assert result.outcome is EditOutcome.ACCEPTED and sent == ["010-1", "010-2"]
