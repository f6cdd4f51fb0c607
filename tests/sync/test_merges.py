"""The server is master of patients: what it changed and what we changed go together (rule 7)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import EditOutcome
from fhirdesk.sync.edits.write_through import WriteThrough
from tests.factories import person
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def rival_changes(server: FakeFhirServer, **elements: Any) -> None:
    """Somebody else writes the patient there."""
    (path,) = server.held
    now = {n: v for n, v in server.held[path].items() if n not in ("id", "meta", "resourceType")}
    server.put("Patient", path.partition("/")[2], **{**now, **elements})


@fault("D9")
@pytest.mark.parametrize("versions", [True, False])
def test_changes_of_different_elements_merge_and_the_record_follows(bench: Make, versions: bool) -> None:
    with FakeFhirServer(versions=versions) as server:
        desk = bench(server)
        desk.add(person("P-1", phone="1", address="A", gender="M"))
        desk.drain()
        rival_changes(server, telecom=[{"system": "phone", "use": "mobile", "value": "9"}], gender="female")
        (uuid,) = desk.add(person("P-1", phone="1", address="B", gender="M"))
        desk.drain()
        assert desk.states(uuid) == [Status.COMPLETED]
        (there,) = server.held.values()
    assert there["telecom"][0]["value"] == "9" and there["gender"] == "female"
    assert there["address"][0]["text"] == "B"
    with desk.store.snapshot() as view:
        here = view.records.get_many("patient", ["P-1"])["P-1"].fields
    assert (here["phone"], here["address"], here["gender"]) == ("9", "B", "F")


@fault("D9")
def test_what_was_merged_stays_when_a_later_change_of_the_record_follows(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="1", address="A"))
        desk.drain()
        server.script = lambda asked: Reply(None) if asked.method == "PUT" else None
        (first,) = desk.add(person("P-1", phone="1", address="B"))
        desk.drain(until=lambda: desk.states(first) == [Status.UNKNOWN])
        server.script = lambda asked: None
        rival_changes(server, telecom=[{"system": "phone", "use": "mobile", "value": "9"}])
        (second,) = desk.add(person("P-1", phone="1", address="C"))
        desk.drain()
        assert desk.states(first, second) == [Status.COMPLETED, Status.COMPLETED]
        (there,) = server.held.values()
    assert (there["telecom"][0]["value"], there["address"][0]["text"]) == ("9", "C")


@fault("D9")
def test_an_edit_changes_its_field_alone(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="1", address="A"))
        desk.drain()
        rival_changes(server, address=[{"use": "home", "text": "C", "line": ["C"]}])

        async def edit() -> EditOutcome:
            door = WriteThrough(desk.store, desk.outbox, desk.mapper, desk.clock)
            changes, wake = {"phone": "2"}, lambda: None
            asked = door.edit("P-1", changes, uuid="u-1", later=False, wake=wake, patience=20_000)
            result, _ = await asyncio.gather(asked, asyncio.to_thread(lambda: None))
            return result.outcome

        async def both() -> EditOutcome:
            task = asyncio.ensure_future(edit())
            await asyncio.sleep(0.05)
            await desk._drain(20.0, task.done, None)
            return await task

        assert asyncio.run(both()) is EditOutcome.ACCEPTED
        (there,) = server.held.values()
    assert there["address"] == [{"use": "home", "text": "C", "line": ["C"]}]
    assert there["telecom"][0]["value"] == "2"


@rule(7)
def test_nothing_is_sent_over_a_copy_that_could_not_be_read(bench: Make) -> None:
    """The server adds elements of its own at the create and answers without a body."""
    away: list[int] = []

    def script(asked: RecordedRequest) -> Reply | None:
        if asked.method == "POST":
            added = [{"url": "urn:ward", "valueString": "7B"}]
            server.put("Patient", "1", **{**(asked.body or {}), "id": "1", "extension": added})
            return Reply(201, None, {"Location": "Patient/1/_history/1", "ETag": 'W/"1"'})
        if asked.method == "GET" and asked.path == "Patient/1" and away:
            return Reply(away.pop())
        return None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()
        away += [500, 503, 429]
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert server.held["Patient/1"]["extension"] == [{"url": "urn:ward", "valueString": "7B"}]
    assert desk.states(uuid) == [Status.COMPLETED] and away == []


@rule(7)
@pytest.mark.parametrize("more", [{}, {"stale": 409}, {"batch": True}, {"versions": False}])
def test_what_others_wrote_beside_our_elements_survives_a_changed_import(bench: Make, more: Any) -> None:
    def visit(status: str) -> Record:
        fields = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": status}
        return Record("encounter", "E-1", fields)

    theirs = {
        "hospitalization": {"dischargeDisposition": {"text": "x"}},
        "extension": [{"url": "http://other.example", "valueString": "y"}],
    }
    with FakeFhirServer(**more) as server:
        desk = bench(server)
        desk.add(person("P-1"), visit("arrived"))
        desk.drain()
        (path,) = (p for p in server.held if p.startswith("Encounter"))
        now = {n: v for n, v in server.held[path].items() if n not in ("id", "meta", "resourceType")}
        server.put("Encounter", path.partition("/")[2], **now, **theirs)
        uuids = desk.add(visit("completed"), person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(*uuids) == [Status.COMPLETED] * 2
    assert server.held[path] == server.held[path] | theirs | {"status": "finished"}


@rule(7)
def test_what_an_edit_met_beside_its_field_is_shown_and_not_overwritten_by_the_next(bench: Make) -> None:
    def phone(value: str) -> list[dict[str, str]]:
        return [{"system": "phone", "use": "mobile", "value": value}]

    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="1", address="A"))
        desk.drain()
        rival_changes(server, telecom=phone("9"))
        told = desk.edit(address="B")
        assert told.outcome is EditOutcome.ACCEPTED and told.record and told.record.fields["phone"] == "9"
        rival_changes(server, telecom=phone("10"))
        (uuid,) = desk.add(person("P-1", phone="2", address="B"))
        desk.drain()
        (there,) = server.held.values()
    assert desk.states(uuid) == [Status.CONFLICT] and there["telecom"][0]["value"] == "10"
