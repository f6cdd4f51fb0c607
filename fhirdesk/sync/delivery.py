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


class Outgoing:
    """What is ready is delivered; what comes back goes to the reception."""

    def __init__(self, store: Store, remote: Paced, profile: Profile, clock: Clock, ready: Ready, reception: Reception):
        self._store, self._remote, self._profile, self._clock = store, remote, profile, clock
        self._ready, self._reception = ready, reception
        self._circuit = reception.circuit
        self._capabilities: Capabilities | None = None
        self.most = self._cap = profile.bundle_entries  # entries in one request, less after a 413 or a lost answer

    async def connected(self) -> bool:
        """Whether the server is known; /metadata is read once."""
        if self._capabilities is None:
            try:
                self._capabilities = await self._remote.capabilities()
                self._circuit.answered()
            except Unavailable as error:
                self._reception.away(Reason(error.code, error.params))
            except FhirDeskError as error:
                self._reception.pause(Reason(error.code, error.params))
        return self._capabilities is not None

    async def send(self, heads: Sequence[QueueEntry]) -> None:
        """Send heads, in portions; once the server is away the rest stays where it is."""
        sends = await self._requests(heads)
        for portion in self._portions(sends):
            await self._remote.pace.clear(1 if self._bundles else len(portion))
            if not self._circuit.may_send():
                return
            await self._deliver(self._claim(portion))

    async def send_one(self, head: QueueEntry) -> bool:
        """Send one head by itself; False: it could not go."""
        sends = self._claim(await self._requests([head]))
        if sends:
            with contextlib.suppress(asyncio.CancelledError):
                await self._deliver_one(sends[0])
        return bool(sends)

    async def _requests(self, heads: Sequence[QueueEntry]) -> list[Send]:
        if not await self.connected():
            return []
        assert self._capabilities is not None, "connected"
        return await self._ready.requests(heads, self._capabilities)

    @property
    def _bundles(self) -> bool:
        return self._capabilities is not None and self._capabilities.batch

    def _portions(self, sends: Sequence[Send]) -> Iterator[list[Send]]:
        """At most so many, and in a Bundle at most so many bytes, at a time."""
        most = self.most if self._bundles else self._profile.in_flight
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

    async def _deliver(self, sends: Sequence[Send]) -> None:
        if self._bundles and len(sends) > 1:
            await self._deliver_bundle(sends)
        else:
            await asyncio.gather(*(self._deliver_one(s) for s in sends))

    async def _deliver_one(self, send: Send) -> None:
        answer = await self._remote.send(send.request)
        self._reception.settle([send], [answer])

    async def _deliver_bundle(self, sends: Sequence[Send]) -> None:
        whole, answers = await self._remote.send_bundle([s.request for s in sends], kind="batch")
        if len(answers) == len(sends):
            self.most = min(self._cap, max(self.most, 2 * len(sends)))
            self._reception.settle(sends, answers)
        elif whole.status in (400, 413, 422):
            await self._halve(sends, whole)
        else:
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
            await self._deliver(part)
