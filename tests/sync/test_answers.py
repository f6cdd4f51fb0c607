"""What each answer of a server does to an entry, judged by the journal of the server (rows D)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fhirdesk.core.queue_entry import Status
from tests.factories import person, resource
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]
PHONE = [{"system": "phone", "use": "mobile", "value": "010-theirs"}]


def once(method: str, act: Reply, *, times: int = 1) -> Callable[[RecordedRequest], Reply | None]:
    """The first answers to that method are scripted."""
    left = [times]

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.method == method and left[0]:
            left[0] -= 1
            return act
        return None

    return script


def there(desk: Harness, *keys: str, **more: Any) -> None:
    """Those patients are on the server."""
    desk.add(*[person(k, phone="010-0", **more) for k in keys])
    desk.drain()


def elements(server: FakeFhirServer, path: str) -> dict[str, Any]:
    return {k: v for k, v in server.held[path].items() if k not in ("id", "meta", "resourceType")}


# -- 404, 410


@fault("D4")
def test_a_record_that_has_a_new_id_there_is_found_by_its_identifier(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        server.put("Patient", "77", **elements(server, "Patient/1"))
        del server.held["Patient/1"]
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "77"
    assert list(server.held) == ["Patient/77"] and server.held["Patient/77"]["telecom"][0]["value"] == "010-1"


@fault("D4")
@pytest.mark.parametrize(("copies", "reason"), [(0, "why_missing_there"), (2, "why_duplicate")])
def test_none_or_several_there_ask_a_person(bench: Make, copies: int, reason: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        old = elements(server, "Patient/1")
        del server.held["Patient/1"]
        for number in range(copies):
            server.put("Patient", f"8{number}", **old)
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == reason
    assert len(server.held) == copies and len(server.asked("PUT")) <= 1  # none where the base was old, and read again


@fault("D5")
def test_a_404_to_a_create_pauses_instead_of_refusing_them_all(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(404) if asked.method == "POST" else None
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        uuids = desk.add(*[person(f"P-{n}") for n in range(20)])
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "why_wrong_place"
    assert set(desk.states(*uuids)) == {Status.PENDING} and len(server.asked("POST")) == 1


@fault("D6")
def test_a_type_that_is_refused_though_declared_is_said_once_and_the_rest_is_held(
    bench: Make, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(405) if asked.method == "POST" else None
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        uuids = desk.add(*[person(f"P-{n}") for n in range(12)])
        desk.drain()
        assert set(desk.states(*uuids)) == {Status.HELD} and desk.reason(uuids[5]) == "why_unsupported"
        assert len(server.asked("POST")) <= 2  # what was made ready meanwhile
        assert sum("does not take" in r.message for r in caplog.records) == 1
        server.script = lambda asked: None
        desk.drain(until=lambda: set(desk.states(*uuids)) == {Status.COMPLETED})  # asked anew at the next connect
    assert len(server.held) == 12


@fault("D8")
def test_what_was_deleted_there_is_never_made_again_by_itself(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        del server.held["Patient/1"]
        server.script = lambda asked: Reply(410) if asked.path == "Patient/1" else None
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_gone"
        assert server.held == {} and len(server.asked("POST")) == 1
        assert desk.resolve(uuid, "mine") is Status.PENDING
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and list(server.held) == ["Patient/2"]


# -- 409, 412, 413, 423, 428


@fault("D9")
@pytest.mark.parametrize("status", [409, 412])
def test_changes_of_different_elements_are_merged(bench: Make, status: int) -> None:
    with FakeFhirServer(stale=status) as server:
        desk = bench(server)
        there(desk, "P-1", address="서울")
        server.put("Patient", "1", **elements(server, "Patient/1") | {"active": True, "gender": "female"})
        (uuid,) = desk.add(person("P-1", phone="010-1", address="서울"))
        desk.drain()
    kept = server.held["Patient/1"]
    assert desk.states(uuid) == [Status.COMPLETED] and kept["active"] is True
    assert kept["telecom"][0]["value"] == "010-1"


@fault("D9")
def test_the_same_element_changed_on_both_sides_is_a_conflict(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        server.put("Patient", "1", **elements(server, "Patient/1") | {"telecom": PHONE})
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        reason = desk.entry(uuid).reason
        assert desk.states(uuid) == [Status.CONFLICT] and reason and reason.params["elements"] == "phone"
        assert server.held["Patient/1"]["telecom"] == PHONE
        desk.resolve(uuid, "mine")
        desk.drain()
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"


@fault("D9")
def test_a_newer_version_that_is_an_earlier_try_of_ours_is_no_conflict(bench: Make) -> None:
    """The server did it and said no; a person corrected the entry meanwhile."""
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        server.script = lambda asked: Reply(422, issue("value"), after=True) if asked.method == "PUT" else None
        (first,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert desk.states(first) == [Status.FAILED] and server.held["Patient/1"]["telecom"][0]["value"] == "010-1"
        server.script = lambda asked: None
        desk.correction().correct(first, {"phone": "010-2"}, "corrected")
        desk.drain()
    assert desk.states("corrected") == [Status.COMPLETED]
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-2"


@fault("D7")
def test_a_409_without_a_newer_version_is_tried_five_times_and_then_a_person_is_asked(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        server.script = lambda asked: Reply(409) if asked.method == "PUT" else None
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert (
        desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_refused_unchanged"
    )  # and nobody is said to have changed it
    assert len(server.asked("PUT")) == 5


@fault("D7")
def test_a_delete_that_others_refer_to_is_held_until_they_are_gone(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        server.script = lambda asked: Reply(409, issue("conflict")) if asked.method == "DELETE" else None
        uuid = desk.delete(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.HELD] and desk.reason(uuid) == "why_referenced"
        server.script = lambda asked: None
        with desk.store.transaction() as tx:
            tx.queue.release_referenced("P-1")
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and server.held == {}


@fault("D7")
def test_a_missing_target_holds_the_one_that_refers_to_it(bench: Make) -> None:
    from fhirdesk.core.records import Record

    visit = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": "completed"}
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1", "P-2")
        first = next(p for p, r in server.held.items() if r["identifier"][0]["value"] == "P-1")
        old = server.held.pop(first)  # which of the two came first is not said
        server.script = lambda asked: Reply(400, issue("not-found")) if asked.path == "Encounter" else None
        (uuid,) = desk.add(Record("encounter", "E-1", visit))
        desk.drain()
        entry = desk.entry(uuid)
        assert entry.status is Status.HELD and entry.reason and entry.reason.code == "why_waits_patient"
        server.script = lambda asked: None
        (again,) = desk.add(person("P-1", phone="010-9"))
        desk.drain()
    assert desk.states(uuid, again) == [Status.COMPLETED] * 2 and old
    new = desk.entry(again).logical_id
    assert server.asked("POST", "Encounter")[-1].body["subject"] == {"reference": f"Patient/{new}"}  # type: ignore[index]


@fault("D10")
def test_several_under_our_number_are_named(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.put("Patient", "71", **resource("P-1"))
        server.put("Patient", "72", **resource("P-1"))
        server.script = lambda asked: Reply(412, issue("multiple-matches")) if asked.method == "POST" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    reason = desk.entry(uuid).reason
    assert desk.states(uuid) == [Status.CONFLICT] and reason and reason.params["ids"] == "71, 72"
    assert len(server.asked("POST")) == 1


@fault("D11")
def test_a_bundle_that_is_too_large_is_halved_and_the_size_is_remembered(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        server.script = lambda asked: Reply(413) if asked.path == "" and len(asked.body["entry"]) > 8 else None  # type: ignore[index]
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(40)])
        desk.drain()
        with desk.store.snapshot() as view:
            learned = view.server_state.read_limits()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.held) == 40
    assert {desk.entry(u).attempts for u in uuids} == {1} and learned["bytes"] < desk.profile.bundle_bytes


@fault("D11")
def test_after_bundles_were_lost_down_to_single_requests_they_grow_again(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server, bundles_in_flight=1)
        with desk.store.transaction() as tx:
            tx.server_state.save_limits({"entries": 1})
        uuids = desk.add(*[person(f"P-{n}") for n in range(40)])
        desk.drain()
        sizes = [len(asked.body["entry"]) for asked in server.asked("POST") if asked.path == ""]  # type: ignore[index]
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.held) == 40
    assert max(sizes) >= 8 and sizes == sorted(sizes[:-1]) + sizes[-1:]


@fault("D11")
def test_a_single_one_that_is_too_large_fails(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        server.script = lambda asked: Reply(413) if asked.method == "POST" else None
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(3)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.FAILED} and desk.reason(uuids[0]) == "why_too_large"


def test_a_428_is_sent_once_more_with_the_version(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        with desk.store.transaction() as tx:
            (known,) = tx.id_map.get_many({("patient", "P-1")}).values()
            tx.id_map.put_many([replace(known, version_id=None)])
        server.script = once("PUT", Reply(428))
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED]
    assert [a.headers.get("If-Match") for a in server.asked("PUT")][-1] == 'W/"1"'


# -- 200 201 202 204


@fault("D16")
@pytest.mark.parametrize("location", [None, "http://evil.example/fhir/Patient/9/_history/1", "Group/9/_history/1"])
def test_without_a_proof_of_ours_it_is_looked_for(bench: Make, location: str | None) -> None:
    act = Reply(201, after=True, headers={"Location": location} if location else {})
    with FakeFhirServer() as server:
        server.script = once("POST", act)
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "1"
    assert len(server.asked("POST")) == 1 and len(server.asked("GET", "Patient?identifier")) == 1


@fault("D16")
def test_the_id_in_the_body_is_a_proof_where_no_location_is(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        mine = (asked.body or {}) | {"id": "1", "meta": {"versionId": "1"}}
        return Reply(201, body=mine, after=True) if asked.method == "POST" else None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == "1"
    assert len(server.asked("POST")) == 1 and server.asked("GET", "Patient?identifier") == []


@fault("D17")
def test_what_was_taken_for_later_is_polled_and_not_sent_again(bench: Make) -> None:
    looks = [0]

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.method == "POST":
            return Reply(202)
        looks[0] += asked.path.startswith("Patient?")
        if looks[0] == 3 and not server.held:
            server.put("Patient", "1", **server.asked("POST")[0].body or {})
        return None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server, settle=3000.0)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.asked("POST")) == 1 and looks[0] == 3


@fault("D17")
def test_after_an_empty_yes_the_version_is_read(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        there(desk, "P-1")
        server.script = once("PUT", Reply(204, after=True))
        first, second = (desk.add(person("P-1", phone=f"010-{n}"))[0] for n in (1, 2))
        desk.drain()
        (third,) = desk.add(person("P-1", phone="010-3"))
        desk.drain()
    assert desk.states(first, second, third) == [Status.SUPERSEDED, Status.COMPLETED, Status.COMPLETED]
    assert [a.headers["If-Match"] for a in server.asked("PUT")] == ['W/"1"', 'W/"2"']


def test_without_versions_a_change_is_read_back(bench: Make) -> None:
    with FakeFhirServer(versions=False, drops=("telecom",)) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    reason = desk.entry(uuid).reason
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.asked("PUT")) == 1
    assert reason and reason.code == "why_stored_less" and "Patient.telecom" in reason.params["elements"]


# -- busy


@fault("D12")
@pytest.mark.parametrize(("status", "header", "least"), [(429, "300", 300), (503, "1000000000000", 3600)])
def test_the_whole_server_waits_as_long_as_it_said_and_at_most_an_hour(
    bench: Make, status: int, header: str, least: float
) -> None:
    asked_at: list[float] = []
    with FakeFhirServer() as server:
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "POST":
                asked_at.append(desk.clock.now())
                return Reply(status, headers={"Retry-After": header}) if len(asked_at) == 1 else None
            return None

        server.script = script
        uuids = desk.add(*[person(f"P-{n}") for n in range(3)])
        desk.drain()
    waited = asked_at[1] - asked_at[0]
    assert least <= waited <= 2 * least + 500 and {desk.entry(u).failures for u in uuids} == {0}
    assert set(desk.states(*uuids)) == {Status.COMPLETED}


@fault("D12")
def test_a_bundle_that_is_asked_to_wait_goes_as_it_was(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        server.script = once("POST", Reply(503, headers={"Retry-After": "1"}))
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(8)])
        desk.drain()
        sizes = [len(asked.body["entry"]) for asked in server.asked("POST") if asked.path == ""]  # type: ignore[index]
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and {desk.entry(u).failures for u in uuids} == {0}
    assert sizes == [8, 7]  # between them one by itself, to see whether it is well again


@fault("D12")
def test_a_quota_that_is_used_up_is_heeded_where_nothing_says_how_long_to_wait(bench: Make) -> None:
    asked_at: list[float] = []
    with FakeFhirServer() as server:
        desk = bench(server, in_flight=1)

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "POST":
                asked_at.append(desk.clock.now())
                quota = {"RateLimit": '"fhirInteractions";r=0;t=56'}
                return Reply(429, issue("throttled"), quota) if len(asked_at) == 1 else None
            return None

        server.script = script
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert 56 <= asked_at[1] - asked_at[0] <= 600 and desk.states(uuid) == [Status.COMPLETED]


@fault("D12")
def test_a_429_to_an_entry_of_a_bundle_makes_the_server_wait_as_long_as_its_quota_says(bench: Make) -> None:
    asked_at: list[float] = []
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.path:
                return None
            asked_at.append(desk.clock.now())
            entry = {"response": {"status": "429", "outcome": issue("throttled")}}
            body = {
                "resourceType": "Bundle",
                "type": "batch-response",
                "entry": [entry] * len((asked.body or {})["entry"]),
            }
            return Reply(200, body, {"RateLimit": '"fhirInteractions";r=0;t=56'}) if len(asked_at) == 1 else None

        server.script = script
        uuids = desk.add(*[person(f"P-{n}") for n in range(8)])
        desk.drain()
        posts = [a for a in server.journal if a.method == "POST"]
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and {desk.entry(u).failures for u in uuids} == {0}
    assert asked_at[1] - asked_at[0] >= 56 and len(posts) == 2 + 8  # the refused Bundle, one alone, the other seven


@fault("D12")
@pytest.mark.parametrize("header", ["abc", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_nonsense_and_the_past_mean_our_own_backoff(bench: Make, header: str) -> None:
    with FakeFhirServer() as server:
        server.script = once("POST", Reply(429, headers={"Retry-After": header}))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).failures == 0


# -- Bundles


def _bare(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"response": {"status": "201 Created", "location": e["response"]["location"]}} for e in entries]


def _unquoted(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for entry in entries:
        entry["response"]["etag"] = entry["response"]["etag"].removeprefix("W/").strip('"')
    return entries


@fault("D22")
@pytest.mark.parametrize(
    "change",
    [lambda es: es[:-1], lambda es: [*es, es[0]], lambda es: es[::-1], _bare, _unquoted, lambda es: [{} for _ in es]],
    ids=["fewer", "more", "other order", "without etag", "etag without W/", "empty"],
)
def test_an_odd_answer_to_a_bundle_gives_no_record_another_s_id(
    bench: Make, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> None:
    with FakeFhirServer(batch=True) as server:
        server.rewrites.append(change)
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(6)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED}
    assert len(server.asked("POST", "Patient")) == 6 and len(server.held) == 6
    for number, uuid in enumerate(uuids):
        mine = server.held[f"Patient/{desk.entry(uuid).logical_id}"]
        assert mine["identifier"][0]["value"] == f"P-{number}"


@fault("D22")
@pytest.mark.parametrize(
    "yes",
    [
        Reply(200, issue("informational"), {"ETag": 'W/"9"'}),
        Reply(200, None, {"ETag": 'W/"9"', "Location": "Patient/1/_history/9"}),
        Reply(204, None),
        Reply(200, {"resourceType": "Bundle", "entry": {"response": "200"}}),
        Reply(200, {"resourceType": "Bundle", "entry": [{"response": "200"}, {"response": {"status": "²00"}}, None]}),
    ],
)
def test_a_yes_that_is_no_answer_to_a_bundle_completes_nothing(bench: Make, yes: Reply) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)
        there(desk, "P-1", "P-2", "P-3")
        left = [yes]
        server.script = lambda asked: left.pop() if asked.path == "" and left else None
        uuids = [*desk.add(person("P-1", phone="010-1"), person("P-2", phone="010-2")), desk.delete(person("P-3"))]
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and left == []
    assert {r["telecom"][0]["value"] for r in server.held.values()} == {"010-1", "010-2"}


@fault("C3")
def test_a_lost_answer_to_a_bundle_makes_each_entry_unknown_and_each_is_looked_for(bench: Make) -> None:
    lost = [True]

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(None, after=True) if asked.path == "" and lost and lost.pop() else None

    with FakeFhirServer(batch=True) as server:
        server.script = script
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(10)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.held) == 10
    assert len(server.asked("POST", "Patient")) == 10 and {desk.entry(u).failures for u in uuids} == {0}


@fault("D13")
def test_a_bundle_that_always_fails_for_one_entry_does_not_cost_the_others_a_try(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(500) if asked.method == "POST" and "P-bad" in str(asked.body) else None

    with FakeFhirServer(batch=True) as server:
        server.script = script
        desk = bench(server)
        bad, *good = desk.add(person("P-bad"), *[person(f"P-{n}") for n in range(20)])
        desk.drain(seconds=60)
    assert desk.states(bad) == [Status.FAILED] and desk.reason(bad) == "why_poison"
    assert set(desk.states(*good)) == {Status.COMPLETED} and {desk.entry(u).failures for u in good} == {0}


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_does_not_take_bundles_after_all_gets_them_one_by_one(bench: Make, status: int) -> None:
    with FakeFhirServer(batch=True) as server:
        server.script = lambda asked: Reply(status) if asked.path == "" else None
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(30)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.held) == 30
    assert len(server.asked("POST", "")) - len(server.asked("POST", "Patient")) <= 2  # Bundles that were tried


@fault("D21")
def test_a_transaction_that_is_refused_goes_as_a_batch(bench: Make) -> None:
    kinds: list[str] = []

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.path == "" and asked.body:
            kinds.append(asked.body["type"])
            if asked.body["type"] == "transaction" and "P-5" in str(asked.body):
                return Reply(422, issue("invalid"))
        return (
            Reply(422, issue("invalid", "Patient.name"))
            if asked.path == "Patient" and "P-5" in str(asked.body)
            else None
        )

    with FakeFhirServer(batch=True, transaction=True) as server:
        server.script = script
        desk = bench(server, transactions=True, bundle_entries=8)
        uuids = desk.add(*[person(f"P-{n}") for n in range(16)])
        desk.drain()
    failed = [n for n, u in enumerate(uuids) if desk.states(u) == [Status.FAILED]]
    assert failed == [5] and len(server.held) == 15 and sorted(kinds) == ["batch", "transaction", "transaction"]
    assert {desk.entry(u).attempts for u in uuids} == {1}


# -- gzip


@pytest.mark.parametrize("status", [400, 415])
def test_a_compressed_body_that_is_refused_goes_plain_once_and_that_is_remembered(bench: Make, status: int) -> None:
    with FakeFhirServer(batch=True) as server:
        server.script = lambda asked: Reply(status) if asked.headers.get("Content-Encoding") else None
        desk = bench(server, gzip=True)
        uuids = desk.add(*[person(f"P-{n}") for n in range(20)])
        desk.drain()
        assert set(desk.states(*uuids)) == {Status.COMPLETED}
        packed = sum("Content-Encoding" in a.headers for a in server.journal)
        desk.add(*[person(f"Q-{n}") for n in range(20)])
        desk.drain()
        assert sum("Content-Encoding" in a.headers for a in server.journal) == packed == 1


def test_a_compressed_body_is_read_by_a_server_that_can(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server, gzip=True)
        desk.add(*[person(f"P-{n}") for n in range(20)])
        desk.drain()
    assert len(server.held) == 20 and any("Content-Encoding" in a.headers for a in server.journal)
