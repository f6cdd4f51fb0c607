"""The worker: drains the queue to one server, looks before it sends again, and stops cleanly."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence

from fhirdesk.answer import Answer, Capabilities, Delivery, Reading, Verdict
from fhirdesk.clock import Clock
from fhirdesk.converters.base import Context
from fhirdesk.entry import Mapped, Operation, QueueEntry, Reason, Status
from fhirdesk.errors import FhirDeskError, Unavailable
from fhirdesk.events import ServerChanged
from fhirdesk.remote.client import Remote
from fhirdesk.remote.outcome import read_answer
from fhirdesk.settings import Profile
from fhirdesk.store.queue import Move, Prepared
from fhirdesk.store.store import Store
from fhirdesk.sync import edits
from fhirdesk.sync.circuit import Circuit
from fhirdesk.sync.ledger import Ledger
from fhirdesk.sync.outbox import parents
from fhirdesk.sync.probe import Probe
from fhirdesk.sync.push import Cannot, Send, Wait, gate, prepare
from fhirdesk.sync.settle import RULES, settle

log = logging.getLogger(__name__)
IDLE = 0.5  # seconds between looks for what other processes queued
AGE_EVERY = 60.0


class Worker:
    """One server's sender. Runs on the engine's loop; everything it knows is in the store."""

    def __init__(self, store: Store, remote: Remote, profile: Profile, context: Context, clock: Clock):
        self._store, self._remote, self._profile = store, remote, profile
        self._context, self._clock = context, clock
        self.circuit = Circuit(clock)
        self.ledger = Ledger(store, clock)
        self._probe = Probe(remote, context, clock)
        self._capabilities: Capabilities | None = None
        self._bundle = profile.bundle_entries
        self._lanes: set[tuple[str, str]] = set()  # being worked on now
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._aged_at = 0.0

    # -- life

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def run(self, enough: Callable[[], bool]) -> None:
        """Send until `enough()` says so; then let what is in flight arrive."""
        try:
            while not enough():
                if not self._start_work():
                    await self._rest()
        finally:
            await self._finish()

    async def once(self) -> None:
        """Send what is due now and end; stops when the server is away."""
        while self.circuit.may_send() and (self._start_work() or self._tasks):
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def run_edits(self) -> None:
        """Only profile edits, until cancelled: what an edit from the command line needs when nobody sends."""
        while True:
            if not self._start_edits(self._clock.now()):
                await self._rest()

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5.0)
        for task in tuple(self._tasks):
            task.cancel()

    async def _rest(self) -> None:
        self._wake.clear()
        woken = asyncio.ensure_future(self._wake.wait())
        await asyncio.wait({woken, *self._tasks}, timeout=self._nap(), return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()

    def _nap(self) -> float:
        with self._store.reading() as conn:
            due = self._store.queue.next_due(conn)
        wait = max(self.circuit.wait_until, due or 0.0) - self._clock.now()
        return min(IDLE, max(0.01, wait)) if due is not None else IDLE

    # -- what to do next

    def _start_work(self) -> bool:
        now = self._clock.now()
        if now - self._aged_at > AGE_EVERY:
            self._aged_at = now
            with self._store.writing() as tx:
                self._store.queue.age(tx.conn, now)
        if self._start_edits(now):
            return True
        if not self.circuit.may_send() or len(self._tasks) >= self._slots():
            return False
        return self._start_probes(now) or self._start_sends(now)

    def _slots(self) -> int:
        return self._profile.bundles_in_flight

    def _start_edits(self, now: float) -> bool:
        with self._store.reading() as conn:
            waiting = self._store.queue.edits(conn)
        for entry in waiting:
            if (entry.type, entry.key) not in self._lanes and entry.not_before <= now:
                self._spawn(self._edit(entry), [entry])
                return True
        return False

    def _start_probes(self, now: float) -> bool:
        with self._store.reading() as conn:
            found = self._store.queue.unknowns(conn, now, self._profile.in_flight + len(self._lanes))
        free = [e for e in found if (e.type, e.key) not in self._lanes][: self._profile.in_flight]
        if free:
            self._spawn(self._look_at(free), free)
        return bool(free)

    def _start_sends(self, now: float) -> bool:
        with self._store.reading() as conn:
            heads = self._store.queue.heads(conn, now, self._bundle + len(self._lanes))
        free = [e for e in heads if (e.type, e.key) not in self._lanes and e.operation is not Operation.EDIT]
        free = free[: self._bundle]
        if free:
            self._spawn(self._send(free), free)
        return bool(free)

    def _spawn(self, work: "asyncio.coroutines.Coroutine[None, None, None]", entries: Sequence[QueueEntry]) -> None:  # type: ignore[name-defined]
        lanes = {(e.type, e.key) for e in entries}
        self._lanes |= lanes
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

        def ended(done: "asyncio.Task[None]") -> None:
            self._tasks.discard(done)
            self._lanes.difference_update(lanes)
            self._wake.set()
            if not done.cancelled() and done.exception() is not None:
                self._stumbled(done.exception())

        task.add_done_callback(ended)

    def _stumbled(self, error: BaseException | None) -> None:
        """An unforeseen error: the entries become unknown at the next start; here the server waits a little."""
        log.error("worker: %s", type(error).__name__, exc_info=error)
        self.circuit.away(Reason(error.code if isinstance(error, FhirDeskError) else "internal"))

    # -- sending

    async def _send(self, heads: Sequence[QueueEntry]) -> None:
        if not await self._connected():
            return
        sends = await self._ready(heads)
        await self._deliver(self._claim(sends))

    async def _connected(self) -> bool:
        if self._capabilities is None:
            try:
                self._capabilities = await self._remote.capabilities()
                self.circuit.answered()
            except Unavailable as error:
                self._away(Reason(error.code, error.params))
            except FhirDeskError as error:
                self._pause(Reason(error.code, error.params))
        return self._capabilities is not None

    async def _ready(self, heads: Sequence[QueueEntry]) -> list[Send]:
        """The heads that can go now; the others are held or failed with their reason."""
        known = self._known(heads)
        stale = [m for e in heads if (m := known.get((e.type, e.key))) and not m.base_read]
        if stale:
            known |= await self._read_bases(stale)
        assert self._capabilities is not None, "connected first"
        plans = [gate(prepare(e, known, self._context), self._capabilities) for e in heads]
        waits = [p for p in plans if isinstance(p, Wait)]
        cannot = [p for p in plans if isinstance(p, Cannot)]
        if waits or cannot:
            self.ledger.set_aside(waits, cannot)
        return [p for p in plans if isinstance(p, Send)]

    def _known(self, heads: Sequence[QueueEntry]) -> dict[tuple[str, str], Mapped]:
        places = {(e.type, e.key) for e in heads} | {p for e in heads for p in parents(e.record)}
        with self._store.reading() as conn:
            return self._store.resource_map.get_many(conn, places)

    async def _read_bases(self, stale: Sequence[Mapped]) -> dict[tuple[str, str], Mapped]:
        """The server's own copies, before ours is laid over them: nothing of others may be dropped."""
        answers = await asyncio.gather(*(self._remote.read(m.resource_type, m.logical_id) for m in stale))
        fresh = {}
        for mapped, answer in zip(stale, answers, strict=True):
            if answer.delivery is Delivery.ANSWERED and answer.status == 200 and answer.body:
                fresh[mapped.type, mapped.key] = self.ledger.read(mapped, dict(answer.body))
        return fresh

    def _claim(self, sends: Sequence[Send]) -> list[Send]:
        now = self._clock.now()
        expires = now + self._remote.longest
        by_seq = {s.entry.seq: s for s in sends}
        with self._store.writing() as tx:
            taken = self._store.queue.claim(tx.conn, [Prepared(s.entry, s.stored(), expires) for s in sends], now)
        return [by_seq[p.entry.seq] for p in taken]

    async def _deliver(self, sends: Sequence[Send]) -> None:
        if not sends:
            return
        bundled = self._capabilities is not None and self._capabilities.batch and len(sends) > 1
        if bundled:
            await self._deliver_bundle(sends)
        else:
            limit = asyncio.Semaphore(self._profile.in_flight)
            await asyncio.gather(*(self._deliver_one(s, limit) for s in sends))

    async def _deliver_one(self, send: Send, limit: asyncio.Semaphore) -> None:
        async with limit:
            answer = await self._remote.send(send.request)
        self._settle([send], [answer])

    async def _deliver_bundle(self, sends: Sequence[Send]) -> None:
        whole, answers = await self._remote.send_bundle([s.request for s in sends], kind="batch")
        if len(answers) == len(sends):
            self._settle(sends, answers)
        elif whole.status in (400, 413, 422) and len(sends) > 1:
            await self._halve(sends, whole)
        else:
            self._settle(sends, [whole] * len(sends))

    async def _halve(self, sends: Sequence[Send], whole: Answer) -> None:
        """A Bundle refused whole was not applied: its halves go by themselves until the bad entry stands alone."""
        middle = len(sends) // 2
        if whole.status == 413:
            self._bundle = max(1, middle)
        for part in (sends[:middle], sends[middle:]):
            await self._deliver(part)

    # -- answers

    def _settle(self, sends: Sequence[Send], answers: Sequence[Answer]) -> None:
        readings = [read_answer(s.request, a) for s, a in zip(sends, answers, strict=True)]
        moves = [
            settle(s.entry, s.entry.attempts + 1, r, s.request.body, self._clock)
            for s, r in zip(sends, readings, strict=True)
        ]
        moves = [self._final(m, s.request.body) for m, s in zip(moves, sends, strict=True)]
        self.ledger.commit(moves)
        for reading in readings:
            self._note_server(reading)

    def _final(self, move: Move, sent: Mapping[str, object] | None) -> Move:
        return edits.final(move, dict(sent or {})) if move.entry.operation is Operation.EDIT else move

    def _note_server(self, reading: Reading) -> None:
        rule = RULES.get(reading.verdict)
        reason = Reason(rule.reason, dict(reading.answer.failure_params)) if rule else None
        if rule and reason and rule.pauses:
            self._pause(reason)
        elif rule and reason and rule.server_waits:
            if self.circuit.may_send():  # the entries of one Bundle are one failure
                self._away(reason, reading.answer.retry_after)
        elif reading.verdict is Verdict.DONE and self.circuit.offline:
            self.circuit.answered()
            self._store.events.publish(ServerChanged())

    def _away(self, reason: Reason, retry_after: float | None = None) -> None:
        self.circuit.away(reason, retry_after)
        self._store.events.publish(ServerChanged())

    def _pause(self, reason: Reason) -> None:
        self.circuit.pause(reason)
        self.ledger.pause(reason)

    # -- unknown outcomes

    async def _look_at(self, entries: Sequence[QueueEntry]) -> None:
        if not await self._connected():
            return
        moves = await asyncio.gather(*(self._look(e) for e in entries))
        found = [m for m in moves if m is not None]
        self.ledger.commit([self._final(m, None) for m in found])
        if len(found) < len(moves):
            self._away(Reason("why_offline"))

    async def _look(self, entry: QueueEntry) -> Move | None:
        with self._store.reading() as conn:
            sent, expires_at, _ = self._store.queue.last_attempt(conn, entry)
            mapped = self._store.resource_map.get_many(conn, {(entry.type, entry.key)}).get((entry.type, entry.key))
        return await self._probe.look(entry, mapped, sent, expires_at)

    # -- profile edits

    async def _edit(self, entry: QueueEntry) -> None:
        """Its lane in order, now; then a look at what the server has, so that the person gets an answer (rule 12)."""
        for _ in range(20):
            head = self._head(entry)
            if head is None:
                return
            if head.status in (Status.FAILED, Status.HELD, Status.CONFLICT):
                self.ledger.give_up(entry, Reason(edits.CONFLICT, {"entry": head.uuid}))
                return
            if not await self._step(head) and head.uuid != entry.uuid:
                self.ledger.give_up(entry, Reason(edits.UNREACHABLE))
                return
        self.ledger.give_up(entry, Reason(edits.UNREACHABLE))

    def _head(self, entry: QueueEntry) -> QueueEntry | None:
        """The head of the edit's lane; None once the edit is no longer waiting for us."""
        with self._store.reading() as conn:
            now = self._store.queue.get(conn, entry.uuid)
            lane = self._store.queue.lane(conn, entry.type, entry.key)
        if now is None or not lane or now.status not in (Status.PENDING, Status.UNKNOWN):
            return None
        if now.status is Status.UNKNOWN and lane[0].uuid == entry.uuid and now.not_before > self._clock.now():
            return None
        return lane[0]

    async def _step(self, head: QueueEntry) -> bool:
        """Bring the head of a lane one step on; False: the server could not be asked."""
        if head.status is Status.UNKNOWN:
            move = await self._look(head)
            if move is None and head.operation is Operation.EDIT:
                self.ledger.look_again(head)
            if move is not None:
                self.ledger.commit([self._final(self._after_look(head, move), None)])
            return move is not None
        if not await self._connected():
            if head.operation is Operation.EDIT:
                self.ledger.give_up(head, Reason(edits.UNREACHABLE))
            return False
        sends = self._claim(await self._ready([head]))
        if not sends:
            return False
        with contextlib.suppress(asyncio.CancelledError):
            await self._deliver_one(sends[0], asyncio.Semaphore(1))
        return not self.circuit.offline or head.operation is Operation.EDIT

    def _after_look(self, head: QueueEntry, move: Move) -> Move:
        """A 5xx whose version is as before changed nothing: the edit did not arrive (unreachable)."""
        if head.operation is Operation.EDIT and move.status is Status.UNKNOWN and self.ledger.was_refused_by_5xx(head):
            return Move(head, head.attempts, Status.PENDING, reason=Reason("why_busy"), phase=move.phase)
        return move
