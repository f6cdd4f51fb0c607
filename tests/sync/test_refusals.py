"""Refusals in a row stop the server, and only those."""

from collections.abc import Callable

from fhirdesk.core.queue_entry import Status
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def writes(act: Reply) -> Callable[[RecordedRequest], Reply | None]:
    return lambda asked: act if asked.method in ("POST", "PUT") else None


@fault("D3")
def test_three_403_in_a_row_pause_the_server(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = writes(Reply(403, issue("forbidden")))
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        uuids = desk.add(*[person(f"P-{n}") for n in range(8)])
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "pause_permission"
    assert desk.states(*uuids).count(Status.FAILED) == 3
    with desk.store.snapshot() as view:
        assert view.server_state.read_pause() == worker.link.paused


@fault("D3")
def test_the_same_record_refused_again_is_no_row(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = writes(Reply(403, issue("forbidden")))
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        for _ in range(4):
            worker = desk.drain()
            desk.decisions().retry([uuid])
    assert worker.link.paused is None


@fault("D2")
def test_a_401_pauses_and_uses_no_attempt(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = writes(Reply(401))
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        uuids = desk.add(*[person(f"P-{n}") for n in range(8)])
        worker = desk.drain()
        assert worker.link.paused and worker.link.paused.code == "why_sign_in"
        assert {(e.status, e.failures) for e in map(desk.entry, uuids)} == {(Status.PENDING, 0)}
        server.script = lambda asked: None
        desk.drain(before=lambda again: again.link.resume())
    assert set(desk.states(*uuids)) == {Status.COMPLETED} and len(server.held) == 8


@fault("D20")
def test_ten_equal_refusals_in_a_row_pause_the_server(bench: Make) -> None:
    with FakeFhirServer() as server:
        server.script = writes(Reply(422, issue("required", "Patient.extension")))
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        uuids = desk.add(*[person(f"P-{n}") for n in range(30)])
        worker = desk.drain()
    assert worker.link.paused and worker.link.paused.code == "pause_refusals"
    assert desk.states(*uuids).count(Status.FAILED) == 10


@fault("D20")
def test_a_yes_in_between_ends_the_row(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        bad = asked.method == "POST" and not asked.body["identifier"][0]["value"].endswith("9")  # type: ignore[index]
        return Reply(422, issue("required", "Patient.name")) if bad else None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)
        uuids = desk.add(*[person(f"P-{n:02}") for n in range(40)])
        worker = desk.drain()
    assert worker.link.paused is None
    assert desk.states(*uuids).count(Status.COMPLETED) == 4


@fault("D1")
def test_one_bad_record_fails_alone_with_the_place_that_is_wrong(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        bad = asked.method == "POST" and asked.body and asked.body["identifier"][0]["value"] == "P-2"
        return Reply(400, issue("value", "Patient.birthDate")) if bad else None

    with FakeFhirServer(batch=True) as server:
        server.script = script
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(5)])
        desk.drain()
        assert desk.states(*uuids) == [Status.COMPLETED] * 2 + [Status.FAILED] + [Status.COMPLETED] * 2
        (behind,) = desk.add(person("P-2", phone="010-1"))
        desk.drain()
        assert desk.states(behind) == [Status.PENDING]  # the lane stops behind it
    entry = desk.entry(uuids[2])
    assert entry.reason and entry.reason.params["expression"] == "Patient.birthDate"
    assert entry.record == person("P-2")  # kept, to be corrected
