"""The worker: drains the queue to one server, looks before it sends again, and stops cleanly."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager

from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import DataFolderError, DiskFull, FhirDeskError, StoreBusy, StoreError
from fhirdesk.core.queue_entry import Operation, QueueEntry, Reason, Status
from fhirdesk.core.settings import Profile, Retention
from fhirdesk.remote.client import Remote
from fhirdesk.store.store import Conn, Store
from fhirdesk.sync.edits.edit_lane import EditLane
from fhirdesk.sync.link.circuit_breaker import CircuitBreaker
from fhirdesk.sync.link.copy_normalizer import Copies
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.server_identity import ServerIdentity
from fhirdesk.sync.link.server_limits import ServerLimits
from fhirdesk.sync.link.server_session import ServerSession
from fhirdesk.sync.reconcile.probe import Probe
from fhirdesk.sync.reconcile.reconciler import Reconciler
from fhirdesk.sync.results.response_handler import ResponseHandler
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload.planner import UploadPlanner
from fhirdesk.sync.upload.transactions import TransactionSender
from fhirdesk.sync.upload.uploader import Uploader
from fhirdesk.sync.worker.priority_aging import PriorityAging
from fhirdesk.sync.worker.retention import RetentionCleaner

IDENTITY_PAUSES = ("pause_identity", "pause_vanished", "pause_moved")
log = logging.getLogger(__name__)
IDLE = 0.5  # seconds between looks for what other processes queued
SLEPT = 60.0  # seconds between two looks after which the computer must have slept
SETTLE = 90.0  # seconds at least between two empty searches
LAST_ANSWERS = 5.0  # seconds that answers in flight have at the end (A9)
TO_END = 1.0  # seconds that a cancelled task has to close its connection
STUMBLED = 10.0  # seconds before what met an unforeseen error is tried again


class Worker:
    """One server's sender. Runs on the engine's loop; everything it knows is in the store."""

    def __init__(
        self,
        store: Store,
        remote: Remote,
        profile: Profile,
        context: Context,
        clock: Clock,
        retention: Retention | None = None,
    ):
        self._store, self._profile, self._clock = store, profile, clock
        self.circuit = CircuitBreaker(clock, profile.rate)
        self.ledger = ResultWriter(store, clock)
        self.left: float = math.inf  # entries that may still be sent in this run
        paced = LimitedRemote(remote, self.circuit.pace)
        learned = ServerLimits(store, profile)
        copies = Copies(paced, context, learned)
        identity = ServerIdentity(store, copies, context, profile.url or "")
        reception = ResponseHandler(store, clock, self.circuit, self.ledger, identity, context, copies)
        self.connection = ServerSession(paced, identity, reception, learned)
        ready = UploadPlanner(store, copies, context, clock, reception, identity, profile.read_again)
        self._outgoing = Uploader(store, paced, profile, clock, self.connection, ready, reception, learned)
        self._together = TransactionSender(store, paced, self.connection, ready, self._outgoing, self.ledger)
        probe = Probe(
            copies, self.ledger, context, clock, lambda: settle_time(profile, remote.deadline), reception.record_contact
        )
        self._looking = Reconciler(store, probe, context, self.connection, reception, copies)
        self._edits = EditLane(store, clock, self.connection, self._outgoing, self._looking, reception)
        self._lanes: set[tuple[str, str]] = set()  # being worked on now
        self._tasks: set[asyncio.Task[None]] = set()
        self._looks: set[asyncio.Task[None]] = set()  # those of them that look at unknown outcomes
        self._alone = False  # an entry that was in flight at a crash is: nothing may be beside it
        self._wake = asyncio.Event()
        self._looked_at = clock.now()
        self._ageing = PriorityAging(store, clock)
        self._cleaner = RetentionCleaner(store, clock, retention or Retention())

    # -- life

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def resume(self) -> None:
        """A person ended a pause: the server is asked anew what it is and what it takes."""
        paused = self.circuit.paused
        self.circuit.resume()
        self.connection.forget()
        if paused and paused.code in IDENTITY_PAUSES:
            self.connection.accept_identity()

    async def run(self, enough: Callable[[], bool]) -> None:
        """Send until `enough()` says so; then let what is in flight arrive."""
        try:
            await self._connect()
            while not enough() and not self.used_up:
                if not self._start_work():
                    await self._rest()
        finally:
            await self._finish()

    async def once(self, enough: Callable[[], bool]) -> None:
        """Send what is due now and end; stops when the server is away, and when `enough()` says so."""
        try:
            await self._connect()
            while not enough() and self.circuit.may_send() and (self._start_work() or self._tasks):
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._finish()

    async def _connect(self) -> None:
        """What was held because the server did not take it may go now; the rest connects when it is sent."""
        if self.circuit.may_send():
            with self._going_on():
                await self.connection.connect()

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """What happens here ends no sender: no store that is locked or full for a while (B1, B4), and nothing that
        nobody foresaw (A7, H4); after that all waits a little. Only a database that is not ours any more does (B8)."""
        try:
            yield
        except DataFolderError:
            raise
        except StoreError as error:
            log.error("sending waits for the store: %s", error.code)
        except Exception as error:  # the last guard of a loop that must not end
            log.error("worker: %s", type(error).__name__, exc_info=error)
            self.circuit.record_failure(Reason("internal"), at_once=True)

    async def run_edits(self) -> None:
        """Only profile edits, until cancelled: what an edit from the command line needs when nobody sends."""
        try:
            while True:
                started = False
                with self._going_on(), self._store.snapshot() as conn:
                    started = self._start_edits(conn, self._clock.now())
                if not started:
                    await self._rest()
        finally:
            await self._finish()

    @property
    def used_up(self) -> bool:
        """Whether this run has sent as many entries as it may, and all have come back."""
        return self.left <= 0 and not self._tasks

    async def _finish(self) -> None:
        """What is in flight may arrive; what does not in time stays in flight in the store, and its task is over."""
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
        self._wake.clear()
        waits = {asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(self._clock.sleep(self._nap()))}
        try:
            await asyncio.wait({*waits, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:  # also when the worker itself is cancelled
            for wait in waits:
                wait.cancel()

    def _nap(self) -> float:
        """Until the next thing that we know of is due; not longer than others may queue something unnoticed."""
        now = self._clock.now()
        due = max(self.circuit.wait_until, self.ledger.next_due(now))
        return min(IDLE, max(0.01, due - now)) if due > now else IDLE

    # -- what to do next

    def _start_work(self) -> bool:
        """Whether something was started."""
        started = False
        with self._going_on():
            started = self._start_what_is_due()
        return started  # noqa: RET504 - the guard lets nothing through

    def _start_what_is_due(self) -> bool:
        self._store.check_files()
        now = self._clock.now()
        self._keep_time(now)
        if not self.ledger.is_caught_up():
            return False
        with self._store.snapshot() as conn:
            if self._start_edits(conn, now):
                return True
            if not self.circuit.may_send() or self._alone or len(self._tasks) >= self._slots():
                return False
            return self._start_probes(conn, now) or self._start_sends(conn, now) or self._start_rings(conn)

    def _keep_time(self, now: float) -> None:
        """Urgency grows with age; after the computer slept, what is due starts slowly (A10)."""
        if now - self._looked_at > SLEPT:
            self.circuit.pace.slow_start()
        self._looked_at = now
        self._ageing.step(now)
        self._cleaner.step()

    def _slots(self) -> int:
        """What is on the wires, and as much being made ready meanwhile."""
        return 1 if self.circuit.is_open or not self.connection.is_known else 2 * self._profile.bundles_in_flight

    def _start_edits(self, conn: Conn, now: float) -> bool:
        for entry in self._store.queue.edits(conn):
            again = entry.status is Status.PENDING and entry.attempts > 0  # nobody waits for it any more
            if again and not self.circuit.may_send():
                continue
            if (entry.type, entry.key) not in self._lanes and entry.not_before <= now:
                self._spawn(self._edits.run(entry), [entry])
                return True
        return False

    def _start_probes(self, conn: Conn, now: float) -> bool:
        most = 1 if self.circuit.is_open else self._profile.in_flight
        if len(self._looks) >= max(1, self._slots() // 2):  # what is known to be well goes on beside them
            return False
        free = self._free(self._store.queue.unknowns(conn, now, most + len(self._lanes)))[:most]
        if free:
            look = self._spawn(self._looking.reconcile(free), free)
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)
        return bool(free)

    def _start_sends(self, conn: Conn, now: float) -> bool:
        most = 1 if self.circuit.is_open else int(min(self._outgoing.most, max(self.left, 0)))
        heads = self._store.queue.heads(conn, now, most, self._lanes)
        free = [e for e in heads if e.operation is not Operation.EDIT]
        if not free or (free[0].alone and self._tasks):
            return False
        self._alone = free[0].alone
        self.left -= len(free)
        self._spawn(self._outgoing.send(free), free)
        return True

    def _start_rings(self, conn: Conn) -> bool:
        """Records that wait for each other, once nothing else is on its way."""
        if self._tasks or self.circuit.is_open:
            return False
        rings = self._store.queue.cycles(conn)
        if rings:
            self._spawn(self._together.send(rings[0]), rings[0])
        return bool(rings)

    def _free(self, entries: Sequence[QueueEntry]) -> list[QueueEntry]:
        return [e for e in entries if (e.type, e.key) not in self._lanes]

    def _spawn(self, work: Coroutine[None, None, None], entries: Sequence[QueueEntry]) -> "asyncio.Task[None]":
        lanes = {(e.type, e.key) for e in entries}
        self._lanes |= lanes
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

        def ended(done: "asyncio.Task[None]") -> None:
            self._tasks.discard(done)
            self._lanes.difference_update(lanes)
            self._alone = self._alone and not any(e.alone for e in entries)
            self._wake.set()
            if not done.cancelled() and (error := done.exception()) is not None:
                self._stumbled(error, entries)

        task.add_done_callback(ended)
        return task

    def _stumbled(self, error: BaseException, entries: Sequence[QueueEntry]) -> None:
        """An unforeseen error (A7): these lanes wait a little and go singly next; the others go on. A store that took
        nothing is foreseen (B1, B4): nothing was claimed, and all wait a little."""
        if isinstance(error, DiskFull | StoreBusy | DataFolderError):
            self.circuit.record_failure(Reason(error.code, error.params), at_once=True)
            return
        log.error("worker: %s", type(error).__name__, exc_info=error)
        try:
            self.ledger.isolate(entries, self._clock.now() + STUMBLED)
        except FhirDeskError as worse:  # the store is in trouble too
            self.circuit.record_failure(Reason(worse.code, worse.params), at_once=True)


def settle_time(profile: Profile, deadline: float) -> float:
    """Seconds after which a request that nothing guards cannot be applied any more (rule 6)."""
    return profile.settle if profile.settle is not None else max(SETTLE, deadline + 60.0)
