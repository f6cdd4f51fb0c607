"""The link to the server: its status and pause, and answers that are written while the server has the next request."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from fhirdesk.core.events import Event, ServerChanged
from fhirdesk.core.exchange import Delivery, Response
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import LinkStatus
from fhirdesk.store.queue import Transition
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.results.result_writer import ResultWriter
from tests.factories import person
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness, SetClock

Make = Callable[..., Harness]
GOOD = Response(Delivery.ANSWERED, 200, {"resourceType": "Patient"})
LOST = Response(Delivery.NOT_SENT, error_code="why_offline")


def link_of(desk: Harness) -> ServerLink:
    """A link, without a connection yet."""
    return ServerLink(desk.store, desk.remote(), desk.profile, desk.mapper, desk.clock)


def why_paused(link: ServerLink) -> Reason | None:
    return link.paused


def test_listeners_hear_each_change_of_the_status_once(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        link, heard = link_of(desk), list[Event]()
        desk.store.events.subscribe(heard.append)
        assert [link.record_contact(GOOD) for _ in range(3)] == [True] * 3 and heard == []
        link.back_off(Reason("internal"))
        assert heard == [ServerChanged()] and not link.may_send()
        link.hurry()
        assert heard == [ServerChanged()] * 2 and link.may_send()
        assert link.record_contact(GOOD) and link.record_contact(GOOD)
        assert heard == [ServerChanged()] * 3
        assert link.status == LinkStatus(None, False, None, None, has_connected=False)


def test_an_outage_is_in_the_status_with_its_reason_and_the_next_try(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server, clock=SetClock())
        link = link_of(desk)
        while not link.is_offline:
            assert not link.record_contact(LOST)
        status = link.status
    assert status.blocking_reason == Reason("why_offline") and status.paused is None
    assert status.next_try is not None and status.next_try > desk.clock.now()


def test_a_pause_of_the_link_survives_it_and_standing_still_does_not(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        first, still = link_of(desk), Reason("store_exchanged")
        first.stand_still(still)
        assert why_paused(first) == still and not first.may_send()
        first.follow_pause()
        assert why_paused(first) is None
        first.pause(Reason("why_moved"))
        later = link_of(desk)
        assert why_paused(later) is None
        later.follow_pause()
        assert why_paused(later) == Reason("why_moved") and not later.may_send()


@pytest.mark.parametrize("size", [1, 2])  # entries in a request
def test_the_next_request_has_left_before_an_answer_is_written(
    bench: Make, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    commit, arrived = ResultWriter.commit, list[int]()

    def watched(self: ResultWriter, transitions: Sequence[Transition]) -> None:
        time.sleep(0.2)  # the loop stands still: the server gets what had left before
        arrived.append(len(server.held))
        commit(self, transitions)

    with FakeFhirServer(batch=size > 1) as server:
        desk = bench(server, in_flight=1, bundles_in_flight=1, bundle_entries=size)
        uuids = desk.add(*(person(f"P-{n}") for n in range(3 * size)))
        monkeypatch.setattr(ResultWriter, "commit", watched)
        desk.drain()
        assert desk.states(*uuids) == [Status.COMPLETED] * 3 * size
    assert arrived[0] == 2 * size and arrived[-1] == 3 * size


def test_answers_do_not_wait_for_a_request_that_cannot_leave(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)

        async def hangs(*_: Any, **__: Any) -> None:
            await asyncio.sleep(3600)

        async def waits() -> None:
            remote = desk.remote()
            monkeypatch.setattr(remote._server._pool, "handle_async_request", hangs)
            asked = asyncio.ensure_future(remote.read("Patient", "1"))
            await asyncio.sleep(0)
            async with asyncio.timeout(5.0):
                await remote.until_quiet(0.01)
            assert not asked.done()
            asked.cancel()
            async with asyncio.timeout(5.0):
                await remote.until_quiet(3600)
                await remote.close()

        asyncio.run(waits())
