"""Requests go out: claimed first, many in one Bundle where the server takes it, halved when refused (rule 11)."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from fhirdesk.answer import Answer, Capabilities, Delivery
from fhirdesk.clock import Clock
from fhirdesk.entry import QueueEntry, Reason
from fhirdesk.errors import FhirDeskError, Unavailable
from fhirdesk.r4 import json
from fhirdesk.settings import Profile
from fhirdesk.store.queue import Prepared
from fhirdesk.store.store import Store
from fhirdesk.sync.pace import Paced
from fhirdesk.sync.push import Send
from fhirdesk.sync.ready import Ready
from fhirdesk.sync.reception import Reception

STEPS_TO_THE_WIRE = 12  # of the loop, in which the next request leaves before this one's answers are written down


class Outgoing:
    """What is ready is delivered; what comes back goes to the reception."""

    def __init__(self, store: Store, remote: Paced, profile: Profile, clock: Clock, ready: Ready, reception: Reception):
        self._store, self._remote, self._profile, self._clock = store, remote, profile, clock
        self._ready, self._reception = ready, reception
        self._circuit = reception.circuit
        self._capabilities: Capabilities | None = None
        self._asking = asyncio.Lock()
        self.most = self._cap = profile.bundle_entries  # entries in one request, less after a 413 or a lost answer
        self._bundle_wires = asyncio.Semaphore(profile.bundles_in_flight)
        self._wires = asyncio.Semaphore(profile.in_flight)

    async def connected(self) -> bool:
        """Whether the server is known; /metadata is read once."""
        async with self._asking:
            if self._capabilities is None:
                await self._ask()
        return self.known

    async def _ask(self) -> None:
        try:
            self._capabilities = await self._remote.capabilities()
            self._circuit.answered()
        except Unavailable as error:
            self._reception.away(Reason(error.code, error.params))
        except FhirDeskError as error:
            self._reception.pause(Reason(error.code, error.params))

    async def send(self, heads: Sequence[QueueEntry]) -> None:
        """Send heads, in portions; once the server is away the rest stays where it is."""
        sends = await self._requests(heads)
        await asyncio.gather(*(self._deliver(portion) for portion in self._portions(sends)))

    async def send_one(self, head: QueueEntry) -> bool:
        """Send one head by itself; False: it could not go."""
        sends = self._claim(await self._requests([head]))
        if sends:
            with contextlib.suppress(asyncio.CancelledError):
                self._reception.settle(sends, [await self._remote.send(sends[0].request)])
        return bool(sends)

    async def _requests(self, heads: Sequence[QueueEntry]) -> list[Send]:
        if not await self.connected():
            return []
        assert self._capabilities is not None, "connected"
        return await self._ready.requests(heads, self._capabilities)

    @property
    def known(self) -> bool:
        """Whether the server said what it takes."""
        return self._capabilities is not None

    @property
    def _bundles(self) -> bool:
        return self._capabilities is not None and self._capabilities.batch

    def _portions(self, sends: Sequence[Send]) -> Iterator[list[Send]]:
        """What goes in one request: one entry, or a Bundle of at most so many and so many bytes."""
        most = self.most if self._bundles else 1
        portion: list[Send] = []
        size = 0
        for send in sends:
            weight = len(json.dumps(send.request.body)) if self._bundles else 0
            if portion and (len(portion) >= most or size + weight > self._profile.bundle_bytes):
                yield portion
                portion, size = [], 0
            portion.append(send)
            size += weight
        if portion:
            yield portion

    def _claim(self, sends: Sequence[Send]) -> list[Send]:
        if not sends:
            return []
        now = self._clock.now()
        expires = now + self._remote.longest
        by_seq = {s.entry.seq: s for s in sends}
        with self._store.writing() as tx:
            taken = self._store.queue.claim(tx.conn, [Prepared(s.entry, s.stored(), expires) for s in sends], now)
        return [by_seq[p.entry.seq] for p in taken]

    async def _deliver(self, portion: Sequence[Send]) -> None:
        """One request, once a wire is free: claimed just before the first byte leaves, settled when it came back."""
        bundle = self._bundles and len(portion) > 1
        async with self._bundle_wires if bundle else self._wires:
            await self._remote.pace.clear(1)
            if not self._circuit.may_send():
                return
            sends = self._claim(portion)
            whole, answers = await self._exchange(sends)
            if whole is None or whole.status != 200:  # it may say that nothing else must go now
                await self._receive(sends, whole, answers)
                return
        for _ in range(STEPS_TO_THE_WIRE):
            await asyncio.sleep(0)
        await self._receive(sends, whole, answers)

    async def _exchange(self, sends: Sequence[Send]) -> tuple[Answer | None, Sequence[Answer]]:
        """The answer to a Bundle as a whole (None: there was none), and those to its entries."""
        if len(sends) > 1:
            return await self._remote.send_bundle([s.request for s in sends], kind="batch")
        return None, [await self._remote.send(s.request) for s in sends]

    async def _receive(self, sends: Sequence[Send], whole: Answer | None, answers: Sequence[Answer]) -> None:
        if len(answers) == len(sends):
            if whole is not None:
                self.most = min(self._cap, max(self.most, 2 * len(sends)))
            self._reception.settle(sends, answers)
        elif whole is not None and whole.status in (400, 413, 422):
            await self._halve(sends, whole)
        elif whole is not None:
            if whole.delivery is Delivery.LOST:
                self.most = max(1, len(sends) // 2)
            self._reception.settle(sends, [whole] * len(sends))

    async def _halve(self, sends: Sequence[Send], whole: Answer) -> None:
        """A Bundle refused whole was not applied: its halves go by themselves until the bad entry stands alone."""
        middle = len(sends) // 2
        if whole.status == 413:
            self.most = self._cap = max(1, middle)
        for part in (sends[:middle], sends[middle:]):
            with self._store.writing() as tx:
                until = self._clock.now() + self._remote.longest
                self._store.queue.extend(tx.conn, [s.entry for s in part], until)
            await self._receive(part, *await self._exchange(part))
