"""Which heads can go now, and with what request: what is known of the server's copies is read first (rules 6, 7)."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from fhirdesk.converters import merge, registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Capabilities, Response
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Place
from fhirdesk.core.resource import Resource, version_id
from fhirdesk.remote.outcome import scope_missing
from fhirdesk.remote.status import is_absent, is_deleted, is_forbidden, is_ok
from fhirdesk.store.store import Store
from fhirdesk.sync.link.copy_normalizer import CopyNormalizer
from fhirdesk.sync.link.server_identity import ServerIdentity
from fhirdesk.sync.plan import Hold, Reject, Send, hold_unsupported
from fhirdesk.sync.references import build_context
from fhirdesk.sync.results.response_handler import ResponseHandler
from fhirdesk.sync.results.transitions import no_scope
from fhirdesk.sync.search_result import find_matches, find_other_holder, has_next_page
from fhirdesk.sync.server_copy import (
    MASTER_IS_SERVER,
    as_base,
    belongs_to_another,
    conflicting_elements,
    duplicates,
    identity_pause,
    is_as_sent,
    is_same_person,
    other_record,
    server_changes,
    unset_locally,
)
from fhirdesk.sync.upload.create_strategy import capability_gate
from fhirdesk.sync.upload.namesakes import Namesakes
from fhirdesk.sync.upload.request_builder import build_request

Plan = Send | Hold | Reject | None  # None: the server could not be asked; it stays where it is


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """What plans stand on: what is known of records and their parents, what those are, what the server takes."""

    known: dict[Place, IdMapping]
    context: Context
    server: Capabilities
    fresh: set[Place] = field(default_factory=set)  # whose copy was read just now


class UploadPlanner:
    """Heads become requests."""

    def __init__(
        self,
        store: Store,
        copies: CopyNormalizer,
        context: Context,
        clock: Clock,
        reception: ResponseHandler,
        identity: ServerIdentity,
        read_again: float,
    ):
        self._store, self._copies, self._context, self._clock = store, copies, context, clock
        self._identity, self._namesakes = identity, Namesakes(store, copies, context, reception)
        self._old = read_again  # seconds after which a patient is read again before an update
        self._reception, self._ledger = reception, reception.writer

    async def requests(self, heads: Sequence[QueueEntry], server: Capabilities) -> list[Send]:
        """The heads that can go now; the others are held, failed or in conflict, with their reason."""
        damaged: list[Plan] = [Reject(e, Reason("why_damaged")) for e in heads if e.damaged]
        heads = [e for e in heads if not e.damaged]
        ground = await self.ground(heads, server)
        if ground is None:
            self._ledger.reschedule(heads)
            return []
        stale = [m for e in heads if (m := ground.known.get((e.type, e.key))) and not (m.base_read or m.damaged)]
        unread = await self._read_bases(stale, ground)
        plans = damaged + [None if (e.type, e.key) in unread else self._plan(e, ground) for e in heads]
        plans = await self._looked_at(plans, ground)
        self._ledger.hold_or_fail(
            [p for p in plans if isinstance(p, Hold)], [p for p in plans if isinstance(p, Reject)]
        )
        self._ledger.reschedule([e for e, p in zip(heads, plans[len(damaged) :], strict=True) if p is None])
        return [p for p in plans if isinstance(p, Send)]

    async def ground(self, heads: Sequence[QueueEntry], server: Capabilities) -> PlanningContext | None:
        """What is known of the heads and of their parents, and what those parents are; None: it could not be asked."""
        with self._store.snapshot() as conn:
            context = build_context(self._store, conn, [e.record for e in heads], self._context)
            places = {(e.type, e.key) for e in heads}
            places |= {p for e in heads for p in source_resource.parents(e.record, context)}
            known = self._store.id_map.get_many(conn, places)
        doubtful = await self._identity.unverified_ids([m for m in known.values() if not m.damaged])
        if not all(self._reception.record_contact(answer) for _, answer in doubtful):
            return None
        strangers = [m for m, answer in doubtful if is_ok(answer)]
        self._ledger.forget_parents([(m.type, m.key) for m in strangers], [])
        believed = {place: self._copies.drop_useless_version(m) for place, m in known.items() if m not in strangers}
        return PlanningContext(believed, context, server)

    async def plan(self, entry: QueueEntry, ground: PlanningContext) -> Plan:
        """What to send for an entry, after what must be looked at first."""
        return (await self._looked_at([self._plan(entry, ground)], ground))[0]

    def _plan(self, entry: QueueEntry, ground: PlanningContext, fresh: IdMapping | None = None) -> Send | Hold | Reject:
        if fresh:
            ground.known[entry.type, entry.key] = fresh
        places = [(entry.type, entry.key), *registry.parents(entry.record, ground.context.stored)]
        if any(p in ground.known and ground.known[p].damaged for p in places):
            return Reject(entry, Reason("why_damaged_map"), Status.CONFLICT)
        plan = capability_gate(build_request(entry, ground.known, ground.context), ground.server)
        if isinstance(plan, Send) and self._reception.refuses(plan):
            return hold_unsupported(entry)
        return plan

    async def _read_bases(self, stale: Sequence[IdMapping], ground: PlanningContext) -> set[Place]:
        """The server's own copies, before ours is laid over them: nothing of others may be dropped. Those that could
        not be read now."""
        answers = await self._copies.read_many(stale)
        unread = set()
        for mapped, answer in zip(stale, answers, strict=True):
            place = (mapped.type, mapped.key)
            if not self._reception.record_contact(answer):
                unread.add(place)
            elif is_ok(answer) and answer.body and belongs_to_another(mapped, answer.body, self._context):
                unread.add(place)
                self._stop(mapped)
            elif is_ok(answer) and answer.body:
                ground.known[place] = self._ledger.record_read(mapped, dict(answer.body))
                ground.fresh.update({place} if ground.known[place].base_read else ())
        return unread

    async def _looked_at(self, plans: Sequence[Plan], ground: PlanningContext) -> list[Plan]:
        """The same, after the server was asked where that comes first."""
        looks = {n: look for n, plan in enumerate(plans) if (look := self._look(plan, ground))}
        again = {n: plan for n, plan in enumerate(plans) if n not in looks and self._reads_before(plan, ground)}
        answers = await self._copies.read_many([_mapped(plan) for plan in again.values()])
        looks |= {n: self._compared(plan, a, ground) for (n, plan), a in zip(again.items(), answers, strict=True)}
        found = dict(zip(looks, await asyncio.gather(*looks.values()), strict=True))
        return [found.get(n, plan) for n, plan in enumerate(plans)]

    def _look(self, plan: Plan, ground: PlanningContext) -> Coroutine[None, None, Plan] | None:
        """What the server must be asked first; None: nothing, or its copy alone."""
        if not isinstance(plan, Send):
            return None
        if plan.entry.operation is Operation.DELETE:
            return self._compare(plan)
        if plan.mapped is None and (known := registry.known_id(plan.entry.record)):
            return self._said_to_be_there(plan, known, ground)
        return self._search(plan, ground) if plan.searches_first else None

    def _reads_before(self, plan: Plan, ground: PlanningContext) -> TypeGuard[Send]:
        """Whether the server's copy is read before the update: at a profile edit, where no version guards it, and where
        a patient who was deleted there would come back, or was last read long ago (rule 7)."""
        if not isinstance(plan, Send) or plan.mapped is None or plan.request.method != "PUT":
            return False
        if plan.entry.operation is Operation.EDIT:
            return True
        if (plan.entry.type, plan.entry.key) in ground.fresh:
            return False
        kind = plan.entry.resource_type
        old = self._clock.now() - (plan.mapped.synced_at or 0.0) > self._old
        cautious = kind == MASTER_IS_SERVER and (old or self._copies.server_limits.may_revive(kind))
        return cautious or plan.request.if_match is None

    async def _said_to_be_there(self, plan: Send, id_: str, ground: PlanningContext) -> Plan:
        """The record names its id on the server: that one is taken over, if it is the same person's."""
        entry = plan.entry
        answer = await self._copies.read_at(entry, id_)
        if not self._reception.record_contact(answer):
            return None
        if not is_ok(answer) or not answer.body:
            return await self._search(plan, ground) if plan.searches_first else plan
        theirs = dict(answer.body)
        with self._store.snapshot() as conn:
            there = f"{entry.resource_type}/{id_}"
            taken = self._store.id_map.belongs_to_another(conn, there, (entry.type, entry.key))
        if taken or not is_same_person(entry, dict(plan.request.body or {}), theirs, self._context):
            return Reject(entry, other_record(id_), Status.CONFLICT)
        return self._first_met(entry, theirs, ground)

    async def _search(self, plan: Send, ground: PlanningContext) -> Plan:
        """No conditional create here: what is there already under our identifier is not made again."""
        entry = plan.entry
        answer = await self._copies.find(entry)
        if not self._reception.record_contact(answer):
            return None
        if not is_ok(answer) or answer.body is None:
            return _not_searched(entry, answer)
        found = find_matches(answer.body, entry, self._context)
        if other := find_other_holder(answer.body, entry, self._context):
            return Reject(entry, Reason("why_number_taken", {"id": str(other["id"])}), Status.CONFLICT)
        if not found and has_next_page(answer.body):
            return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
        if not found:
            return await self._namesakes.check_namesakes(plan)
        if len(found) > 1:
            return Reject(entry, duplicates(found), Status.CONFLICT)
        return self._first_met(entry, found[0], ground)

    def _first_met(self, entry: QueueEntry, theirs: Resource, ground: PlanningContext) -> Plan:
        """What is there already is the base; ours is laid over it."""
        entry = self._ledger.take_server_changes(entry, unset_locally(entry, theirs, self._context))
        return self._plan(entry, ground, self._ledger.remember(as_base(entry, theirs, self._clock)))

    async def _compared(self, plan: Send, answer: Response, ground: PlanningContext) -> Plan:
        """The server's copy was read: the fields are compared just before the write (rule 7)."""
        entry, mapped = plan.entry, _mapped(plan)
        if not self._reception.record_contact(answer):
            return None
        if is_absent(answer):
            return await self._gone(plan, answer, ground)
        if is_forbidden(answer) and plan.request.if_match is None:
            return Hold(entry, no_scope(entry.resource_type, "read"), None)  # nothing would guard what others wrote
        if not is_ok(answer) or not answer.body or mapped.base is None:
            return plan  # what it says to the write decides
        theirs = dict(answer.body)
        if belongs_to_another(mapped, theirs, self._context):
            return self._of_another(plan.entry, mapped)
        clash = conflicting_elements(entry, dict(mapped.base), theirs, self._context)
        if clash and not self._ours(entry, theirs):
            return Reject(entry, clash, Status.CONFLICT)
        entry = self._ledger.take_server_changes(entry, server_changes(entry, dict(mapped.base), theirs, self._context))
        fresh = self._ledger.remember(as_base(entry, theirs, self._clock))
        return self._plan(entry, ground, fresh)

    def _ours(self, entry: QueueEntry, theirs: Resource) -> bool:
        """Whether it is as an attempt of this lane sent it."""
        return any(is_as_sent(entry, dict(body), theirs, self._context) for body in self._ledger.sent_before(entry))

    async def _gone(self, plan: Send, answer: Response, ground: PlanningContext) -> Plan:
        """It is not there any more (H9): an update must not bring it back. It may be there under another id."""
        self._identity.record_answer(answer)
        stop = await self._identity.verify(again=False, heard=self._reception.record_contact)
        if stop:
            self._reception.pause(stop)
            return None
        if is_deleted(answer):
            return Reject(plan.entry, Reason("why_gone"), Status.CONFLICT)
        searched = await self._copies.find(plan.entry)
        if not self._reception.record_contact(searched):
            return None
        found = find_matches(searched.body or {}, plan.entry, self._context)
        if len(found) == 1:
            return self._first_met(plan.entry, found[0], ground)
        return Reject(plan.entry, duplicates(found) if found else Reason("why_missing_there"), Status.CONFLICT)

    async def _compare(self, plan: Send) -> Plan:
        """Some servers ignore If-Match on a delete (D24): what is newer there than what we know is not deleted."""
        mapped = plan.mapped
        assert mapped is not None, "a delete knows its logical id"
        answer = await self._copies.read_mapped(mapped)
        if not self._reception.record_contact(answer):
            return None
        if is_ok(answer) and answer.body and belongs_to_another(mapped, answer.body, self._context):
            return self._of_another(plan.entry, mapped)
        if is_ok(answer) and answer.body and self._changed(mapped, dict(answer.body)):
            return Reject(plan.entry, Reason("why_changed_before_delete"), Status.CONFLICT)
        return plan

    def _changed(self, mapped: IdMapping, theirs: dict[str, object]) -> bool:
        if mapped.version_id is not None and version_id(theirs) is not None:
            return version_id(theirs) != mapped.version_id
        return mapped.base is not None and not merge.same(dict(mapped.base), theirs, registry.converter(mapped.type))

    def _of_another(self, entry: QueueEntry, mapped: IdMapping) -> Reject:
        """D18: the id we knew is somebody else's now."""
        self._stop(mapped)
        return Reject(entry, other_record(mapped.logical_id), Status.CONFLICT)

    def _stop(self, mapped: IdMapping) -> None:
        """All stops, and a person is asked."""
        self._reception.pause(identity_pause(mapped))

    # -- parents

    async def check_parents(self, entries: Sequence[QueueEntry]) -> None:
        """A reference was refused as missing: a parent that is gone there is looked up here no more, and its child
        waits for it."""
        with self._store.snapshot() as conn:
            context = build_context(self._store, conn, [e.record for e in entries], self._context)
            wanted = {e.uuid: source_resource.parents(e.record, context) for e in entries}
            known = self._store.id_map.get_many(conn, {p for places in wanted.values() for p in places})
        answers = await asyncio.gather(*(self._copies.read_mapped(m) for m in known.values()))
        gone = [place for place, answer in zip(known, answers, strict=True) if is_absent(answer)]
        waits = [(e, next(p for p in wanted[e.uuid] if p in gone)) for e in entries if set(wanted[e.uuid]) & set(gone)]
        self._ledger.forget_parents(gone, waits)


def _not_searched(entry: QueueEntry, answer: Response) -> Hold:
    if scope_missing(answer):
        return Hold(entry, no_scope(entry.resource_type, "read"), None)
    return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)


def _mapped(plan: Send) -> IdMapping:
    assert plan.mapped is not None, "only of what is there is the copy read"
    return plan.mapped
