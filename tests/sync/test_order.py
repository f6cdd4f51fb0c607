"""Order and dependencies (rows E), judged by the journal of the server."""

from collections.abc import Callable
from typing import Any

import pytest

from fhirdesk.app.importing import Importer
from fhirdesk.core.queue_entry import Operation, Status
from fhirdesk.core.records import Record, SourceRecord
from fhirdesk.files import Row
from fhirdesk.store.damage import invariants
from fhirdesk.store.queue import NewEntry
from fhirdesk.sync.outbox.outbox import Incoming
from tests.factories import person, resource
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]
CODE = {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}


def panel(id_: str, *members: str, system: str | None = None) -> dict[str, Any]:
    """An Observation that has others as members."""
    made: dict[str, Any] = {"resourceType": "Observation", "id": id_, "status": "final", "code": CODE}
    return made | {"hasMember": [{"reference": f"Observation/{m}"} for m in members]} if members else made


def read(desk: Harness, *resources: dict[str, Any]) -> list[str]:
    """Import FHIR resources; the uuids of their entries."""
    intake = Importer(desk.store, desk.mapper)
    records = intake.read([Row(n, r) for n, r in enumerate(resources)], intake.begin_import())
    assert all(isinstance(r, SourceRecord) for r in records), records
    return desk.add(*[r for r in records if isinstance(r, SourceRecord)])


def visit(key: str = "E-1", patient: str = "P-1") -> Record:
    fields = {"encounter_id": key, "patient_id": patient, "encounter_class": "AMB", "status": "completed"}
    return Record("encounter", key, fields)


def sound(desk: Harness) -> None:
    with desk.store.snapshot() as view:
        assert invariants.find_violations(view.conn) == []


# -- E1, E6, E9: one record


@fault("E1")
def test_fifty_fast_edits_arrive_in_order_and_the_last_state_wins(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        first = desk.add(person("P-1", phone="010-0"))
        seen: list[str] = []

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method in ("POST", "PUT") and asked.body:
                seen.append(asked.body["telecom"][0]["value"])
                if len(seen) == 1:  # while the create is on its way
                    more.extend(u for n in range(1, 50) for u in desk.add(person("P-1", phone=f"010-{n}")))
            return None

        more: list[str] = []
        server.script = script
        desk.drain(until=lambda: len(seen) > 1 and not desk.moving())
        states = desk.states(*first, *more)
        sound(desk)
    assert seen == ["010-0", "010-49"]
    assert states == [Status.COMPLETED] + [Status.SUPERSEDED] * 48 + [Status.COMPLETED]


@fault("D19")
def test_the_same_enqueue_twice_is_one_write_before_and_after_it_was_sent(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        press, again = Incoming(person("P-1"), "press"), Incoming(person("P-1"), "import-again")
        for _ in range(2):
            told = [desk.outbox.add([one])[0] for one in (press, press, again)]
            assert [t.entry for t in told[:2]] == ["press", "press"] and told[2].result == "unchanged"
            desk.drain()
    assert [a.method for a in server.journal if a.method != "GET"] == ["POST"] and len(server.held) == 1


@fault("E6")
def test_create_and_delete_unsent_send_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (made,) = desk.add(person("P-1"))
        gone = desk.delete(person("P-1"))
        desk.drain()
        with desk.store.snapshot() as view:
            assert view.records.get_many("patient", ["P-1"]) == {}
    assert desk.states(made, gone) == [Status.SUPERSEDED, Status.CANCELLED]
    assert server.asked("POST") == server.asked("DELETE") == []


@fault("E6")
def test_a_delete_supersedes_updates_that_wait_and_goes_last(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        waits = [desk.add(person("P-1", phone=f"010-{n}"))[0] for n in range(3)]
        gone = desk.delete(person("P-1"))
        desk.drain()
        sound(desk)
    assert desk.states(*waits) == [Status.SUPERSEDED] * 3 and desk.states(gone) == [Status.COMPLETED]
    assert server.asked("PUT") == [] and server.held == {}


@fault("E6")
def test_a_delete_behind_a_create_in_flight_comes_after_it(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        gone: list[str] = []

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "POST" and not gone:
                gone.append(desk.delete(person("P-1")))
                return Reply(None, after=True)  # done, and the answer is lost
            return None

        server.script = script
        desk.drain(until=lambda: bool(gone) and not desk.moving())
    assert desk.states(*gone) == [Status.COMPLETED] and server.held == {}
    assert [a.method for a in server.journal if a.method in ("POST", "DELETE")] == ["POST", "DELETE"]


# -- E2, E4: parents and children


@fault("E2")
def test_a_child_that_comes_first_waits_and_carries_its_parents_id(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)
        (child,) = desk.add(visit())
        desk.drain()
        assert desk.states(child) == [Status.HELD] and server.journal[0].path == "metadata"
        (parent,) = desk.add(person("P-1"))
        desk.drain()
        sound(desk)
    assert desk.states(parent, child) == [Status.COMPLETED] * 2
    assert [a.path for a in server.asked("POST") if a.path] == ["Patient", "Encounter"]
    assert server.held["Encounter/2"]["subject"] == {"reference": "Patient/1"}


@fault("E4")
@pytest.mark.parametrize("end", ["refused", "cancelled"])
def test_children_of_a_parent_that_did_not_arrive_are_held_and_say_so(bench: Make, end: str) -> None:
    with FakeFhirServer() as server:
        if end == "refused":
            server.script = lambda asked: Reply(422, issue("value")) if asked.path == "Patient" else None
        desk = bench(server)
        (parent,) = desk.add(person("P-1"))
        (child,) = desk.add(visit())
        if end == "cancelled":
            desk.decisions().change("cancel", [parent])
        desk.drain()
        assert desk.states(child) == [Status.HELD] and server.asked("POST", "Encounter") == []
        server.script = lambda asked: None
        (again,) = desk.add(person("P-1", phone="010-1"))
        desk.decisions().retry([parent])
        desk.drain()
    assert desk.states(child) == [Status.COMPLETED] and desk.entry(again).status is Status.COMPLETED
    (sent,) = server.asked("POST", "Encounter")
    assert sent.body and sent.body["subject"]["reference"].removeprefix("Patient/") in ("1", "2")


@fault("E7")
@pytest.mark.slow
def test_an_urgent_entry_behind_ten_thousand_routine_ones_goes_next(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)
        routine = [NewEntry(f"r{n}", person(f"P-{n}"), "Patient", Operation.UPDATE, 5) for n in range(10_000)]
        with desk.store.transaction() as tx:
            tx.queue.enqueue(routine, desk.clock.now())
            urgent = NewEntry("urgent", person("P-urgent"), "Patient", Operation.CREATE, 10)
            tx.queue.enqueue([urgent], desk.clock.now())
        desk.drain(before=lambda worker: setattr(worker, "remaining", 100))
    first = next(a for a in server.journal if a.path == "")
    assert first.body and "P-urgent" in str(first.body["entry"][0])


# -- E3, E5: records that refer to each other


@fault("E3")
def test_a_cycle_goes_as_one_transaction(bench: Make) -> None:
    with FakeFhirServer(batch=True, transaction=True) as server:
        desk = bench(server)
        uuids = read(desk, panel("a", "b"), panel("b", "c"), panel("c", "a"), panel("d", "a"))
        desk.drain()
        sound(desk)
    assert desk.states(*uuids) == [Status.COMPLETED] * 4
    held = {desk.entry(u).logical_id: server.held[f"Observation/{desk.entry(u).logical_id}"] for u in uuids}
    ids = [desk.entry(u).logical_id for u in uuids]
    members = [held[i]["hasMember"][0]["reference"] for i in ids]
    assert members == [f"Observation/{ids[n]}" for n in (1, 2, 0, 0)]
    assert sum(a.path == "" and a.body is not None and a.body["type"] == "transaction" for a in server.journal) == 1


@fault("E3")
def test_a_record_that_refers_to_itself_goes_as_a_transaction(bench: Make) -> None:
    with FakeFhirServer(transaction=True) as server:
        desk = bench(server)
        (uuid,) = read(desk, panel("a", "a"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED]
    assert server.held["Observation/1"]["hasMember"] == [{"reference": "Observation/1"}]


@fault("E3")
def test_without_transactions_a_cycle_is_held_and_said(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)
        uuids = read(desk, panel("a", "b"), panel("b", "a"))
        desk.drain()
        assert desk.states(*uuids) == [Status.HELD] * 2 and desk.reason(uuids[0]) == "why_cycle_unsupported"
        assert server.asked("POST") == []


@fault("E3")
def test_a_member_that_waits_for_something_else_too_breaks_the_ring(bench: Make) -> None:
    with FakeFhirServer(batch=True, transaction=True) as server:
        desk = bench(server)
        uuids = read(desk, panel("a", "b"), panel("b", "a", "x"))
        desk.drain()
        assert desk.states(*uuids) == [Status.HELD] * 2 and server.asked("POST") == []
        (late,) = read(desk, panel("x"))
        desk.drain()
    assert desk.states(*uuids, late) == [Status.COMPLETED] * 3 and len(server.held) == 3


@fault("E5")
@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_to_a_transaction_is_looked_for_entry_by_entry(bench: Make, after: bool) -> None:
    lost = [True]

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(None, after=after) if asked.path == "" and lost and lost.pop() else None

    with FakeFhirServer(transaction=True) as server:
        server.script = script
        desk = bench(server)
        uuids = read(desk, panel("a", "b"), panel("b", "a"))
        desk.drain()
        sound(desk)
    assert desk.states(*uuids) == [Status.COMPLETED] * 2 and len(server.held) == 2
    assert len(server.asked("POST", "Observation")) == 2
    assert len([a for a in server.journal if a.path == ""]) == (1 if after else 2)


@fault("E5")
def test_a_transaction_that_a_bad_server_did_in_part_is_a_conflict(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        if asked.path != "" or asked.method != "POST":
            return None
        first = asked.body["entry"][0]["resource"] if asked.body else {}
        server.put("Observation", "9", **{k: v for k, v in first.items() if k not in ("resourceType", "hasMember")})
        return Reply(None)

    with FakeFhirServer(transaction=True) as server:
        server.script = script
        desk = bench(server)
        uuids = read(desk, panel("a", "b"), panel("b", "a"))
        desk.drain()
    assert desk.states(*uuids) == [Status.CONFLICT] * 2 and desk.reason(uuids[0]) == "why_transaction_split"
    assert len([a for a in server.journal if a.path == ""]) == 1


@fault("E5")
def test_a_transaction_answered_with_a_mix_is_a_conflict(bench: Make) -> None:
    def mixed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [entries[0], {"response": {"status": "400 Bad Request"}}]

    with FakeFhirServer(transaction=True) as server:
        server.rewrites.append(mixed)
        desk = bench(server)
        uuids = read(desk, panel("a", "b"), panel("b", "a"))
        desk.drain()
    assert desk.states(*uuids) == [Status.CONFLICT] * 2


@fault("E4")
def test_a_child_goes_once_its_parent_is_found_there_whatever_becomes_of_the_parent_s_change(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.put("Patient", "7", **resource("P-1"))
        server.script = lambda asked: Reply(422, issue("value")) if asked.method == "PUT" else None
        desk = bench(server)
        parent, child = desk.add(person("P-1"), visit())
        desk.drain()
        sound(desk)
    assert desk.states(parent, child) == [Status.FAILED, Status.COMPLETED]
    assert server.held["Encounter/1"]["subject"]["reference"] == "Patient/7"
