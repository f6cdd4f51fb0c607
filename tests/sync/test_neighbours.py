"""Two processes on one database: each notices what the other commits."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fhirdesk.core.events import Event, QueueChanged, RecordsChanged, ServerChanged
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.sync.worker.peer_processes import PeerProcesses
from fhirdesk.sync.worker.sender_lock import SenderLock
from fhirdesk.sync.worker.worker import Worker
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness

Make = Callable[..., Harness]


@contextmanager
def watched(desk: Harness) -> Iterator[tuple[PeerProcesses, Worker, list[Event]]]:
    remote = desk.remote()
    worker = Worker(desk.store, remote, desk.profile, desk.mapper, desk.clock)
    neighbours, seen = PeerProcesses(desk.store, worker, desk.clock), list[Event]()
    neighbours.look()
    desk.store.events.subscribe(seen.append)
    yield neighbours, worker, seen
    asyncio.run(remote.close())


def test_an_import_by_another_process_is_announced(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk, other = bench(server), bench(server)
        with watched(desk) as (neighbours, _, seen):
            other.add(person("P-1"))
            neighbours.look()
            assert {type(e) for e in seen} == {QueueChanged, RecordsChanged}


def test_what_this_process_commits_is_not_announced_twice(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        with watched(desk) as (neighbours, _, seen):
            desk.add(person("P-1"))
            seen.clear()
            neighbours.look()
            assert seen == []


def why_paused(worker: Worker) -> Reason | None:
    return worker.link.paused


def test_a_pause_by_another_process_is_followed_and_so_is_its_end(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk, other = bench(server), bench(server)
        with watched(desk) as (neighbours, worker, seen):
            other.decisions().pause(Reason("paused_by_hand"))
            neighbours.look()
            assert why_paused(worker) == Reason("paused_by_hand") and not worker.link.may_send()
            assert ServerChanged() in seen
            other.decisions().pause(None)
            neighbours.look()
            assert why_paused(worker) is None and worker.link.may_send()


def test_a_change_beside_a_sender_waits_for_its_answer(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk, other = bench(server), bench(server)
        with watched(other) as (neighbours, _, _):
            (uuid,) = other.add(person("P-1"))
            desk.drain()
            (entry,) = asyncio.run(neighbours.wait_for_answers([uuid], 10_000.0))
    assert entry.status is Status.COMPLETED and entry.logical_id == "1"


def test_waiting_for_an_answer_ends_when_the_server_is_paused(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        with watched(desk) as (neighbours, _, _):
            (uuid,) = desk.add(person("P-1"))
            desk.decisions().pause(Reason("paused_by_hand"))
            (entry,) = asyncio.run(neighbours.wait_for_answers([uuid], 1e12))
    assert entry.status is Status.PENDING


@fault("A5")
def test_one_sends_and_the_other_knows_it(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        folder = desk.folder
        one, other = SenderLock(desk.store, folder), SenderLock(desk.store, folder)
        assert one.acquire() and not other.acquire()
        assert other.is_held_elsewhere() and not one.is_held_elsewhere()
        one.release()
        assert not other.is_held_elsewhere() and other.acquire()
        other.release()
