"""A drain sends the queue, or watches another process send it, until the goal is reached; then it sums up."""

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
    """Drains the queue for one command. Runs on the engine's loop."""

    def __init__(self, store: Store, worker: Worker, sender: SenderLock, peers: PeerProcesses, clock: Clock):
        self._store, self._worker, self._sender = store, worker, sender
        self._peers, self._clock = peers, clock
        self._ended = False

    def end(self) -> None:
        """End the drain: nothing more is started, and answers in flight have 5 s to arrive."""
        self._ended = True
        self._worker.wake()

    async def run(self, *, until_empty: bool, watch: bool, seconds: float | None, limit: int | None) -> DrainSummary:
        """Drain, and return what came of it. `seconds` bounds the time, `limit` the entries that are sent; `watch` goes
        on until `end()`, `until_empty` until nothing is left that could go by itself. Raises ReadOnlyStore."""
        if self._store.read_only:
            raise ReadOnlyStore
        started = self._clock.monotonic()
        ends = math.inf if seconds is None else started + seconds
        sent_before = self._worker.writer.completed
        watching = asyncio.ensure_future(self._peers.watch())
        try:
            is_first = self._sender.acquire()
            before = 0 if is_first else self._counts()[Status.COMPLETED]  # counting all takes its time
            while not self._sender.acquire() and not self._is_over(until_empty, watch, ends):  # noqa: ASYNC110 - only its commits tell
                await asyncio.sleep(WATCH)
            if self._sender.is_held:
                await self._send(until_empty, watch, ends, limit)
        finally:
            watching.cancel()
            self._sender.release()
        counts = self._counts()
        sent, arrived = self._worker.writer.completed - sent_before, counts[Status.COMPLETED] - before
        took = self._clock.monotonic() - started
        summary = self._summary(counts, sent if is_first else arrived, took)
        return replace(summary, out_of_time=self._clock.monotonic() >= ends and self._has_work(until_empty))

    async def _send(self, until_empty: bool, watch: bool, ends: float, limit: int | None) -> None:
        self._worker.remaining = math.inf if limit is None else limit
        if until_empty or watch:
            await self._worker.run(lambda: self._is_over(until_empty, watch, ends))
        elif not self._worker.link.paused:
            await self._worker.once(lambda: self._ended or self._clock.monotonic() >= ends)

    def _is_over(self, until_empty: bool, watch: bool, ends: float) -> bool:
        """True if the time is up, if a person must act first, or if all that is left waits for a person or a parent."""
        if self._ended or self._clock.monotonic() >= ends:
            return True
        if watch:
            return False
        return self._worker.link.paused is not None or not self._has_work(until_empty)

    def _has_work(self, until_empty: bool) -> bool:
        """True if an entry could still be sent: now, or (`until_empty`) in time."""
        with self._store.snapshot() as view:
            return view.queue.has_moving() if until_empty else view.queue.has_due(self._clock.now())

    def _counts(self) -> Counts:
        with self._store.snapshot() as view:
            return view.queue_views.count_by_status()

    def _summary(self, counts: Counts, completed: int, seconds: float) -> DrainSummary:
        status = self._worker.link.status
        return DrainSummary(
            completed=completed,
            failed=counts[Status.FAILED],
            conflict=counts[Status.CONFLICT],
            unknown=counts[Status.UNKNOWN] + counts[Status.PROCESSING],
            held=counts[Status.HELD],
            pending=counts[Status.PENDING],
            seconds=round(seconds, 3),
            reason=status.paused or status.reason,
        )
