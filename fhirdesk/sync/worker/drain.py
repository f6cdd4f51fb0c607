"""A drain: send, or watch another process send, until what was asked for is done; a summary at the end."""

import asyncio
import math
from dataclasses import replace

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import ReadOnlyStore
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import Counts, DrainSummary
from fhirdesk.store.store import Store
from fhirdesk.sync.worker.peer_processes import PeerProcesses
from fhirdesk.sync.worker.sender_lock import SenderLock
from fhirdesk.sync.worker.worker import Worker

WATCH = 0.3  # seconds between looks while another process sends


class Drain:
    """Runs on the engine's loop."""

    def __init__(self, store: Store, worker: Worker, sender: SenderLock, neighbours: PeerProcesses, clock: Clock):
        self._store, self._worker, self._sender = store, worker, sender
        self._neighbours, self._clock = neighbours, clock
        self._ended = False

    def end(self) -> None:
        """Start nothing more, let the answers in flight arrive (5 s at most), and sum up."""
        self._ended = True
        self._worker.wake()

    async def run(self, *, until_empty: bool, watch: bool, seconds: float | None, limit: int | None) -> DrainSummary:
        """`seconds` bounds the time, `limit` the entries that are sent."""
        if self._store.read_only:
            raise ReadOnlyStore
        started = self._clock.monotonic()
        ends = math.inf if seconds is None else started + seconds
        sent_before = self._worker.ledger.completed
        others = asyncio.ensure_future(self._neighbours.watch())
        try:
            alone = self._sender.take()
            before = 0 if alone else self._counts()[Status.COMPLETED]  # counting all takes its time
            while not self._sender.take() and not self._over(until_empty, watch, ends):  # noqa: ASYNC110 - only its commits tell
                await asyncio.sleep(WATCH)
            if self._sender.held:
                await self._send(until_empty, watch, ends, limit)
        finally:
            others.cancel()
            self._sender.give_back()
        counts = self._counts()
        sent, arrived = self._worker.ledger.completed - sent_before, counts[Status.COMPLETED] - before
        seconds_ = self._clock.monotonic() - started
        summary = self._summary(counts, sent if alone else arrived, seconds_)
        return replace(summary, out_of_time=self._clock.monotonic() >= ends and self._left(until_empty))

    async def _send(self, until_empty: bool, watch: bool, ends: float, limit: int | None) -> None:
        self._worker.left = math.inf if limit is None else limit
        if until_empty or watch:
            await self._worker.run(lambda: self._over(until_empty, watch, ends))
        elif not self._worker.circuit.paused:
            await self._worker.once(lambda: self._ended or self._clock.monotonic() >= ends)

    def _over(self, until_empty: bool, watch: bool, ends: float) -> bool:
        """Time is up; or only what needs a person, a parent or nothing is left; or a person must act first."""
        if self._ended or self._clock.monotonic() >= ends:
            return True
        if watch:
            return False
        return self._worker.circuit.paused is not None or not self._left(until_empty)

    def _left(self, until_empty: bool) -> bool:
        """Whether something could still be sent: now, or in time."""
        with self._store.snapshot() as conn:
            queue = self._store.queue
            return queue.moving(conn) if until_empty else queue.due(conn, self._clock.now())

    def _counts(self) -> Counts:
        with self._store.snapshot() as conn:
            return self._store.queue_views.counts(conn)

    def _summary(self, counts: Counts, completed: int, seconds: float) -> DrainSummary:
        circuit = self._worker.circuit
        return DrainSummary(
            completed=completed,
            failed=counts[Status.FAILED],
            conflict=counts[Status.CONFLICT],
            unknown=counts[Status.UNKNOWN] + counts[Status.PROCESSING],
            held=counts[Status.HELD],
            pending=counts[Status.PENDING],
            seconds=round(seconds, 3),
            reason=circuit.paused or circuit.reason,
        )
