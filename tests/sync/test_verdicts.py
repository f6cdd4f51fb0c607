"""What a person is told of an answer: what the server said, and nothing that did not happen."""

from collections.abc import Callable

import pytest

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import SentAgain
from fhirdesk.i18n.messages import render
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]
WORDS = "HAPI-0389: Failed to call access method"


def acts(method: str, *answers: Reply) -> Callable[[RecordedRequest], Reply | None]:
    """Those answers in turn, then the server's own."""
    left = list(answers)
    return lambda asked: left.pop(0) if asked.method == method and asked.path and left else None


@fault("D7")
@pytest.mark.parametrize("code", ["lock-error", "transient", "throttled", "exception"])
@pytest.mark.parametrize("lost", [Reply(None), Reply(503), Reply(None, after=True)])
@pytest.mark.parametrize("create", [True, False])
def test_a_server_that_was_at_work_and_a_lost_answer_are_no_change_by_others(
    bench: Make, code: str, lost: Reply, create: bool
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        if not create:
            desk.add(person("P-1", phone="010-0"))
            desk.drain()
        server.script = acts("POST" if create else "PUT", *[Reply(409, issue(code))] * 5, lost)
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED], desk.reason(uuid)
    assert [p["telecom"][0]["value"] for p in server.held.values()] == ["010-1"]


@fault("D23")
def test_many_409_to_equal_creates_are_no_change_by_others(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        server.script = acts("POST", *[Reply(409)] * 6, Reply(None))
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 1


def test_changes_of_others_again_and_again_are_said_to_be_that(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()

        def rival(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT":
                before = {k: v for k, v in server.held["Patient/1"].items() if k not in ("id", "meta", "resourceType")}
                server.put("Patient", "1", **before | {"active": not before.get("active", False)})
            return None

        server.script = rival
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_changes_too_often"


@fault("D13")
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_5xx_with_an_answer_is_told_with_its_status_and_words(bench: Make, status: int) -> None:
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "processing", "diagnostics": WORDS}],
    }
    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(status, outcome) if asked.method == "POST" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain(until=lambda: desk.entry(uuid).status is Status.UNKNOWN)
        reason = desk.entry(uuid).reason
        assert reason and reason.code == "why_answered"
        for lang in ("en", "ko"):
            told = render(reason.code, reason.params, lang)
            assert str(status) in told and WORDS in told and "?" not in told and "Cut off" not in told
        with desk.store.snapshot() as view:
            details = view.queue_views.read_details(uuid)
        assert details.answer and details.answer.status == status and details.answer.issues[0].text == WORDS


def test_it_stays_told_while_it_is_looked_for(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(500) if asked.method == "POST" else None

    with FakeFhirServer(conditional=False) as server:
        server.script = script
        desk = bench(server, settle=3_000.0)
        (uuid,) = desk.add(person("P-1"))
        desk.drain(until=lambda: len(server.asked("GET", "Patient?identifier")) > 3)
    assert desk.states(uuid) == [Status.UNKNOWN] and desk.reason(uuid) == "why_answered"


def test_what_came_and_cannot_be_read_was_not_cut_off(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(200, {}, {"Content-Encoding": "br"}) if asked.method == "POST" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain(until=lambda: desk.entry(uuid).status is Status.UNKNOWN)
        assert desk.reason(uuid) == "why_unreadable"


def test_a_retry_of_what_is_being_checked_says_that_it_is_looked_at_first(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        server.script = acts("POST", Reply(422, issue("value")))
        (failed,) = desk.add(person("P-1"))
        desk.drain()
        server.script = lambda asked: Reply(None) if asked.method == "POST" else None
        (lost,) = desk.add(person("P-2"))
        desk.drain(until=lambda: desk.entry(lost).status is Status.UNKNOWN)
        again = desk.decisions().retry([failed, lost])
        assert again == SentAgain(1, 1) and desk.states(failed, lost) == [Status.PENDING, Status.UNKNOWN]
        assert again.describe("done_retry", str).code == "done_retry_both"
        assert desk.decisions().retry([lost]).describe("done_retry", str).code == "done_retry_looked"
        assert desk.decisions().make_due() == SentAgain(1, 1)
        for lang in ("en", "ko"):
            for deed in ("done_retry", "done_send_now"):
                for each in (again, SentAgain(0, 2), SentAgain(2, 0)):
                    told = each.describe(deed, str)
                    assert "?" not in render(told.code, told.params, lang)
