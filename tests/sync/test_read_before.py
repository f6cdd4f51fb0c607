"""What is read before an update: who was deleted there is not brought back, many are read at once, and who may read."""

from collections.abc import Callable

import httpx2 as httpx
import pytest

from fhirdesk.core.queue_entry import Status
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import Harness

Make = Callable[..., Harness]


@fault("H9")
@pytest.mark.parametrize("vendor", ["medplum", "by the name that it gives itself"])
def test_a_patient_deleted_there_is_not_brought_back(bench: Make, vendor: str) -> None:
    """The server is known by its vendor, or calls itself so."""
    more = {"vendor": vendor} if vendor == "medplum" else {}
    with Sandbox("medplum", deleted_put_back=True) as server:
        desk = bench(server, **more)
        (first, second) = desk.add(person("P-1", phone="010-0"), person("P-2"))
        desk.drain()
        at = f"{server.base}/Patient/{desk.entry(first).logical_id}"
        assert httpx.delete(at).status_code == 204
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_gone"
        assert httpx.get(at).status_code == 410 and desk.states(second) == [Status.COMPLETED]


@fault("H9")
def test_what_an_update_brought_back_all_the_same_is_said(bench: Make) -> None:
    with FakeFhirServer(update_create=True) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()

        def gone_meanwhile(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT":
                server.held.pop("Patient/1", None)
            return None

        server.script = gone_meanwhile
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_brought_back"


@rule(7)
def test_many_bases_are_read_by_one_search_where_that_is_seen_to_work(bench: Make) -> None:
    with Sandbox("medplum") as server:
        desk = bench(server, vendor="medplum")
        people = [person(f"P-{n}", phone="010-0") for n in range(10)]
        desk.add(*people)
        desk.drain()
        seen = len(server.log())
        uuids = desk.add(*[p.with_fields(phone="010-1") for p in people])
        desk.drain()
        reads = [r["url"] for r in server.log()[seen:] if r["method"] == "GET" and "/Patient" in r["url"]]
    assert set(desk.states(*uuids)) == {Status.COMPLETED}
    assert [u for u in reads if "_id=" in u] and len(reads) < 8


@rule(7)
def test_a_search_that_shows_what_was_there_a_while_ago_changes_nothing(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server, vendor="medplum")
        people = [person(f"P-{n}", phone="010-0", email="a@example.com") for n in range(3)]
        desk.add(*people)
        desk.drain()
        old = {"resourceType": "Bundle", "entry": [{"resource": dict(r)} for r in server.held.values()]}
        desk.add(*[p.with_fields(phone="010-1") for p in people])
        desk.drain()
        server.script = lambda a: Reply(200, old) if "_id=" in a.path else None
        uuids = desk.add(*[p.with_fields(phone="010-1", email="b@example.com") for p in people])
        desk.drain()
        phones = {r["telecom"][0]["value"] for r in server.held.values()}
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and phones == {"010-1"}


@fault("C7")
def test_a_missing_scope_is_said_and_no_sign_in_is_asked_for(bench: Make) -> None:
    body = {"error": "An error occurred", "message": "Unauthorized", "code": 0}
    with FakeFhirServer() as server:
        server.script = lambda a: Reply(401, body) if a.method == "POST" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        worker = desk.drain()
        assert desk.states(uuid) == [Status.FAILED] and desk.reason(uuid) == "why_scope"
        assert (desk.entry(uuid).reason or uuid).params["scope"] == "system/Patient.write"  # type: ignore[union-attr]
        assert worker.link.paused is None
        server.script = lambda a: Reply(401, body | {"message": "The resource owner denied the request."})
        desk.add(person("P-2"))
        assert desk.drain().link.paused


@fault("C7")
def test_where_nobody_may_read_nothing_is_laid_over_what_others_wrote(bench: Make) -> None:
    body = {"error": "An error occurred", "message": "Unauthorized", "code": 0}
    with FakeFhirServer(versions=False) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        server.script = lambda a: Reply(401, body) if a.method == "GET" and a.path.startswith("Patient") else None
        (uuid,) = desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.HELD] and desk.reason(uuid) == "why_scope" and server.asked("PUT") == []
