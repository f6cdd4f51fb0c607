"""The worker drains the queue to one server, looks there before it sends anything again, and stops cleanly."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import DataFolderError, DiskFull, FhirDeskError, StoreBusy, StoreError
from fhirdesk.core.queue_entry import Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Place
from fhirdesk.core.settings import Profile, Retention
from fhirdesk.remote.client import Remote
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import Snapshot
from fhirdesk.sync.edits.edit_lane import EditLane
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.reconcile.probe import Probe
from fhirdesk.sync.reconcile.reconciler import Reconciler
from fhirdesk.sync.results.response_handler import ResponseHandler
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload.planner import UploadPlanner
from fhirdesk.sync.upload.transactions import TransactionSender
from fhirdesk.sync.upload.uploader import Uploader
from fhirdesk.sync.worker.priority_aging import PriorityAging
from fhirdesk.sync.worker.retention import RetentionCleaner

log = logging.getLogger(__name__)
IDLE = 0.5  # seconds between looks for what other processes queued
SLEPT = 60.0  # seconds between two rounds after which the computer must have slept
SETTLE = 90.0  # seconds at least between two empty searches
LAST_ANSWERS = 5.0  # seconds that answers in flight have at the end (A9)
TO_END = 1.0  # seconds that a cancelled task has to close its connection
ISOLATED = 10.0  # seconds before entries that met an unforeseen error are tried again


class Worker:
    """Sends the entries of one profile. Runs on the engine's loop; everything it knows is in the store."""

    def __init__(
        self,
        store: Store,
        remote: Remote,
        profile: Profile,
        mapper: Mapper,
        clock: Clock,
        retention: Retention | None = None,
    ):
        self._store, self._profile, self._clock = store, profile, clock
        self.link = ServerLink(store, remote, profile, mapper, clock)
        self.writer = ResultWriter(store, clock)
        self.remaining: float = math.inf  # entries that may still be sent in this run
        settle_time = compute_settle_time(profile, remote.deadline)
        planner = UploadPlanner(store, self.link, mapper, clock, self.writer, profile.read_again)
        handler = ResponseHandler(clock, self.link, self.writer, mapper)
        self._uploader = Uploader(store, self.link, profile, clock, planner, handler)
        self._transactions = TransactionSender(store, self.link, planner, self._uploader, self.writer)
        probe = Probe(self.link.copies, self.writer, mapper, clock, settle_time, self.link.record_contact)
        self._reconciler = Reconciler(store, probe, mapper, self.link, self.writer)
        self._edits = EditLane(store, clock, self.link, self._uploader, self._reconciler, self.writer)
        self._busy_lanes: set[Place] = set()  # being worked on now
        self._tasks: set[asyncio.Task[None]] = set()
        self._probes: set[asyncio.Task[None]] = set()  # those of them that look at unknown outcomes
        self._is_isolated = False  # an entry that was in flight at a crash is being sent: nothing may go beside it
        self._wake = asyncio.Event()
        self._round_at = clock.now()
        self._aging = PriorityAging(store, clock)
        self._cleaner = RetentionCleaner(store, clock, retention or Retention())

    # -- life

    def wake(self) -> None:
        """End the rest of the loop: there may be something to do."""
        self._wake.set()

    async def run(self, enough: Callable[[], bool]) -> None:
        """Send until `enough()` is true; then let what is in flight arrive."""
        try:
            await self._connect()
            while not enough() and not self.is_used_up:
                if not self._start_work():
                    await self._rest()
        finally:
            await self._finish()

    async def once(self, enough: Callable[[], bool]) -> None:
        """Send what is due now and end; stop early if the server is away, or if `enough()` is true."""
        try:
            await self._connect()
            while not enough() and self.link.may_send() and (self._start_work() or self._tasks):
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._finish()

    async def _connect(self) -> None:
        """Ask the server what it takes, so that entries which were held for that may go."""
        if self.link.may_send():
            with self.keep_running():
                await self.link.connect()

    @contextmanager
    def keep_running(self) -> Iterator[None]:
        """Keep the loop alive: a store that is locked or full for a while (B1, B4) and an error that nobody foresaw
        (A7, H4) are logged, and sending waits a little. Raises DataFolderError if the database is not ours any more
        (B8)."""
        try:
            yield
        except DataFolderError:
            raise
        except StoreError as error:
            log.error("sending waits for the store: %s", error.code)
        except Exception as error:  # the last guard of a loop that must not end
            log.error("worker: %s", type(error).__name__, exc_info=error)
            self.link.back_off(Reason("internal"))

    async def run_edits(self) -> None:
        """Send profile edits alone, until cancelled: an edit from the command line needs it when no process sends."""
        try:
            while True:
                started = False
                with self.keep_running(), self._store.snapshot() as view:
                    started = self._start_edits(view, self._clock.now())
                if not started:
                    await self._rest()
        finally:
            await self._finish()

    @property
    def is_used_up(self) -> bool:
        """True if this run has sent as many entries as it may, and every answer is in."""
        return self.remaining <= 0 and not self._tasks

    async def _finish(self) -> None:
        """Let what is in flight arrive; a request that does not in time stays in flight in the store, its task ends."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=LAST_ANSWERS)
        finally:  # also when there is no time to wait for them
            late = tuple(self._tasks)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=TO_END)

    async def _rest(self) -> None:
        """Wait until woken, until a task ends, or until the next thing is due."""
        self._wake.clear()
        waits = {
            asyncio.ensure_future(self._wake.wait()),
            asyncio.ensure_future(self._clock.sleep(self._seconds_to_rest())),
        }
        try:
            await asyncio.wait({*waits, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:  # also when the worker itself is cancelled
            for wait in waits:
                wait.cancel()

    def _seconds_to_rest(self) -> float:
        """Seconds until the next thing is due that we know of; not so long that other processes queue unnoticed."""
        now = self._clock.now()
        due = max(self.link.status.next_try or 0.0, self.writer.next_due(now))
        return min(IDLE, max(0.01, due - now)) if due > now else IDLE

    # -- what to do next

    def _start_work(self) -> bool:
        """Start one piece of work that is due. True if there was any."""
        started = False
        with self.keep_running():
            started = self._start_what_is_due()
        return started  # noqa: RET504 - the guard lets nothing through

    def _start_what_is_due(self) -> bool:
        self._store.check_files()
        now = self._clock.now()
        self._do_upkeep(now)
        if not self.writer.is_caught_up():
            return False
        with self._store.snapshot() as view:
            if self._start_edits(view, now):
                return True
            if not self.link.may_send() or self._is_isolated or len(self._tasks) >= self._count_slots():
                return False
            return self._start_probes(view, now) or self._start_sends(view, now) or self._start_cycles(view)

    def _do_upkeep(self, now: float) -> None:
        """Let urgency grow with age and old entries go; after the computer slept, start slowly (A10)."""
        if now - self._round_at > SLEPT:
            self.link.slow_start()
        self._round_at = now
        self._aging.step(now)
        self._cleaner.step()

    def _count_slots(self) -> int:
        """Tasks at once: as many as are on the wires, and as many again that are being prepared meanwhile."""
        return 1 if self.link.is_offline or not self.link.is_known else 2 * self._profile.bundles_in_flight

    def _start_edits(self, view: Snapshot, now: float) -> bool:
        for entry in view.entries.find_open_edits():
            is_retry = entry.status is Status.PENDING and entry.attempts > 0  # nobody waits for it any more
            if is_retry and not self.link.may_send():
                continue
            if (entry.type, entry.key) not in self._busy_lanes and entry.not_before <= now:
                self._spawn(self._edits.run(entry), [entry])
                return True
        return False

    def _start_probes(self, view: Snapshot, now: float) -> bool:
        most = 1 if self.link.is_offline else self._profile.in_flight
        if len(self._probes) >= max(1, self._count_slots() // 2):  # what is known to be well goes on beside them
            return False
        free = self._not_busy(view.entries.find_unknowns(now, most + len(self._busy_lanes)))[:most]
        if free:
            probe = self._spawn(self._reconciler.reconcile(free), free)
            self._probes.add(probe)
            probe.add_done_callback(self._probes.discard)
        return bool(free)

    def _start_sends(self, view: Snapshot, now: float) -> bool:
        most = 1 if self.link.is_offline else int(min(self._uploader.max_heads, max(self.remaining, 0)))
        heads = view.queue.find_heads(now, most, self._busy_lanes)
        free = [e for e in heads if e.operation is not Operation.EDIT]
        if not free or (free[0].isolated and self._tasks):
            return False
        self._is_isolated = free[0].isolated
        self.remaining -= len(free)
        self._spawn(self._uploader.send(free), free)
        return True

    def _start_cycles(self, view: Snapshot) -> bool:
        """Send records that wait for each other in one transaction, once nothing else is on its way."""
        if self._tasks or self.link.is_offline:
            return False
        cycles = view.queue.find_cycles()
        if cycles:
            self._spawn(self._transactions.send(cycles[0]), cycles[0])
        return bool(cycles)

    def _not_busy(self, entries: Sequence[QueueEntry]) -> list[QueueEntry]:
        return [e for e in entries if (e.type, e.key) not in self._busy_lanes]

    def _spawn(self, work: Coroutine[None, None, None], entries: Sequence[QueueEntry]) -> "asyncio.Task[None]":
        """Start a task; the lanes of its entries are busy until it ends."""
        lanes = {(e.type, e.key) for e in entries}
        self._busy_lanes |= lanes
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

        def clean_up(done: "asyncio.Task[None]") -> None:
            self._tasks.discard(done)
            self._busy_lanes.difference_update(lanes)
            self._is_isolated = self._is_isolated and not any(e.isolated for e in entries)
            self._wake.set()
            if not done.cancelled() and (error := done.exception()) is not None:
                self._handle_failure(error, entries)

        task.add_done_callback(clean_up)
        return task

    def _handle_failure(self, error: BaseException, entries: Sequence[QueueEntry]) -> None:
        """Let these lanes wait a little and go singly next, after an error that nobody foresaw (A7); the others go on.
        A store that took nothing is foreseen (B1, B4): nothing was claimed, and all lanes wait a little."""
        if isinstance(error, DiskFull | StoreBusy | DataFolderError):
            self.link.back_off(Reason(error.code, error.params))
            return
        log.error("worker: %s", type(error).__name__, exc_info=error)
        try:
            self.writer.isolate(entries, self._clock.now() + ISOLATED)
        except FhirDeskError as worse:  # the store is in trouble too
            self.link.back_off(Reason(worse.code, worse.params))


def compute_settle_time(profile: Profile, deadline: float) -> float:
    """Seconds after which the server cannot apply a request that nothing guards any more (rule 6)."""
    return profile.settle if profile.settle is not None else max(SETTLE, deadline + 60.0)
