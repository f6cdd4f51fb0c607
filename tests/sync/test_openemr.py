"""H8: a server that answers as OpenEMR does: nobody twice, nothing lost unseen, nothing called saved that is not."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2 as httpx
import pytest

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import VENDORS
from fhirdesk.core.vendors import HABITS
from fhirdesk.core.views import EditOutcome, QueueQuery
from fhirdesk.sandbox.server import Sandbox
from fhirdesk.store.store import Store
from tests.factories import SYSTEM, person
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness

Make = Callable[..., Harness]
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
BORN = "1985-06-15"


@pytest.fixture
def emr() -> Iterator[Sandbox]:
    with Sandbox("openemr") as server:
        yield server


def post(server: Sandbox, number: str | None = None, **more: Any) -> str:
    """Somebody whom the clinic's EMR knows already; the id."""
    typed = {"type": {"coding": [{"system": V2, "code": "PT"}]}, "value": number}
    body = {"resourceType": "Patient", "name": [{"use": "official", "family": "홍", "given": ["길동"]}]}
    body |= {"gender": "male", "birthDate": BORN, **({"identifier": [typed]} if number else {}), **more}
    answer = httpx.post(f"{server.base}/Patient", json=body, headers={"content-type": "application/fhir+json"})
    return str(answer.json()["uuid"])


def put(server: Sandbox, id_: str, **elements: Any) -> None:
    """A colleague changes something there."""
    body = {"resourceType": "Patient", "id": id_, **elements}
    answer = httpx.put(f"{server.base}/Patient/{id_}", json=body, headers={"content-type": "application/fhir+json"})
    assert answer.status_code == 200


def there(server: Sandbox) -> list[dict[str, Any]]:
    return [e["resource"] for e in httpx.get(f"{server.base}/Patient").json()["entry"]]


def writes(server: Sandbox, method: str) -> list[dict[str, Any]]:
    return [row for row in server.journal() if row["method"] == method]


def desk_of(bench: Make, server: Sandbox | FakeFhirServer, **more: Any) -> Harness:
    return bench(server, vendor="openemr", **more)


def phone(value: str) -> list[dict[str, str]]:
    return [{"system": "phone", "use": "mobile", "value": value}]


def values(resource: dict[str, Any]) -> dict[str, str]:
    return {t["system"]: t["value"] for t in resource.get("telecom", ())}


def not_stored(desk: Harness, uuid: str) -> tuple[str, ...]:
    with desk.store.snapshot() as view:
        seqs = view.queue_views.find_ids(QueueQuery())
        return next(r.not_stored for r in view.queue_views.read_rows(seqs) if r.uuid == uuid)


def test_the_table_of_vendors_has_a_row_for_each_that_a_profile_may_name() -> None:
    assert tuple(HABITS) == VENDORS


@fault("H8")
def test_the_row_that_a_create_is_answered_with_names_the_id(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    (uuid,) = desk.add(person("P-1", phone="010-1", address="서울시 종로구 1"))
    desk.drain()
    (resource,) = there(emr)
    assert desk.states(uuid) == [Status.COMPLETED] and desk.entry(uuid).logical_id == resource["id"]
    assert len(writes(emr, "POST")) == 1 and writes(emr, "PUT") == [] and not_stored(desk, uuid) == ()


@fault("H8")
def test_who_is_there_under_that_number_is_met_at_the_first_drain(bench: Make, emr: Sandbox) -> None:
    at = post(emr, "P-1")
    desk = desk_of(bench, emr)
    (uuid,) = desk.add(person("P-1", phone="010-1"))
    desk.drain()
    (resource,) = there(emr)
    assert desk.states(uuid) == [Status.COMPLETED] and resource["id"] == desk.entry(uuid).logical_id == at
    assert values(resource) == {"phone": "010-1"}


@fault("H8")
def test_somebody_else_who_has_that_number_there_is_left_alone(bench: Make, emr: Sandbox) -> None:
    post(emr, "P-1", birthDate="1950-01-01")
    desk = desk_of(bench, emr)
    (uuid,) = desk.add(person("P-1"))
    desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_number_taken"
    assert len(emr.journal()) == 1


@rule(6)
def test_of_a_namesake_without_a_number_of_ours_a_person_is_asked(bench: Make, emr: Sandbox) -> None:
    other = post(emr)
    desk = desk_of(bench, emr)
    same, another = desk.add(person("P-1", phone="010-1"), person("P-2"))
    desk.drain()
    assert desk.states(same, another) == [Status.CONFLICT] * 2 and desk.reason(same) == "why_namesake"
    assert len(emr.journal()) == 1
    assert desk.resolve(same, "arrived", other) is Status.PENDING
    assert desk.resolve(another, "mine") is Status.PENDING
    desk.drain()
    assert desk.states(same, another) == [Status.COMPLETED] * 2
    assert {r["identifier"][0]["value"]: r["id"] == other for r in there(emr)} == {"P-1": True, "P-2": False}


@rule(6)
def test_a_namesake_with_another_number_is_another_person(bench: Make, emr: Sandbox) -> None:
    post(emr, "OLD-77")
    desk = desk_of(bench, emr)
    uuids = desk.add(person("P-1"), person("12"))
    desk.drain()
    assert desk.states(*uuids) == [Status.COMPLETED] * 2 and len(there(emr)) == 3


@fault("H8")
def test_a_create_whose_answer_is_lost_is_found_by_its_number(bench: Make, emr: Sandbox) -> None:
    emr.fault(method="POST", path="Patient", after=True, drop=True)
    desk = desk_of(bench, emr)
    uuids = desk.add(person("P-1"), person("P-2"))
    desk.drain()
    assert desk.states(*uuids) == [Status.COMPLETED] * 2 and len(writes(emr, "POST")) == len(there(emr)) == 2


@fault("H8")
def test_what_is_the_server_s_own_is_not_sent_back(bench: Make, emr: Sandbox) -> None:
    at = post(emr, "P-1", address=[{"use": "home", "line": ["A"], "city": "Seoul"}], telecom=phone("010-0"))
    desk = desk_of(bench, emr)
    desk.add(person("P-1", phone="010-0", address="A"))
    desk.drain()
    put(emr, at, telecom=[*phone("010-0"), {"system": "phone", "use": "work", "value": "02-1"}])
    (uuid,) = desk.add(person("P-1", phone="010-2", address="A"))
    desk.drain()
    body = dict((desk.attempts(uuid)[-1].request or {})["body"])
    assert not {"extension", "meta", "text", "communication", "active", "deceasedBoolean"} & set(body)
    assert [t["value"] for t in body["telecom"]] == ["02-1", "010-2"] or len(body["telecom"]) == 2
    assert desk.states(uuid) == [Status.COMPLETED] and there(emr)[0]["address"][0]["city"] == "Seoul"


@fault("H8")
def test_a_colleague_s_change_is_merged_or_asked_about_never_overwritten(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    (first,) = desk.add(person("P-1", phone="010-0"))
    desk.drain()
    at = str(desk.entry(first).logical_id)
    put(emr, at, telecom=phone("010-theirs"))
    (merged,) = desk.add(person("P-1", phone="010-0", email="new@example.com"))
    desk.drain()
    assert desk.states(merged) == [Status.COMPLETED]
    assert values(there(emr)[0]) == {"phone": "010-theirs", "email": "new@example.com"}
    put(emr, at, telecom=phone("010-theirs-2"))
    (asked,) = desk.add(person("P-1", phone="010-mine", email="new@example.com"))
    desk.drain()
    assert desk.states(asked) == [Status.CONFLICT] and values(there(emr)[0])["phone"] == "010-theirs-2"


@fault("H8")
def test_a_number_that_was_changed_there_is_a_person_s_to_decide(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    (first,) = desk.add(person("P-1", phone="010-0"))
    desk.drain()
    typed = {"type": {"coding": [{"system": V2, "code": "PT"}]}, "value": "EMR-9"}
    put(emr, str(desk.entry(first).logical_id), identifier=[typed])
    (uuid,) = desk.add(person("P-1", phone="010-1"))
    desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_number_changed"
    assert there(emr)[0]["identifier"][0]["value"] == "EMR-9"


@rule(7)
def test_what_a_merging_server_keeps_is_said_and_not_called_saved(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    desk.add(person("P-1", phone="010-0", email="a@example.com"))
    desk.drain()
    (uuid,) = desk.add(person("P-1", email="a@example.com", phone=""))
    desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and values(there(emr)[0])["phone"] == "010-0"
    assert not_stored(desk, uuid) == ("Patient.telecom",) and desk.reason(uuid) == "why_stored_less"


@rule(7)
def test_an_edit_that_is_not_there_is_not_done_and_the_record_follows_the_server(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    old = person("P-1", phone="010-0")
    desk.add(old)
    desk.drain()
    told = desk.edit(phone="", email="new@example.com")
    assert told.outcome is EditOutcome.NOT_DONE and told.field == "phone"
    assert told.record and told.record.fields["phone"] == "010-0"
    assert told.record.fields["email"] == "new@example.com" and desk.states("the-edit") == [Status.COMPLETED]
    assert not_stored(desk, "the-edit") == ("Patient.telecom",)
    assert desk.add(person("P-1", phone="010-0", email="new@example.com")) == ["None"]


@rule(12)
def test_an_edit_is_judged_by_the_fields_that_it_changed_alone(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    desk.add(person("P-1", phone="010-0", email="a@example.com"))
    desk.drain()
    desk.add(person("P-1", phone="010-0", email=""))  # stays there: not this edit's matter
    desk.drain()
    assert desk.edit(phone="010-1").outcome is EditOutcome.ACCEPTED
    assert values(there(emr)[0])["phone"] == "010-1"


@fault("H8")
def test_creates_go_one_at_a_time_from_the_start(bench: Make, emr: Sandbox) -> None:
    desk = desk_of(bench, emr)
    uuids = desk.add(*[person(f"P-{n}", given_name=f"길동{n}") for n in range(12)])
    desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(there(emr)) == 12
    assert [r for r in emr.log() if r["method"] == "POST" and r["status"] == 500] == []


@fault("H8")
def test_that_two_creates_collide_is_learned_from_the_first_500_and_kept(bench: Make) -> None:
    habits: dict[str, Any] = {
        "conditional_create": False,
        "update_create": False,
        "transactions": False,
        "batch_declared": False,
    }
    with Sandbox("medplum", creates_collide=True, **habits) as server:
        desk = bench(server)
        desk.meet()
        desk.add(*[person(f"P-{n}", given_name=f"길동{n}") for n in range(1, 9)])
        desk.drain()
        collided = [r for r in server.log() if r["method"] == "POST" and r["status"] == 500]
        desk.add(*[person(f"Q-{n}", given_name=f"길동{n}") for n in range(1, 9)])
        desk.drain()
        later = [r for r in server.log() if r["method"] == "POST" and r["status"] == 500]
        numbers = [i for row in server.journal() for i in row["identifiers"]]
    assert collided and later == collided and len(numbers) == len(set(numbers)) == 17
    assert learned(desk.store)["together"] is False


def learned(store: Store) -> dict[str, Any]:
    with store.snapshot() as view:
        return view.server_state.read_limits()


@rule(7)
def test_a_version_that_did_not_move_is_learned_and_then_fields_are_compared(bench: Make) -> None:
    with Sandbox("medplum", versions=False) as server:
        desk = bench(server)
        (first,) = desk.add(person("P-1", phone="010-0"))
        desk.drain()
        desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert learned(desk.store)["still"] == ["Patient"]
        at = str(desk.entry(first).logical_id)
        number = [{"system": SYSTEM, "value": "P-1"}]
        put(server, at, identifier=number, gender="male", birthDate=BORN, telecom=phone("010-theirs"))
        (uuid,) = desk.add(person("P-1", phone="010-mine"))
        with desk.store.snapshot() as view:
            said = [n.code for n in view.queue_views.find_notices(desk.clock.now())]
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and "notice_unversioned" in said
        assert server.app.repository.current("Patient", at).resource["telecom"] == phone("010-theirs")  # type: ignore[union-attr, index]
