"""Sends the planned requests: claimed first, many in one Bundle if the server takes it, halved if refused (rule 11)."""

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
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.plan import Send
from fhirdesk.sync.results.response_handler import ResponseHandler
from fhirdesk.sync.upload.create_gate import CreateGate
from fhirdesk.sync.upload.planner import UploadPlanner

AHEAD = 1  # requests claimed while they wait for a slot, so that a free slot never waits for the disk
WAITS = 2.0  # seconds that a claimed request may wait for its slot
SETTLES = 0.05  # seconds at most that responses wait while the requests which took the free slots leave


class Uploader:
    """Sends what the planner has planned and passes each response to the response handler."""

    def __init__(
        self,
        store: Store,
        link: ServerLink,
        profile: Profile,
        clock: Clock,
        planner: UploadPlanner,
        response_handler: ResponseHandler,
    ):
        self._store, self._link, self._profile, self._clock = store, link, profile, clock
        self._planner, self._response_handler = planner, response_handler
        self._remote, self._server_limits = link.remote, link.limits
        self._remote.gzip = self._server_limits.limits.gzip
        self._bundle_slots = asyncio.Semaphore(profile.bundles_in_flight)
        self._request_slots = asyncio.Semaphore(profile.in_flight)
        self._create_gate = CreateGate(link.limits)
        self._claim_slots = asyncio.Semaphore(profile.bundles_in_flight + AHEAD)
        self._collected: list[tuple[Send, Response]] = []
        self._handling: asyncio.Task[None] | None = None

    @property
    def max_heads(self) -> int:
        """The number of heads to fetch from the queue at once."""
        return self._server_limits.limits.entries if self._uses_bundles else 4 * self._profile.in_flight

    async def send(self, heads: Sequence[QueueEntry]) -> None:
        """Send the heads, in portions. Once the server is away the rest stays pending."""
        sends = await self._requests(heads)
        await asyncio.gather(*(self._deliver(portion) for portion in self._portions(sends)))

    async def send_one(self, head: QueueEntry) -> bool:
        """Send one head in a request of its own. Returns False if it could not be sent."""
        sends = self.claim(await self._requests([head]))
        if sends:
            with contextlib.suppress(asyncio.CancelledError):
                await self.handle_responses(sends, [await self._send_single(sends[0])])
        return bool(sends)

    async def _requests(self, heads: Sequence[QueueEntry]) -> list[Send]:
        if not await self._link.connect():
            return []
        return await self._planner.plan_requests(heads, self._link.capabilities)

    @property
    def _uses_bundles(self) -> bool:
        """True if many requests go in one Bundle: the server takes it, and the profile does not forbid it."""
        server_takes_them = self._link.is_known and self._link.capabilities.batch and self._server_limits.limits.bundles
        return server_takes_them and self._profile.bundle_entries > 1

    @property
    def _bundle_type(self) -> str:
        """Transaction if the profile says that this server is faster with it; a refused one is sent again as a
        batch."""
        fast = self._profile.transactions and self._link.capabilities.transaction
        return "transaction" if fast else "batch"

    def _portions(self, sends: Sequence[Send]) -> Iterator[list[Send]]:
        """Split into what is claimed together: a Bundle within the server's limits, or a few single requests."""
        if not self._uses_bundles:
            few = 2 * self._profile.in_flight if self._server_limits.takes_parallel_creates else 1
            yield from (list(sends[start : start + few]) for start in range(0, len(sends), few))
            return
        limits = self._server_limits.limits
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
        """Commit an attempt for each before the first byte leaves. Returns those that were claimed: an entry that
        changed meanwhile is left out. `held`: the entries are held, and all of them are claimed or none. Nothing is
        claimed during a pause, even one that began while the planner read from the server."""
        if not sends or self._link.paused:
            return []
        now = self._clock.now()
        expires = now + (self._remote.longest if self._uses_bundles else self._remote.deadline) + WAITS
        by_seq = {s.entry.seq: s for s in sends}
        with self._store.transaction() as tx:
            if held and not tx.queue.release_held([s.entry for s in sends]):
                return []
            prepared = tx.queue.claim([Prepared(s.entry, s.to_stored(), expires) for s in sends], now)
        return [by_seq[p.entry.seq] for p in prepared]

    async def _deliver(self, portion: Sequence[Send]) -> None:
        """Claim the portion shortly before a slot is free, send it, and handle the responses."""
        async with self._claim_slots:
            if not await self._link.wait_for_turn():
                return
            sends, claimed = self.claim(portion), self._clock.monotonic()
            if len(sends) > 1 and self._uses_bundles:
                await self._send_as_bundle(sends, claimed)
            else:
                await asyncio.gather(*(self._send_singly(send, claimed) for send in sends))

    async def _send_as_bundle(self, sends: Sequence[Send], claimed: float) -> None:
        async with self._bundle_slots:
            if not self._may_still_send(sends, claimed):
                return
            bundle_response, responses = await self._exchange(sends, self._bundle_type)
            if bundle_response is None or not is_ok(bundle_response) or not responses:
                # written before the slot is free: the server may want nothing else now
                await self._handle_bundle(sends, bundle_response, responses)
                return
            self._server_limits.record_bundle(len(sends))
        await asyncio.shield(self._collect(zip(sends, responses, strict=True)))

    async def _send_singly(self, send: Send, claimed: float) -> None:
        async with self._request_slots:
            if not self._may_still_send([send], claimed):
                return
            response = await self._send_single(send)
            if is_healthy(response):
                self._server_limits.record_bundle(1)
            if not is_success(response):
                # written before the slot is free: the server may want nothing else now
                await asyncio.shield(self._collect([(send, response)]))
                return
        await asyncio.shield(self._collect([(send, response)]))

    async def _send_single(self, send: Send) -> Response:
        """Send one request. A create is sent beside another only if the server is known to take that."""
        if send.request.if_none_exist:
            return await self._remote.send(send.request)
        creates = send.request.interaction == "create"
        async with self._create_gate.turn(creates=creates):
            response = await self._remote.send(send.request)
            if creates:
                self._create_gate.record_response(response)
            return response

    def _collect(self, exchanges: Iterable[tuple[Send, Response]]) -> "asyncio.Task[None]":
        """Collect responses. Returns the task that handles them, with all that arrive until it runs, in one
        transaction. If their slots are free already, who waited for these goes first."""
        self._collected.extend(exchanges)
        if self._handling is None:
            self._handling = asyncio.ensure_future(self._handle_collected())
        return self._handling

    async def _handle_collected(self) -> None:
        """Let the next requests leave, so that the server works meanwhile, and responses that come in join; then handle
        what was collected."""
        await self._remote.until_quiet(SETTLES)
        arrived, self._collected, self._handling = self._collected, [], None
        await self.handle_responses([send for send, _ in arrived], [response for _, response in arrived])

    def _may_still_send(self, sends: Sequence[Send], claimed: float) -> bool:
        """True if the claimed requests may still be sent. Otherwise their entries are pending again, with no attempt
        used."""
        if not self._link.may_send() or any(map(self._link.refuses, sends)):
            self._response_handler.return_unsent(sends)
            return False
        if self._clock.monotonic() - claimed > WAITS:
            self._extend(sends)
        return True

    async def _exchange(self, sends: Sequence[Send], bundle_type: str) -> tuple[Response | None, Sequence[Response]]:
        """Send the requests. Returns the response to the Bundle (None: there was no Bundle) and those to its entries. A
        refused transaction changed nothing, so its entries are sent again as a batch."""
        if len(sends) < 2:
            return None, [await self._send_single(s) for s in sends]
        bundle_response, responses = await self._remote.send_bundle([s.request for s in sends], kind=bundle_type)
        if bundle_type == "transaction" and refuses_bundle(bundle_response):
            self._extend(sends)
            return await self._exchange(sends, "batch")
        return bundle_response, responses

    async def _handle_bundle(
        self, sends: Sequence[Send], bundle_response: Response | None, responses: Sequence[Response]
    ) -> None:
        if bundle_response is None or len(responses) == len(sends):
            if bundle_response is not None:
                self._server_limits.record_bundle(len(sends))
            await self.handle_responses(sends, responses)
        elif refuses_bundle(bundle_response):
            await self._send_halves(sends, bundle_response)
        else:
            if has_choked(bundle_response):
                self._server_limits.record_timeout(len(sends))
            await self.handle_responses(sends, [bundle_response] * len(sends), shared=True)

    async def handle_responses(
        self, sends: Sequence[Send], responses: Sequence[Response], *, shared: bool = False
    ) -> None:
        """Pass the responses to the response handler, and record what they say of the server's limits. `shared`: one
        response stands for all entries."""
        verdicts = self._response_handler.handle(sends, responses, shared=shared)
        if not self._remote.gzip:
            self._server_limits.disable_gzip()
        for send in sends:
            if send.mapped and send.request.method == "PUT":
                self._server_limits.record_guard(send.entry.resource_type, guarded=send.request.if_match is not None)
        referrers = [s.entry for s, v in zip(sends, verdicts, strict=True) if v is Verdict.MISSING_REFERENCE]
        if referrers:
            await self._planner.check_parents(referrers)

    async def _send_halves(self, sends: Sequence[Send], bundle_response: Response) -> None:
        """Send the halves of a refused Bundle, of which nothing was applied, until the bad entry is alone in its
        request."""
        if is_too_large(bundle_response):
            self._server_limits.record_too_large(sum(s.body_size for s in sends))
        if takes_no_bundles(bundle_response):
            self._server_limits.disable_bundles()
        middle = len(sends) // 2
        for part in (sends[:middle], sends[middle:]) if self._uses_bundles else [[s] for s in sends]:
            if not self._link.may_send():
                self._response_handler.return_unsent(part)
                continue
            self._extend(part)
            await self._handle_bundle(part, *await self._exchange(part, "batch"))

    def _extend(self, sends: Sequence[Send]) -> None:
        """Extend the running attempts, as their entries are sent once more."""
        with self._store.transaction() as tx:
            until = self._clock.now() + self._remote.longest
            tx.queue.extend([s.entry for s in sends], until)
