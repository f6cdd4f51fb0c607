"""Requests go out: claimed first, many in one Bundle where the server takes it, halved when refused (rule 11)."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Sequence

from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Response, Verdict
from fhirdesk.core.queue_entry import QueueEntry
from fhirdesk.core.settings import Profile
from fhirdesk.remote.status import (
    has_choked,
    is_healthy,
    is_ok,
    is_success,
    is_too_large,
    refuses_bundle,
    takes_no_bundles,
)
from fhirdesk.store.queue import Prepared
from fhirdesk.store.store import Store
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.server_limits import ServerLimits
from fhirdesk.sync.link.server_session import ServerSession
from fhirdesk.sync.plan import Send
from fhirdesk.sync.results.response_handler import ResponseHandler
from fhirdesk.sync.upload.create_gate import CreateGate
from fhirdesk.sync.upload.planner import UploadPlanner

AHEAD = 1  # requests that are claimed while they wait for a wire, so that none waits for the disk
WAITS = 2.0  # seconds that a claimed request may wait for its wire
STEPS_TO_THE_WIRE = 12  # of the loop, in which the next request leaves before this one's answers are written down


class Uploader:
    """What is ready is delivered; what comes back goes to the reception."""

    def __init__(
        self,
        store: Store,
        remote: LimitedRemote,
        profile: Profile,
        clock: Clock,
        connection: ServerSession,
        ready: UploadPlanner,
        reception: ResponseHandler,
        learned: ServerLimits,
    ):
        self._store, self._remote, self._profile, self._clock = store, remote, profile, clock
        self._connection, self._ready, self._reception = connection, ready, reception
        self._circuit = reception.circuit
        self._learned = learned
        remote.gzip = learned.limits.gzip
        self._bundle_wires = asyncio.Semaphore(profile.bundles_in_flight)
        self._wires = asyncio.Semaphore(profile.in_flight)
        self._creates = CreateGate(learned)
        self._ahead = asyncio.Semaphore(profile.bundles_in_flight + AHEAD)
        self._arrived: list[tuple[Send, Response]] = []
        self._writing: asyncio.Task[None] | None = None

    @property
    def most(self) -> int:
        """Heads to ask for at once."""
        return self._learned.limits.entries if self._bundles else 4 * self._profile.in_flight

    async def send(self, heads: Sequence[QueueEntry]) -> None:
        """Send heads, in portions; once the server is away the rest stays where it is."""
        sends = await self._requests(heads)
        await asyncio.gather(*(self._deliver(portion) for portion in self._portions(sends)))

    async def send_one(self, head: QueueEntry) -> bool:
        """Send one head by itself; False: it could not go."""
        sends = self.claim(await self._requests([head]))
        if sends:
            with contextlib.suppress(asyncio.CancelledError):
                await self.settle(sends, [await self._alone(sends[0])])
        return bool(sends)

    async def _requests(self, heads: Sequence[QueueEntry]) -> list[Send]:
        if not await self._connection.connect():
            return []
        return await self._ready.requests(heads, self._connection.capabilities)

    @property
    def _bundles(self) -> bool:
        """Whether many go at once: the server takes it, and the profile does not forbid it."""
        taken = self._connection.is_known and self._connection.capabilities.batch and self._learned.limits.bundles
        return taken and self._profile.bundle_entries > 1

    @property
    def _kind(self) -> str:
        """A transaction where the profile says that it is the faster one, with the batch behind it."""
        fast = self._profile.transactions and self._connection.capabilities.transaction
        return "transaction" if fast else "batch"

    def _portions(self, sends: Sequence[Send]) -> Iterator[list[Send]]:
        """What is claimed together: a Bundle of at most so many and so many bytes, or a few single requests."""
        if not self._bundles:
            few = 2 * self._profile.in_flight if self._learned.takes_parallel_creates else 1
            yield from (list(sends[start : start + few]) for start in range(0, len(sends), few))
            return
        limits = self._learned.limits
        portion: list[Send] = []
        size = 0
        for send in sends:
            if portion and (len(portion) >= limits.entries or size + send.body_size > limits.bytes):
                yield portion
                portion, size = [], 0
            portion.append(send)
            size += send.body_size
        if portion:
            yield portion

    def claim(self, sends: Sequence[Send], *, held: bool = False) -> list[Send]:
        """Commit the attempts before the first byte leaves; those whose entries changed meanwhile are left out. `held`:
        they are held and go together, or none does. None is claimed during a pause, also one that began while something
        was read first."""
        if not sends or self._circuit.paused:
            return []
        now = self._clock.now()
        expires = now + (self._remote.longest if self._bundles else self._remote.deadline) + WAITS
        by_seq = {s.entry.seq: s for s in sends}
        with self._store.transaction() as tx:
            if held and not self._store.queue.release_held(tx.conn, [s.entry for s in sends]):
                return []
            taken = self._store.queue.claim(tx.conn, [Prepared(s.entry, s.to_stored(), expires) for s in sends], now)
        return [by_seq[p.entry.seq] for p in taken]

    async def _deliver(self, portion: Sequence[Send]) -> None:
        """Claimed a little before a wire is free, sent, settled when it came back."""
        async with self._ahead:
            await self._remote.limiter.wait_for_capacity(1)
            if not self._circuit.may_send():
                return
            sends, claimed = self.claim(portion), self._clock.monotonic()
            if len(sends) > 1 and self._bundles:
                await self._as_bundle(sends, claimed)
            else:
                await asyncio.gather(*(self._by_itself(send, claimed) for send in sends))

    async def _as_bundle(self, sends: Sequence[Send], claimed: float) -> None:
        async with self._bundle_wires:
            if not self._may_go(sends, claimed):
                return
            whole, answers = await self._exchange(sends, self._kind)
            if whole is None or not is_ok(whole) or not answers:  # it may say that nothing else must go now
                await self._receive(sends, whole, answers)
                return
            self._learned.record_bundle(len(sends))
            written = self._arrive(zip(sends, answers, strict=True))
        await asyncio.shield(written)

    async def _by_itself(self, send: Send, claimed: float) -> None:
        async with self._wires:
            if not self._may_go([send], claimed):
                return
            answer = await self._alone(send)
            if is_healthy(answer):
                self._learned.record_bundle(1)
            written = self._arrive([(send, answer)])
            if not is_success(answer):  # it may say that nothing else must go now
                await asyncio.shield(written)
        await asyncio.shield(written)

    async def _alone(self, send: Send) -> Response:
        """By itself; beside another create only where that is known to work."""
        if send.request.if_none_exist:
            return await self._remote.send(send.request)
        creates = send.request.interaction == "create"
        async with self._creates.turn(creates=creates):
            answer = await self._remote.send(send.request)
            if creates:
                self._creates.note(answer)
            return answer

    def _arrive(self, answered: Iterable[tuple[Send, Response]]) -> "asyncio.Task[None]":
        """Answers came; the task that settles them, and what arrives meanwhile, in one transaction."""
        self._arrived.extend(answered)
        if self._writing is None:
            self._writing = asyncio.ensure_future(self._write_down())
        return self._writing

    async def _write_down(self) -> None:
        """The next request leaves before these answers are written down."""
        for _ in range(STEPS_TO_THE_WIRE):
            await asyncio.sleep(0)
        arrived, self._arrived, self._writing = self._arrived, [], None
        await self.settle([send for send, _ in arrived], [answer for _, answer in arrived])

    def _may_go(self, sends: Sequence[Send], claimed: float) -> bool:
        """Whether they still may; else they are pending again, not sent."""
        if not self._circuit.may_send() or any(map(self._reception.refuses, sends)):
            self._reception.return_unsent(sends)
            return False
        if self._clock.monotonic() - claimed > WAITS:
            self._extend(sends)
        return True

    async def _exchange(self, sends: Sequence[Send], kind: str) -> tuple[Response | None, Sequence[Response]]:
        """The answer to a Bundle as a whole (None: there was none), and those to its entries. A transaction that is
        refused did nothing: the same entries go as a batch."""
        if len(sends) < 2:
            return None, [await self._alone(s) for s in sends]
        whole, answers = await self._remote.send_bundle([s.request for s in sends], kind=kind)
        if kind == "transaction" and refuses_bundle(whole):
            self._extend(sends)
            return await self._exchange(sends, "batch")
        return whole, answers

    async def _receive(self, sends: Sequence[Send], whole: Response | None, answers: Sequence[Response]) -> None:
        if whole is None or len(answers) == len(sends):
            if whole is not None:
                self._learned.record_bundle(len(sends))
            await self.settle(sends, answers)
        elif refuses_bundle(whole):
            await self._halve(sends, whole)
        else:
            if has_choked(whole):
                self._learned.record_timeout(len(sends))
            await self.settle(sends, [whole] * len(sends), shared=True)

    async def settle(self, sends: Sequence[Send], answers: Sequence[Response], *, shared: bool = False) -> None:
        """Answers to claimed entries go to the reception; `shared`: one answer stands for all."""
        verdicts = self._reception.handle(sends, answers, shared=shared)
        if not self._remote.gzip:
            self._learned.disable_gzip()
        for send in sends:
            if send.mapped and send.request.method == "PUT":
                self._learned.record_guard(send.entry.resource_type, guarded=send.request.if_match is not None)
        referrers = [s.entry for s, v in zip(sends, verdicts, strict=True) if v is Verdict.MISSING_REFERENCE]
        if referrers:
            await self._ready.check_parents(referrers)

    async def _halve(self, sends: Sequence[Send], whole: Response) -> None:
        """A Bundle refused whole was not applied: its halves go by themselves until the bad entry stands alone."""
        if is_too_large(whole):
            self._learned.record_too_large(sum(s.body_size for s in sends))
        if takes_no_bundles(whole):
            self._learned.disable_bundles()
        middle = len(sends) // 2
        for part in (sends[:middle], sends[middle:]) if self._bundles else [[s] for s in sends]:
            if not self._circuit.may_send():
                self._reception.return_unsent(part)
                continue
            self._extend(part)
            await self._receive(part, *await self._exchange(part, "batch"))

    def _extend(self, sends: Sequence[Send]) -> None:
        """They go out once more in the same attempt, which ends later."""
        with self._store.transaction() as tx:
            until = self._clock.now() + self._remote.longest
            self._store.queue.extend(tx.conn, [s.entry for s in sends], until)
