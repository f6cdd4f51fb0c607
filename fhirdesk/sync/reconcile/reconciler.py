"""Entries whose outcome is not known are looked at on the server, many at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from fhirdesk.converters import source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.queue_entry import Phase, QueueEntry, Reason, Status
from fhirdesk.store.queue import LastAttempt, Transition
from fhirdesk.store.store import Conn, Store
from fhirdesk.sync.link.copy_normalizer import CopyNormalizer
from fhirdesk.sync.link.server_session import ServerSession
from fhirdesk.sync.plan import Hold, Send
from fhirdesk.sync.reconcile.probe import Probe
from fhirdesk.sync.references import build_context
from fhirdesk.sync.results.response_handler import ResponseHandler, final
from fhirdesk.sync.upload.create_strategy import capability_gate
from fhirdesk.sync.upload.request_builder import build_request


class Reconciler:
    """Unknown outcomes become known."""

    def __init__(
        self,
        store: Store,
        probe: Probe,
        context: Context,
        connection: ServerSession,
        reception: ResponseHandler,
        copies: CopyNormalizer,
    ):
        self._store, self._probe, self._context, self._copies = store, probe, context, copies
        self._connection, self._reception = connection, reception

    async def reconcile(self, entries: Sequence[QueueEntry]) -> None:
        """Look, and write down what was seen."""
        if not await self._connection.connect():
            return
        moves = await asyncio.gather(*(self.look(e) for e in entries))
        found = await self._all_or_none([m for m in moves if m is not None])
        self._reception.writer.commit([final(m, None) for m in found])
        if any(m.status is Status.COMPLETED for m in found):
            self._reception.record_success()
        self._reception.writer.reschedule([e for e, m in zip(entries, moves, strict=True) if m is None])

    async def _all_or_none(self, found: Sequence[Transition]) -> list[Transition]:
        """What went as one transaction is decided together (E5): all there, none there, or a person is asked."""
        decided: list[Transition] = []
        seen: set[str] = set()
        for move in found:
            ring = self._transaction_of(move.entry)
            if not ring:
                decided.append(move)
            elif move.entry.uuid not in seen:
                seen.update(ring)
                decided += await self._decide(ring, found)
        return decided

    def _transaction_of(self, entry: QueueEntry) -> Sequence[str]:
        """The entries that were sent with it in one transaction."""
        with self._store.snapshot() as conn:
            return self._store.queue.read_last_attempt(conn, entry).request.get("together") or ()

    async def _decide(self, ring: Sequence[str], found: Sequence[Transition]) -> list[Transition]:
        moves = {m.entry.uuid: m for m in found if m.entry.uuid in ring}
        with self._store.snapshot() as conn:
            others = [e for e in self._store.queue.find_unknown(conn, ring) if e.uuid not in moves]
        looks = await asyncio.gather(*(self.look(e) for e in others))
        if any(look is None for look in looks):
            return []
        return decide_transaction([*moves.values(), *(m for m in looks if m)])

    async def look(self, entry: QueueEntry) -> Transition | None:
        """What became of one entry; None: the server could not be asked, or a parent must be found first."""
        with self._store.snapshot() as conn:
            flight: LastAttempt | None = self._store.queue.read_last_attempt(conn, entry)
            mapped = self._store.id_map.get(conn, entry.type, entry.key)
            damaged = entry.damaged or (mapped is not None and mapped.damaged)
            if flight and flight.older and not flight.request and not damaged:
                flight = self._as_it_would_go(conn, entry, flight)
        if mapped is not None and mapped.damaged:
            return Transition(entry, entry.attempts, Status.CONFLICT, Reason("why_damaged_map"), phase=Phase.PROBED)
        known = self._copies.drop_useless_version(mapped) if mapped else None
        return await self._probe.look(entry, known, flight) if flight else None

    def _as_it_would_go(self, conn: Conn, entry: QueueEntry, flight: LastAttempt) -> LastAttempt | None:
        """What may have been sent is what would be sent now; None: it refers to a record that is looked for itself."""
        context = build_context(self._store, conn, [entry.record], self._context)
        places = {(entry.type, entry.key), *source_resource.parents(entry.record, context)}
        known = self._store.id_map.get_many(conn, places)
        plan = capability_gate(build_request(entry, known, context), self._connection.capabilities)
        if isinstance(plan, Send):
            return replace(flight, request={**plan.to_stored(), "body": plan.request.body})
        waits = isinstance(plan, Hold) and plan.parent is not None and self._sought(conn, entry, plan.parent)
        return None if waits else flight

    def _sought(self, conn: Conn, entry: QueueEntry, parent: tuple[str, str]) -> bool:
        """Whether a record that an entry refers to is looked for itself, and does not wait for that entry in turn: of
        those that refer to each other none would be found first."""
        first, seen, left = self._unknown(conn, parent), {parent}, [parent]
        while left:
            place = left.pop()
            if place == (entry.type, entry.key):
                return False
            more = {
                p for e in self._unknown(conn, place) for p in source_resource.parents(e.record, self._context)
            } - seen
            seen |= more
            left += more
        return bool(first)

    def _unknown(self, conn: Conn, place: tuple[str, str]) -> list[QueueEntry]:
        return [e for e in self._store.queue.read_lane(conn, *place) if e.status is Status.UNKNOWN and not e.damaged]


def decide_transaction(moves: Sequence[Transition]) -> list[Transition]:
    """The moves of one transaction's entries as one decision."""
    if any(m.status is Status.UNKNOWN for m in moves):
        until = max(m.not_before for m in moves)
        still = {m.entry.uuid: m.entry.reason or Reason("why_checking") for m in moves}
        undecided = (replace(m, status=Status.UNKNOWN, reason=still[m.entry.uuid], mapped=None) for m in moves)
        return [replace(m, not_before=until) for m in undecided]
    if len({m.mapped is not None for m in moves}) == 1:
        return list(moves)
    return [replace(m, status=Status.CONFLICT, reason=Reason("why_transaction_split")) for m in moves]
