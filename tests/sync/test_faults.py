"""Faults of a server and of this program: only what is meant stops, and what is given up says why."""

import asyncio
import random
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.errors import DiskFull
from fhirdesk.core.queue_entry import QueueEntry, Reason, Status
from fhirdesk.remote.client import Remote
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload import planner
from fhirdesk.sync.upload.request_builder import build_request
from fhirdesk.sync.worker import worker as worker_room
from fhirdesk.sync.worker.worker import Worker
from tests.factories import SYSTEM, person, resource
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.shapes import Spoiler
from tests.sync.bench import Harness

Make = Callable[..., Harness]


@fault("D14")
def test_a_record_that_always_fails_is_given_up_after_eight_tries_and_stops_no_other(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        bad = asked.method == "POST" and asked.body and asked.body["identifier"][0]["value"] == "P-bad"
        return Reply(500) if bad else None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        bad, good = desk.add(person("P-bad"), person("P-good"))
        desk.drain(seconds=60)
    assert desk.states(bad, good) == [Status.FAILED, Status.COMPLETED] and desk.reason(bad) == "why_poison"
    tries = [a for a in server.asked("POST") if a.body and a.body["identifier"][0]["value"] == "P-bad"]
    assert len(tries) == 8


@fault("D13")
@pytest.mark.parametrize("done", [True, False])
def test_a_500_is_looked_into_whether_it_was_done_or_not(bench: Make, done: bool) -> None:
    first = [True]

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(500, after=done) if asked.method == "POST" and first and first.pop() else None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and len(server.held) == 1
    assert len(server.asked("POST")) == (1 if done else 2) and server.asked("GET", "Patient?identifier")


@fault("D24")
@pytest.mark.parametrize("honours", [True, False])
def test_what_is_newer_there_is_not_deleted(bench: Make, honours: bool) -> None:
    with FakeFhirServer(honours_if_match_on_delete=honours) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        server.put("Patient", "1", **resource("P-1", active=False))
        uuid = desk.delete(person("P-1"))
        desk.drain()
        assert desk.states(uuid) == [Status.CONFLICT] and desk.reason(uuid) == "why_changed_before_delete"
        assert server.asked("DELETE") == [] and "Patient/1" in server.held
        assert desk.resolve(uuid, "mine") is Status.PENDING
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and server.held == {}


def test_a_delete_of_what_we_know_goes_through(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        uuid = desk.delete(person("P-1"))
        desk.drain()
    assert desk.states(uuid) == [Status.COMPLETED] and server.held == {}


@fault("D25")
def test_what_the_server_left_out_is_named(bench: Make) -> None:
    with FakeFhirServer(drops=("birthDate", "telecom")) as server:
        desk = bench(server)
        less, whole = desk.add(person("P-1", phone="010-1"), person("P-2"))
        server.drops = ("telecom",)
        desk.drain()
    reason = desk.entry(less).reason
    assert reason and reason.code == "why_stored_less" and "Patient.telecom" in reason.params["elements"]
    assert desk.entry(whole).reason is None and desk.states(less, whole) == [Status.COMPLETED] * 2


@fault("C1")
def test_a_server_that_is_away_uses_no_attempt_up_and_is_asked_singly(bench: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(20)])
        good, away = desk.profile, desk.profile.__class__(url=f"http://127.0.0.1:{port}/fhir")
        desk.profile = away
        passes = iter(range(3))
        worker = desk.drain(until=lambda: next(passes, None) is None)
        assert worker.link.is_offline and worker.link.paused is None
        assert {desk.entry(u).failures for u in uuids} == {0}
        desk.profile = good
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED}


@fault("D12")
def test_a_busy_server_is_left_alone_as_a_whole(bench: Make) -> None:
    asked_at: list[float] = []
    with FakeFhirServer() as server:
        desk = bench(server, in_flight=1, bundle_entries=1, bundles_in_flight=1)

        def script(asked: RecordedRequest) -> Reply | None:
            asked_at.append(desk.clock.now())
            return Reply(429, headers={"Retry-After": "300"}) if len(asked_at) == 2 else None

        server.script = script
        uuids = desk.add(*[person(f"P-{n}") for n in range(5)])
        desk.drain()
    assert set(desk.states(*uuids)) == {Status.COMPLETED}
    assert asked_at[2] - asked_at[1] >= 300


@fault("A7")
def test_an_unforeseen_error_stops_its_own_lane_only(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"P-3", "P-4", "P-5"}

    def build(entry: QueueEntry, *rest: Any) -> object:
        if entry.key in broken:
            raise ZeroDivisionError
        return build_request(entry, *rest)

    monkeypatch.setattr(planner, "build_request", build)
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(6)])
        others, stuck = uuids[:3], uuids[3:]
        wanted = [Status.COMPLETED] * 3
        desk.drain(until=lambda: {desk.reason(u) for u in stuck} == {"internal"} and desk.states(*others) == wanted)
        assert desk.states(*stuck) == [Status.PENDING] * 3 and {desk.entry(u).failures for u in stuck} == {0}
        with desk.store.snapshot() as view:  # the banner says it
            assert view.queue_views.find_notices(desk.clock.now()) == [Reason("notice_internal", {"count": "3"})]
        broken.clear()
        desk.drain()
    assert desk.states(*stuck) == [Status.COMPLETED] * 3


@fault("B2")
def test_an_answer_that_the_disk_does_not_take_is_kept_and_written_later(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full = ResultWriter._write, [3]

    def write(self: ResultWriter, moves: object) -> None:
        if full[0]:
            full[0] -= 1
            raise DiskFull
        real(self, moves)  # type: ignore[arg-type]

    monkeypatch.setattr(ResultWriter, "_write", write)
    with FakeFhirServer() as server:
        desk = bench(server)
        uuids = desk.add(person("P-1"), person("P-2"))
        desk.drain()
    assert desk.states(*uuids) == [Status.COMPLETED] * 2
    assert len(server.asked("POST")) == 2 and len(server.asked("GET")) == 0


@fault("D21")
def test_a_bundle_refused_for_one_bad_entry_is_halved_until_it_stands_alone(bench: Make) -> None:
    def bad(body: object) -> bool:
        return "P-5" in str(body)

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(422, issue("invalid", "Patient.name")) if asked.method == "POST" and bad(asked.body) else None

    with FakeFhirServer(batch=True) as server:
        server.script = script
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(8)])
        desk.drain()
    failed = [n for n, u in enumerate(uuids) if desk.states(u) == [Status.FAILED]]
    assert failed == [5] and len(server.held) == 7
    assert {desk.entry(u).failures for u in uuids} == {0} and desk.reason(uuids[5]) == "why_rejected"


def test_a_run_may_be_limited(bench: Make) -> None:
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(9)])
        desk.drain(before=lambda worker: setattr(worker, "remaining", 4))
    assert desk.states(*uuids).count(Status.COMPLETED) == 4 and len(server.held) == 4


@fault("A8")
def test_what_was_in_flight_at_a_crash_goes_singly(bench: Make) -> None:
    beside: list[int] = []
    with FakeFhirServer(batch=True) as server:
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}") for n in range(6)])
        with desk.store.transaction() as tx:
            tx.entries.isolate([desk.entry(u).seq for u in uuids[:3]], 0.0)

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "POST":
                with desk.store.snapshot() as view:
                    beside.append(view.queue_views.count_by_status()[Status.PROCESSING])
            return None

        server.script = script
        desk.drain()
    assert beside[:3] == [1, 1, 1] and set(desk.states(*uuids)) == {Status.COMPLETED}


def test_the_worker_notices_what_another_process_queued(bench: Make, tmp_path: Path) -> None:
    with FakeFhirServer() as server:
        desk, other = bench(server), bench(server)
        desk.add(person("P-1"))

        def feed(_worker: Worker) -> None:
            other.add(person("P-2"))

        desk.drain(before=feed, until=lambda: len(server.held) == 2 and not desk.moving())
    assert len(server.held) == 2


@fault("A9")
def test_at_the_end_no_task_is_left_behind(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_room, "LAST_ANSWERS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, FakeFhirServer() as server:
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))

        async def run() -> set[str]:
            remote = desk.remote()
            worker = Worker(desk.store, remote, desk.profile, desk.mapper, desk.clock)
            await worker.link.connect()
            object.__setattr__(remote._profile, "url", f"http://127.0.0.1:{silent.getsockname()[1]}/fhir")
            await worker.run(lambda: desk.states(uuid) == [Status.PROCESSING])
            left = asyncio.all_tasks() - {asyncio.current_task()}
            await remote.close()
            return {t.get_name() for t in left}

        assert asyncio.run(run()) == set()
    assert desk.states(uuid) == [Status.PROCESSING]


REST = {"mode": "server", "interaction": [{"code": ["batch"]}], "resource": [{"type": {}}, 5]}
STRANGE = [
    {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [REST]},
    {"resourceType": "CapabilityStatement", "fhirVersion": [], "rest": {}},
    {"resourceType": "Bundle", "entry": 5},
    {"resourceType": [], "rest": [[]]},
]


@fault("H4")
@pytest.mark.parametrize("statement", STRANGE)
def test_no_statement_of_a_server_ends_the_sender(bench: Make, statement: dict[str, Any]) -> None:
    with FakeFhirServer() as server:
        server.script = lambda asked: Reply(200, statement) if asked.path == "metadata" else None
        desk = bench(server)
        (uuid,) = desk.add(person("P-1"))
        worker = desk.drain()  # paused, or held: it took no create
        assert desk.states(uuid)[0] in (Status.PENDING, Status.HELD) and server.held == {}
        server.script = lambda asked: None
        desk.drain(before=lambda next_: next_.link.resume())
    assert desk.states(uuid) == [Status.COMPLETED] and worker


@fault("H4")
@pytest.mark.parametrize("place", ["capabilities", "send", "read"])
def test_an_answer_that_breaks_the_sender_at_any_place_does_not_end_it(
    bench: Make, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """As if a reader had been forgotten."""
    real, broken = getattr(Remote, place), [3]

    async def breaks(remote: Remote, *words: Any, **more: Any) -> Any:
        found = await real(remote, *words, **more)
        if broken[0]:
            broken[0] -= 1
            raise TypeError("unhashable type")
        return found

    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-0", phone="010-0"))
        desk.drain()
        monkeypatch.setattr(Remote, place, breaks)
        uuids = desk.add(person("P-0", phone="010-1"), *[person(f"P-{n}") for n in range(1, 4)])
        desk.drain()
    assert desk.states(*uuids) == [Status.COMPLETED] * 4
    assert sorted(i["identifier"][0]["value"] for i in server.held.values()) == ["P-0", "P-1", "P-2", "P-3"]


@fault("H4")
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_server_that_answers_anything_at_all_ends_nothing_and_loses_nothing(
    bench: Make, caplog: pytest.LogCaptureFixture, seed: int, batch: bool
) -> None:
    """Half of all answers are spoilt, those to questions too, whether it was done or not; then it is well again."""
    spoil, left = Spoiler(seed), [150]
    dice = random.Random(seed)

    def script(asked: RecordedRequest) -> Reply | None:
        left[0] -= 1
        if left[0] < 0 or dice.random() < 0.5:
            return None
        headers = {n: v for n, v in spoil.headers().items() if v.isprintable() and v.isascii() and n != "content-type"}
        return Reply(spoil.status(), spoil.document(), headers, after=dice.random() < 0.5)

    with FakeFhirServer(batch=batch) as server:
        server.script = script
        desk = bench(server)
        uuids = desk.add(*[person(f"P-{n}", phone="010-0") for n in range(12)])
        desk.add(*[person(f"P-{n}", phone="010-1") for n in range(12)])
        for _ in range(100):
            if left[0] < 0:
                break
            desk.drain(before=lambda worker: worker.link.resume())
            asked_a_person = [u for u in uuids if desk.states(u)[0] in (Status.FAILED, Status.HELD, Status.CONFLICT)]
            desk.decisions().retry(asked_a_person)
            left[0] -= 1
    broken = [r.message for r in caplog.records if r.levelname == "ERROR"]
    assert broken == []
    found = [r for r in server.held.values() if r.get("identifier")]
    keys = [i["value"] for r in found for i in r["identifier"] if i.get("system") == SYSTEM]
    assert len(keys) == len(set(keys)), "made twice"
