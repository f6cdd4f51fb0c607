"""The create ladder (rule 6): never twice, whatever the server can do and whatever gets lost."""

from collections.abc import Callable
from uuid import UUID

import pytest

from fhirdesk.core.queue_entry import Status
from tests.factories import person, resource
from tests.marks import fault, rule
from tests.require import require
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import FastClock, Harness

Make = Callable[..., Harness]


def lose(times: int, method: str = "POST", *, after: bool = False) -> Callable[[RecordedRequest], Reply | None]:
    """The first answers to that method are lost; `after`: the server did it all the same."""
    left = [times]

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.method == method and left[0]:
            left[0] -= 1
            return Reply(None, after=after)
        return None

    return script


@fault("C3")
def test_a_lost_answer_is_looked_for_and_found(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = lose(1, after=True)
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED]
    assert len(server.held) == 1 and len(server.asked("POST")) == 1


@fault("D15")
def test_a_conditional_create_that_meets_another_content_is_followed_by_an_update(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.put("Patient", "77", **resource("P-1", telecom=[{"system": "fax", "value": "1"}]))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    there = server.held["Patient/77"]
    assert desk.entry(uuid).logical_id == "77" and desk.states(uuid) == [Status.COMPLETED]
    assert there["name"] and there["telecom"] == [{"system": "fax", "value": "1"}]
    assert server.asked("PUT")[0].headers["If-Match"] == 'W/"1"'


@fault("D15")
@pytest.mark.parametrize("way", ["conditional", "search", "id", "lost"])
def test_what_the_record_says_nothing_of_is_not_taken_away_at_the_first_meeting(bench: Make, way: str) -> None:
    phone = {"system": "phone", "use": "mobile", "value": "010-7777-7777"}
    with FakeFhirServer(conditional=way != "search") as server:
        if way == "lost":
            server.script = lose(1)
        server.put("Patient", "77", **resource("P-1", telecom=[phone], birthDate="1985-06-15"))
        desk = bench(server)
        more = {"openemr_patient_id": "77"} if way == "id" else {}
        (uuid,) = desk.add(person("P-1", email="a@example.org", **more))
        desk.drain()
        assert desk.states(uuid) == [Status.COMPLETED]
        desk.add(person("P-1", phone="010-1", email="a@example.org", **more))  # what is said later goes
        desk.drain()
    assert [t["value"] for t in require(server.asked("PUT")[0].body)["telecom"]] == ["010-7777-7777", "a@example.org"]
    assert [t["value"] for t in server.held["Patient/77"]["telecom"]] == ["010-1", "a@example.org"]


def test_a_patient_said_to_be_there_is_updated_under_that_id(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.put("Patient", "77", birthDate="1985-06-15", maritalStatus={"text": "M"})
        desk = bench(server)
        (uuid,) = desk.add(person("P-1", openemr_patient_id="77"))
        desk.drain()
    there = server.held["Patient/77"]
    assert desk.entry(uuid).logical_id == "77" and desk.states(uuid) == [Status.COMPLETED]
    assert there["identifier"][0]["value"] == "P-1" and there["maritalStatus"] == {"text": "M"}
    assert len(server.held) == 1 and server.asked("POST") == []


@fault("D18")
def test_a_patient_said_to_be_there_who_is_somebody_else_is_left_alone(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.put("Patient", "77", birthDate="1999-01-01")
        desk = bench(server)
        (uuid,) = desk.add(person("P-1", openemr_patient_id="77"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and server.asked("PUT") == server.asked("POST") == []


def test_a_patient_said_to_be_there_who_is_not_is_created(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = desk.add(person("P-1", openemr_patient_id="77"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.asked("POST")) == 1


@fault("C4")
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("late", ["before the resend", "after it"])
def test_a_put_to_an_id_of_ours_that_is_applied_late_makes_no_second_version(
    bench: Make, late: str, batch: bool
) -> None:
    puts: list[RecordedRequest] = []
    with FakeFhirServer(conditional=False, update_create=True, batch=batch) as server:

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT":
                puts.append(asked)
                if late == "before the resend" and len(puts) == 3:
                    server.answer(puts[0])
            return Reply(500 if batch else None) if puts == [asked] else None

        server.script = script
        desk = bench(server)
        uuids = desk.add(person("P-1"), person("P-2"))
        desk.drain()
        assert server.answer(puts[0])[0] == 412
    assert set(desk.states(*uuids)) == {Status.COMPLETED}
    assert [r["meta"]["versionId"] for r in server.held.values()] == ["1", "1"]


def test_without_conditional_create_a_put_goes_to_an_id_of_ours(bench: Make) -> None:
    with FakeFhirServer(conditional=False, update_create=True) as server:
        server.script = lose(1, "PUT", after=True)
        desk = bench(server)
        (uuid,) = desk.add(person("12345"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and server.asked("POST") == []
    (path,) = server.held
    assert UUID(path.removeprefix("Patient/")) and len(server.held) == 1


def test_without_either_the_one_that_is_there_is_found_first(bench: Make) -> None:
    with FakeFhirServer(conditional=False) as server:
        server.put("Patient", "77", **resource("P-1"))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "77"
    assert server.asked("POST") == [] and list(server.held) == ["Patient/77"]


def test_without_either_two_that_are_there_are_a_conflict(bench: Make) -> None:
    with FakeFhirServer(conditional=False) as server:
        server.put("Patient", "77", **resource("P-1"))
        server.put("Patient", "78", **resource("P-1"))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_duplicate"
    assert server.asked("POST") == []


@fault("C4")
def test_an_unguarded_create_is_sent_again_only_after_two_empty_searches_a_settle_time_apart(bench: Make) -> None:
    clock, searched, posted = FastClock(), list[float](), list[float]()
    loses = lose(1)

    def script(asked: RecordedRequest) -> Reply | None:
        (posted if asked.method == "POST" else searched).append(clock.now())
        return loses(asked)

    with FakeFhirServer(conditional=False) as server:
        desk = bench(server, clock=clock, settle=90.0)
        desk.meet()
        server.script = script
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 2 and len(posted) == 2
    between = [at for at in searched if posted[0] < at < posted[1]]
    assert len(between) >= 2 and posted[1] - between[0] >= 90.0


@rule(6)
def test_an_empty_search_proves_nothing_where_none_has_found_anything_yet(bench: Make) -> None:
    with FakeFhirServer(conditional=False) as server:
        server.script = lose(1)
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_search_unproved"
        assert len(server.asked("POST")) == 1
        assert desk.resolve(uuid, "absent") is Status.PENDING
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 1


@rule(6)
def test_after_a_second_unknown_outcome_a_late_one_is_found(bench: Make) -> None:
    searched: list[int] = []
    with FakeFhirServer(conditional=False) as server:
        desk = bench(server)
        desk.meet()
        loses = lose(2)

        def script(asked: RecordedRequest) -> Reply | None:
            posts = server.asked("POST", "Patient")[1:]
            if asked.method == "GET" and "P-1" in asked.path and len(posts) == 2:
                searched.append(1)
                if len(searched) == 2:
                    server.put("Patient", "9", **(posts[1].body or {}))
            return loses(asked)

        server.script = script
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "9"


@fault("C4")
def test_a_late_apply_is_found_before_the_resend(bench: Make) -> None:
    looks = [0]
    loses = lose(1)
    with FakeFhirServer(conditional=False) as server:

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "GET" and asked.path.startswith("Patient?") and server.asked("POST"):
                looks[0] += 1
                if looks[0] == 2:
                    server.put("Patient", "9", **(server.asked("POST")[0].body or {}))
            return loses(asked)

        server.script = script
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "9"
    assert len(server.asked("POST")) == 1


def test_a_second_unknown_outcome_of_an_unguarded_create_asks_a_person(bench: Make) -> None:
    with FakeFhirServer(conditional=False) as server:
        desk = bench(server)
        desk.meet()
        server.script = lose(9)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_unknown_twice"
        assert len(server.asked("POST")) == 3
        server.put("Patient", "55", **(server.asked("POST")[1].body or {}))
        assert desk.resolve(uuid, "arrived", "55") is Status.COMPLETED
        (child,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(child) == [Status.COMPLETED] and server.held["Patient/55"]["telecom"]


@fault("D23")
def test_equal_creates_at_once_end_in_one(bench: Make) -> None:
    refused = [2]

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.method == "POST" and refused[0]:
            refused[0] -= 1
            return Reply(409)
        return None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 1


@rule(6)
@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("key", ["P-1,P-2", "P-2,", "P|1", "P$1", "P\\", "P\\,P-2", "홍 길동/1+2&3%2C=#;"])
def test_a_key_with_signs_that_a_search_reads_is_one_key(bench: Make, key: str, conditional: bool) -> None:
    with FakeFhirServer(conditional=conditional) as server:
        other = server.put("Patient", "9", **resource("P-2", birthDate="1950-01-01"))
        server.script = lose(1, after=True)
        desk = bench(server)
        (made,) = desk.add(person(key))
        desk.drain()
        (again,) = desk.add(person(key, phone="010-1"))
        desk.drain()
        desk.forget_ids()
        (found,) = desk.add(person(key, phone="010-2"))
        desk.drain()
        assert server.held.pop("Patient/9") == other
        (ours,) = server.held.values()
    assert desk.states(made, again, found) == [Status.COMPLETED] * 3
    assert ours["identifier"][0]["value"] == key and ours["telecom"][0]["value"] == "010-2"


@fault("D15")
def test_what_a_conditional_create_meets_under_another_number_is_left_alone(bench: Make) -> None:
    with FakeFhirServer() as server:
        other = server.put("Patient", "9", **resource("p-1", birthDate="1950-01-01"))
        server.script = lambda asked: Reply(200, other, {"ETag": 'W/"1"'}) if asked.method == "POST" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_another_number"
        assert server.held == {"Patient/9": other} and server.asked("PUT") == []
        (newer,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(newer) == [Status.PENDING] and server.held == {"Patient/9": other}


def shut(status: int) -> Callable[[RecordedRequest], Reply | None]:
    """The first create's answer is lost, and a search is refused."""
    loses = lose(1)
    return lambda asked: Reply(status) if asked.method == "GET" and "identifier" in asked.path else loses(asked)


@fault("D13")
def test_where_nobody_may_look_a_person_is_asked_and_the_others_go_on(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = shut(403)
        desk = bench(server, in_flight=1)
        (lost,) = desk.add(person("P-1"))
        desk.drain()
        assert desk.states(lost) == [Status.CONFLICT] and desk.reason(lost) == "why_not_shown"
        others = desk.add(person("P-2"), person("P-3"))
        desk.drain()
        assert desk.states(*others) == [Status.COMPLETED] * 2
        assert desk.resolve(lost, "absent") is Status.PENDING
        desk.drain()
    assert desk.states(lost) == [Status.COMPLETED] and len(server.held) == 3


@fault("D2")
def test_a_look_that_wants_a_sign_in_pauses(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = shut(401)
        desk = bench(server)
        (lost,) = desk.add(person("P-1"))
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "why_sign_in"
    assert desk.states(lost) == [Status.UNKNOWN]


@rule(6)
@pytest.mark.parametrize("loses", [False, True])
def test_a_search_that_passes_over_the_identifier_proves_nothing(bench: Make, loses: bool) -> None:
    with FakeFhirServer(conditional=False) as server:
        others = [server.put("Patient", str(n), **resource(f"Q-{n}")) for n in range(70, 73)]
        page = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in others]}
        page |= {"link": [{"relation": "next", "url": f"{server.url}?page=2"}]}
        posts = lose(1, after=True)

        def script(asked: RecordedRequest) -> Reply | None:
            sees = not loses or bool(server.asked("POST"))
            return Reply(200, page) if sees and "identifier" in asked.path else posts(asked) if loses else None

        server.script = script
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT if loses else Status.HELD]
    assert len(server.asked("POST")) == int(loses)


@fault("G2")
@pytest.mark.parametrize("conditional", [True, False])
def test_a_clock_set_back_by_a_day_holds_up_no_look(bench: Make, conditional: bool) -> None:
    with FakeFhirServer(conditional=conditional) as server:
        clock = FastClock()
        desk = bench(server, clock=clock)
        desk.meet()
        server.script = lose(1)
        clock._wall += 86_400.0
        (uuid,) = desk.add(person("P-1"))
        desk.drain(until=lambda: desk.states(uuid) == [Status.UNKNOWN])
        clock._wall -= 86_400.0
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 2
