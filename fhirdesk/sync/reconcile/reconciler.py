"""Resolves the entries whose outcome is not known, many at once, by asking the server."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import Phase, QueueEntry, Reason, Status
from fhirdesk.store.queue import LastAttempt, Transition
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import Snapshot
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.plan import Hold, Send, hold_unknown_type
from fhirdesk.sync.reconcile.probe import Probe
from fhirdesk.sync.references import build_mapper
from fhirdesk.sync.results.response_handler import final
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload.create_strategy import capability_gate
from fhirdesk.sync.upload.request_builder import build_request


class Reconciler:
    """Turns unknown outcomes into known ones."""

    def __init__(self, store: Store, probe: Probe, mapper: Mapper, link: ServerLink, writer: ResultWriter):
        self._store, self._probe, self._mapper = store, probe, mapper
        self._link, self._writer = link, writer

    async def reconcile(self, entries: Sequence[QueueEntry]) -> None:
        """Probe the entries and commit their transitions; those that could not be probed are rescheduled."""
        if not await self._link.connect():
            return
        transitions = await asyncio.gather(*(self.investigate(e) for e in entries))
        decided = await self._all_or_none([t for t in transitions if t is not None])
        self._writer.commit([final(t, None) for t in decided])
        if any(t.status is Status.COMPLETED for t in decided):
            self._link.record_success()
        self._writer.reschedule([e for e, t in zip(entries, transitions, strict=True) if t is None])

    async def _all_or_none(self, transitions: Sequence[Transition]) -> list[Transition]:
        """Decide together about the entries of each transaction (E5): all arrived, none did, or the user is asked."""
        decided: list[Transition] = []
        handled: set[str] = set()
        for transition in transitions:
            cycle = self._list_transaction(transition.entry)
            if not cycle:
                decided.append(transition)
            elif transition.entry.uuid not in handled:
                handled.update(cycle)
                decided += await self._decide(cycle, transitions)
        return decided

    def _list_transaction(self, entry: QueueEntry) -> Sequence[str]:
        """The uuids of the entries that were sent in one transaction with this one."""
        with self._store.snapshot() as view:
            return view.entries.read_last_attempt(entry).request.get("together") or ()

    async def _decide(self, cycle: Sequence[str], transitions: Sequence[Transition]) -> list[Transition]:
        known = {t.entry.uuid: t for t in transitions if t.entry.uuid in cycle}
        with self._store.snapshot() as view:
            rest = [e for e in view.entries.find_unknown(cycle) if e.uuid not in known]
        others = await asyncio.gather(*(self.investigate(e) for e in rest))
        if any(transition is None for transition in others):
            return []
        return decide_transaction([*known.values(), *(t for t in others if t)])

    async def investigate(self, entry: QueueEntry) -> Transition | None:
        """The transition of one entry; None if the server could not be asked, or a parent must be resolved first."""
        if hold := hold_unknown_type(entry):  # its attempt stays lost: it is looked for once it is released
            return Transition(entry, entry.attempts, Status.HELD, hold.reason, phase=Phase.LOST)
        with self._store.snapshot() as view:
            attempt: LastAttempt | None = view.entries.read_last_attempt(entry)
            mapped = view.id_map.get(entry.type, entry.key)
            damaged = entry.damaged or (mapped is not None and mapped.damaged)
            if attempt and attempt.is_from_older_database and not attempt.request and not damaged:
                attempt = self._rebuild_request(view, entry, attempt)
        if mapped is not None and mapped.damaged:
            return Transition(entry, entry.attempts, Status.CONFLICT, Reason("why_damaged_map"), phase=Phase.PROBED)
        known = self._link.copies.drop_useless_version(mapped) if mapped else None
        return await self._probe.investigate(entry, known, attempt) if attempt else None

    def _rebuild_request(self, view: Snapshot, entry: QueueEntry, attempt: LastAttempt) -> LastAttempt | None:
        """The attempt with the request that would be sent now, as the older database kept none. None if the entry
        refers to a record whose own outcome must be resolved first."""
        mapper = build_mapper(view, [entry.record], self._mapper)
        draft = mapper.draft(entry.record)
        known = view.id_map.get_many({(entry.type, entry.key), *draft.references})
        plan = capability_gate(build_request(entry, known, draft), self._link.capabilities)
        if isinstance(plan, Send):
            return replace(attempt, request={**plan.to_stored(), "body": plan.request.body})
        waits = isinstance(plan, Hold) and plan.parent is not None and self._is_investigated(view, entry, plan.parent)
        return None if waits else attempt

    def _is_investigated(self, view: Snapshot, entry: QueueEntry, parent: tuple[str, str]) -> bool:
        """True if the parent's own outcome is unknown, and does not depend on this entry in turn: among records that
        refer to each other none would be resolved first."""
        first, visited, pending = self._unknown(view, parent), {parent}, [parent]
        while pending:
            place = pending.pop()
            if place == (entry.type, entry.key):
                return False
            more = {p for e in self._unknown(view, place) for p in self._mapper.draft(e.record).references} - visited
            visited |= more
            pending += more
        return bool(first)

    def _unknown(self, view: Snapshot, place: tuple[str, str]) -> list[QueueEntry]:
        return [e for e in view.entries.read_lane(*place) if e.status is Status.UNKNOWN and not e.damaged]


def decide_transaction(transitions: Sequence[Transition]) -> list[Transition]:
    """One decision for all entries of a transaction: unknown while one of them is, a conflict if only some arrived."""
    if any(t.status is Status.UNKNOWN for t in transitions):
        until = max(t.not_before for t in transitions)
        still = {t.entry.uuid: t.entry.reason or Reason("why_checking") for t in transitions}
        undecided = (replace(t, status=Status.UNKNOWN, reason=still[t.entry.uuid], mapping=None) for t in transitions)
        return [replace(t, not_before=until) for t in undecided]
    if len({t.mapping is not None for t in transitions}) == 1:
        return list(transitions)
    return [replace(t, status=Status.CONFLICT, reason=Reason("why_transaction_split")) for t in transitions]
