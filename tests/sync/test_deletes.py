"""Deletes, and what comes after them."""

from collections.abc import Callable

from fhirdesk.core.queue_entry import Status
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def test_what_was_deleted_and_is_imported_again_is_made_anew(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        desk.delete(person("P-1"))
        desk.drain()
        (again,) = desk.add(person("P-1", phone="010-2"))
        desk.drain()
    assert desk.states(again) == [Status.COMPLETED] and list(server.held) == ["Patient/2"]


def test_a_change_behind_a_delete_is_made_anew(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        gone = desk.delete(person("P-1"))
        first = [True]

        def bring(asked: RecordedRequest) -> None:
            if asked.method == "DELETE" and first.pop():
                desk.add(person("P-1", phone="010-2"))

        server.script = bring  # the change comes in while the delete is in flight
        desk.drain()
        desk.drain()
    assert desk.states(gone) == [Status.COMPLETED]
    assert [r["telecom"][0]["value"] for r in server.held.values()] == ["010-2"]
    with desk.store.snapshot() as view:
        assert view.records.get_many("patient", ["P-1"])["P-1"].fields["phone"] == "010-2"


@fault("E6")
def test_the_same_record_imported_while_its_delete_waits_stays(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        gone = desk.delete(person("P-1"))
        (again,) = desk.add(person("P-1"))
        desk.drain()
        with desk.store.snapshot() as view:
            assert "P-1" in view.records.get_many("patient", ["P-1"])
    assert desk.states(gone, again) == [Status.SUPERSEDED, Status.COMPLETED] and len(server.held) == 1
