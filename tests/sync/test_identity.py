"""D18: a server that is not the one we knew: everything stops, and a person is asked."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from fhirdesk.core.errors import Refused
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import EditOutcome
from fhirdesk.sync.worker.worker import Worker
from tests.factories import SYSTEM, person, resource
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def known(desk: Harness, count: int = 5) -> None:
    """Those patients are on the server."""
    desk.add(*[person(f"P-{n}", phone="010-0") for n in range(count)])
    desk.drain()


@fault("D18")
def test_at_connect_known_ids_that_are_somebody_else_s_stop_everything(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        known(desk)
        for id_ in range(1, 6):
            server.put("Patient", str(id_), **resource(f"Q-{id_}"))
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "pause_identity"
    assert desk.states(uuid) == [Status.PENDING] and server.asked("PUT") == []


@fault("D18")
def test_at_connect_known_ids_that_vanished_stop_everything(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        known(desk)
        server.held.clear()
        (uuid,) = desk.add(person("P-9"))
        worker = desk.drain()
        assert worker.link.paused and worker.link.paused.code == "pause_vanished"
        assert desk.states(uuid) == [Status.PENDING] and len(server.asked("POST")) == 5
        desk.forget_ids()
        desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert {r["identifier"][0]["value"] for r in server.held.values()} == {"P-1", "P-9"}


@fault("D18")
def test_one_that_was_deleted_there_stops_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        known(desk)
        del server.held["Patient/1"]
        (uuid,) = desk.add(person("P-9"))
        worker = desk.drain()
    assert worker.link.paused is None and desk.states(uuid) == [Status.COMPLETED]


@fault("D18")
@pytest.mark.parametrize("status", [409, 410, 412])
def test_ids_of_others_while_we_are_connected_are_noticed_at_the_first_no(bench: Make, status: int) -> None:
    with FakeFhirServer() as server:
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        known(desk, 4)

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method != "PUT":
                return None
            for id_ in range(1, 5):
                server.put("Patient", str(id_), **resource(f"Q-{id_}", birthDate="1950-01-01"))
            return Reply(status)

        server.script = script
        uuids = desk.add(*[person(f"P-{n}", phone="010-1") for n in range(4)])
        desk.drain()
        (next_,) = desk.add(person("P-9"))
        worker = desk.drain()
        assert {r["identifier"][0]["value"][0] for r in server.held.values()} == {"Q"}
    assert worker.link.paused and worker.link.paused.code == "pause_identity"
    assert Status.COMPLETED not in desk.states(*uuids, next_)


@fault("D18")
def test_a_reset_while_we_are_connected_is_noticed_at_the_first_404(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server, in_flight=1)
        known(desk, 8)

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT":
                server.held.clear()
            return None

        server.script = script
        uuids = desk.add(*[person(f"P-{n}", phone="010-1") for n in range(8)])
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "pause_vanished"
    assert Status.CONFLICT not in desk.states(*uuids) and Status.FAILED not in desk.states(*uuids)


@fault("D18")
def test_an_edit_never_reaches_another_patient(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        known(desk)
        (id_,) = (p.removeprefix("Patient/") for p, r in server.held.items() if r["identifier"][0]["value"] == "P-1")
        server.put("Patient", id_, **resource("Q-2", birthDate="1950-01-01"))
        result = desk.edit(phone="010-1")
        with desk.store.snapshot() as view:
            paused = view.server_state.read_pause()
    assert result.outcome in (EditOutcome.CONFLICT, EditOutcome.UNREACHABLE)  # the latter: noticed at connect
    assert server.asked("PUT") == []
    assert paused and paused.code == "pause_identity"


@fault("D18")
def test_no_number_and_another_birth_date_is_another_patient(bench: Make) -> None:
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        known(desk, 1)
        server.put("Patient", "1", birthDate="1950-01-01")
        (uuid,) = desk.add(person("P-0", phone="010-1"))
        worker = desk.drain()
    assert worker.link.paused and server.asked("PUT") == [] and desk.states(uuid) == [Status.PENDING]


def stolen(desk: Harness, server: FakeFhirServer) -> dict[str, object]:
    """P-0 was Patient/1; that id is somebody else's now, in the very version that we know."""
    known(desk, 1)
    server.held.clear()
    return server.put("Patient", "1", **resource("Q-1", birthDate="1950-01-01", gender="female"))


def gone_on(desk: Harness) -> Worker:
    """A person ends the pause."""

    def resume(worker: Worker) -> None:
        worker.link.pause(Reason("pause_identity"))
        worker.link.resume()

    return desk.drain(before=resume)


@fault("D18")
def test_who_goes_on_all_the_same_writes_to_no_other_patient(bench: Make) -> None:
    visit = {"encounter_id": "E-1", "patient_id": "P-0", "encounter_class": "AMB", "status": "completed"}
    with FakeFhirServer() as server:
        desk = bench(server)
        other = stolen(desk, server)
        (child,) = desk.add(Record("encounter", "E-1", visit))
        assert desk.drain().link.paused
        gone_on(desk)
        assert desk.states(child) == [Status.HELD] and list(server.held) == ["Patient/1"]
        (uuid,) = desk.add(person("P-0", phone="010-1"))
        gone_on(desk)
        assert server.held["Patient/1"] == other
        assert server.held["Encounter/3"]["subject"] == {"reference": "Patient/2"}
    assert desk.states(uuid, child) == [Status.COMPLETED] * 2


@fault("D18")
@pytest.mark.parametrize("how", ["mine", "theirs"])
def test_no_decision_makes_two_patients_one(bench: Make, how: str) -> None:
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        known(desk, 1)
        (uuid,) = desk.add(person("P-0", phone="010-1"))
        other: list[object] = []

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT" and not other:
                other.append(server.put("Patient", "1", **resource("Q-1", birthDate="1950-01-01")))
                return Reply(500)
            return None

        server.script = script
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_another_patient"
        with pytest.raises(Refused) if how == "theirs" else nullcontext():
            desk.resolve(uuid, how)
        gone_on(desk)
        assert server.held["Patient/1"] == other[0]
    with desk.store.snapshot() as view:
        record = view.records.get_many("patient", ["P-0"])["P-0"]
    assert record.fields["birth_date"] == "1985-06-15"
    assert desk.states(uuid) == [Status.COMPLETED if how == "mine" else Status.CONFLICT]


@fault("D18")
def test_ids_that_belong_to_others_without_a_birth_date_or_a_number_stop_all(bench: Make) -> None:
    def visit(**more: str) -> Record:
        fields = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": "completed"}
        return Record("encounter", "E-1", fields | more)

    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"), visit())
        desk.drain()
        server.held.clear()
        server.put("Patient", "1", name=[{"family": "Other"}])
        server.put("Encounter", "2", status="planned", subject={"reference": "Patient/1"})
        (uuid,) = desk.add(visit(status="cancelled"))
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "pause_identity"
    assert server.asked("PUT") == [] and desk.states(uuid) == [Status.PENDING]


def test_one_number_that_somebody_removed_stops_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"), person("P-2"))
        desk.drain()
        server.put("Patient", "1", name=[{"family": "홍"}], birthDate="1985-06-15")
        (uuid,) = desk.add(person("P-2", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED]


@fault("D18")
def test_two_records_that_name_one_id_do_not_become_one(bench: Make) -> None:
    with FakeFhirServer(versions=False) as server:
        server.put("Patient", "77", birthDate="1985-06-15")
        desk = bench(server)
        uuids = desk.add(person("P-1", openemr_patient_id="77"), person("P-2", openemr_patient_id="77"))
        desk.drain()
        assert sorted(desk.states(*uuids)) == [Status.COMPLETED, Status.CONFLICT]
        (contested,) = [u for u in uuids if desk.states(u) == [Status.CONFLICT]]
        del server.held["Patient/77"]["identifier"]
        with pytest.raises(Refused):
            desk.resolve(contested, "arrived", "77")


OTHERS = {
    "another number": resource("P-9", birthDate="1950-01-01"),
    "no number, another birth date": {"birthDate": "1950-01-01", "name": [{"family": "홍", "given": ["길동"]}]},
    "no number, another name": {"birthDate": "1985-06-15", "name": [{"family": "Smith", "given": ["Ann"]}]},
}


@fault("H1")
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("who", OTHERS)
def test_a_create_that_is_answered_with_another_patient_is_none(bench: Make, who: str, batch: bool) -> None:
    with FakeFhirServer(batch=batch) as server:
        other = server.put("Patient", "9", **OTHERS[who])
        mixed = Reply(201, other, {"ETag": 'W/"1"', "Location": f"{server.url}/Patient/9/_history/1"}, after=True)
        server.script = lambda asked: mixed if asked.method == "POST" and asked.path else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        worker = desk.drain()
        assert desk.states(uuid) == [Status.UNKNOWN] and desk.entry(uuid).logical_id is None
        assert worker.link.paused and worker.link.paused.code == "why_mixed_up"
        server.script = lambda asked: None
        desk.drain(before=lambda resumed: resumed.link.resume())
        (change,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid, change) == [Status.COMPLETED] * 2
    assert server.held["Patient/9"] == other and len(server.held) == 2 and len(server.asked("POST", "Patient")) == 1


@fault("H1")
@pytest.mark.parametrize("who", OTHERS)
def test_a_change_that_is_answered_with_another_patient_has_perhaps_not_arrived(bench: Make, who: str) -> None:
    with FakeFhirServer() as server:
        other = server.put("Patient", "9", **OTHERS[who])
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()
        server.script = lambda asked: Reply(200, other, {"ETag": 'W/"1"'}) if asked.method == "PUT" else None
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        worker = desk.drain()
        assert desk.states(uuid) == [Status.UNKNOWN]
        assert worker.link.paused and worker.link.paused.code == "why_mixed_up"
        server.script = lambda asked: None
        desk.drain(before=lambda resumed: resumed.link.resume())
    assert desk.states(uuid) == [Status.COMPLETED] and server.held["Patient/9"] == other
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"


@fault("H1")
def test_a_profile_edit_that_is_answered_with_another_patient_is_not_accepted(bench: Make) -> None:
    with FakeFhirServer() as server:
        other = server.put("Patient", "9", **OTHERS["another number"])
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()
        server.script = lambda asked: Reply(200, other, {"ETag": 'W/"1"'}) if asked.method == "PUT" else None
        told = desk.edit(phone="010-1", patience=2_000.0)
    assert told.outcome is EditOutcome.UNKNOWN and told.record and told.record.fields["phone"] == "010-0"
    assert server.held["Patient/9"] == other


@fault("H1")
def test_a_result_that_is_answered_with_one_of_another_patient_is_none(bench: Make) -> None:
    fields = {
        "result_id": "LR-1", "patient_id": "P-1", "test_code": "718-7", "test_name": "Hb", "result_value": "13.5",
        "resulted_at": "2025-01-01T00:00:00+09:00",
    }  # fmt: skip
    with FakeFhirServer() as server:
        other = server.put("Observation", "9", subject={"reference": f"{server.url}/Patient/77"})
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        mixed = Reply(201, other, {"ETag": 'W/"1"'})
        server.script = lambda asked: mixed if asked.method == "POST" else None
        (uuid,) = desk.add(Record("lab_result", "LR-1", fields))
        worker = desk.drain()
    assert desk.states(uuid) == [Status.UNKNOWN] and desk.entry(uuid).logical_id is None
    assert worker.link.paused and worker.link.paused.code == "why_mixed_up"


def test_what_a_server_writes_in_its_own_way_is_still_ours(bench: Make) -> None:
    """Another system for our number, letters in capitals, another way to write a name."""

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.method != "POST":
            return None
        body = (asked.body or {}) | {"id": "1", "meta": {"versionId": "1"}}
        body["identifier"] = [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "value": "P-1"}]
        body["name"] = [{"family": n["family"].upper(), "given": n["given"]} for n in body["name"]]
        return Reply(201, body, after=True)

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        (uuid,) = desk.add(person("P-1", family_name="Hong", given_name="Gil"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED]


# -- H10: another address


def moved(bench: Make, there: dict[str, dict[str, Any]], **more: Any) -> tuple[Harness, Worker, FakeFhirServer]:
    """A clinic whose server is elsewhere now, with that on it; a change of P-1 waits."""
    with FakeFhirServer() as old:
        desk = bench(old)
        known(desk)
        held = dict(old.held)
    with FakeFhirServer() as new:
        new.held |= {path: there.get(path, body) for path, body in held.items() if there.get(path) != {}}
        desk = bench(new, **more)
        desk.add(person("P-1", phone="010-1"))
        worker = desk.drain()
    return desk, worker, new


def address(desk: Harness) -> str | None:
    """Where the server is that is known."""
    with desk.store.snapshot() as view:
        return view.server_state.read_address()


@fault("H10")
def test_a_server_that_has_what_was_known_is_the_same_at_another_address(bench: Make) -> None:
    desk, worker, new = moved(bench, {"Patient/1": {}})  # one of them was deleted meanwhile
    assert worker.link.paused is None and [a.method for a in new.journal][:4] == ["GET"] * 4
    assert address(desk) == new.url and new.asked("PUT")


GONE: dict[str, dict[str, Any]] = {f"Patient/{n}": {} for n in range(1, 6)}
BODY = {"resourceType": "Patient", "birthDate": "1985-06-15", "meta": {"versionId": "1"}}
LIKE: dict[str, dict[str, Any]] = {
    "no number": {"identifier": []},
    "another birth date": {"birthDate": "1950-01-01"},
    "another's number": {"identifier": [{"system": SYSTEM, "value": "P-77"}]},
}


@fault("H10")
def test_a_server_that_proves_nothing_gets_nothing(bench: Make) -> None:
    desk, worker, new = moved(bench, GONE)
    assert worker.link.paused and worker.link.paused.code in ("pause_moved", "pause_vanished")
    assert {a.method for a in new.journal} == {"GET"} and address(desk) != new.url


@fault("H10")
@pytest.mark.parametrize("like", LIKE)
def test_what_only_looks_like_a_record_of_ours_proves_nothing(bench: Make, like: str) -> None:
    fake = {f"Patient/{n}": BODY | {"id": str(n), **resource(f"P-{n - 1}")} | LIKE[like] for n in range(1, 6)}
    _, worker, new = moved(bench, fake)
    assert worker.link.paused and worker.link.paused.code in ("pause_moved", "pause_identity")
    assert {a.method for a in new.journal} == {"GET"}


@fault("H10")
def test_a_person_may_say_that_it_is_the_right_one(bench: Make) -> None:
    desk, worker, _ = moved(bench, GONE)
    paused = worker.link.paused
    assert paused
    with FakeFhirServer() as new:
        desk = bench(new)

        def resumed(next_: Worker) -> None:
            next_.link.pause(paused)
            next_.link.resume()

        desk.drain(before=resumed, until=lambda: address(desk) == new.url)
