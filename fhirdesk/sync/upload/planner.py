"""Plans what to send for the heads of the lanes; reads the server's copies first where needed (rules 6, 7)."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TypeGuard

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Capabilities, Response
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Place
from fhirdesk.core.resource import Resource, version_id
from fhirdesk.remote.status import is_absent, is_deleted, is_forbidden, is_ok
from fhirdesk.store.store import Store
from fhirdesk.sync.link.search_result import find_matches, find_other_holder, has_next_page
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.plan import Hold, Reject, Send, hold_unsupported, refuse_unfit
from fhirdesk.sync.references import build_mapper
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.results.transitions import scope_reason
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
from fhirdesk.sync.upload.planning import Plan, PlanningContext, hold_unsearched, known_mapping
from fhirdesk.sync.upload.request_builder import build_request


class UploadPlanner:
    """Turns the heads of lanes into requests."""

    def __init__(
        self,
        store: Store,
        link: ServerLink,
        mapper: Mapper,
        clock: Clock,
        writer: ResultWriter,
        read_again: float,
    ):
        self._store, self._link, self._mapper, self._clock = store, link, mapper, clock
        self._copies, self._writer = link.copies, writer
        self._namesakes = Namesakes(store, link, mapper)
        self._max_age = read_again  # seconds after which a patient is read again before an update

    async def plan_requests(self, heads: Sequence[QueueEntry], server: Capabilities) -> list[Send]:
        """The requests for the heads that can be sent now. The others are held, failed or in conflict, with a
        reason."""
        unfit = [plan for e in heads if (plan := refuse_unfit(e))]
        heads = [e for e in heads if refuse_unfit(e) is None]
        planning = await self.read_context(heads, server)
        if planning is None:
            self._writer.reschedule(heads)
            return []
        stale = [m for e in heads if (m := planning.known.get((e.type, e.key))) and not (m.base_read or m.damaged)]
        unread = await self._read_bases(stale, planning)
        plans: list[Plan] = [*unfit, *(None if (e.type, e.key) in unread else self._plan(e, planning) for e in heads)]
        plans = await self._ask_server_first(plans, planning)
        self._writer.hold_or_fail(
            [p for p in plans if isinstance(p, Hold)], [p for p in plans if isinstance(p, Reject)]
        )
        self._writer.reschedule([e for e, p in zip(heads, plans[len(unfit) :], strict=True) if p is None])
        return [p for p in plans if isinstance(p, Send)]

    async def read_context(self, heads: Sequence[QueueEntry], server: Capabilities) -> PlanningContext | None:
        """What is known of the heads and of their parents. None if the server had to be asked whether an id still is
        the record's, and could not be."""
        with self._store.snapshot() as view:
            mapper = build_mapper(view, [e.record for e in heads], self._mapper)
            drafts = {(e.type, e.key): mapper.draft(e.record) for e in heads}
            known = view.id_map.get_many(drafts.keys() | {p for draft in drafts.values() for p in draft.references})
        doubtful = await self._link.unverified_ids([m for m in known.values() if not m.damaged])
        if not all(self._link.record_contact(response) for _, response in doubtful):
            return None
        strangers = [m for m, response in doubtful if is_ok(response)]
        self._writer.forget_parents([(m.type, m.key) for m in strangers], [])
        believed = {place: self._copies.drop_useless_version(m) for place, m in known.items() if m not in strangers}
        return PlanningContext(believed, mapper, drafts, server)

    async def plan(self, entry: QueueEntry, planning: PlanningContext) -> Plan:
        """The plan for one entry, after the server was asked what must be known first."""
        return (await self._ask_server_first([self._plan(entry, planning)], planning))[0]

    def _plan(
        self, entry: QueueEntry, planning: PlanningContext, fresh: IdMapping | None = None
    ) -> Send | Hold | Reject:
        if fresh:
            planning.known[entry.type, entry.key] = fresh
        draft = planning.draft(entry)
        if any(p in planning.known and planning.known[p].damaged for p in ((entry.type, entry.key), *draft.references)):
            return Reject(entry, Reason("why_damaged_map"), Status.CONFLICT)
        plan = capability_gate(build_request(entry, planning.known, draft), planning.server)
        if isinstance(plan, Send) and self._link.refuses(plan):
            return hold_unsupported(entry)
        return plan

    async def _read_bases(self, stale: Sequence[IdMapping], planning: PlanningContext) -> set[Place]:
        """Read the server's copies before ours are merged into them, so that elements of others are kept. Returns the
        records whose copy could not be read now."""
        responses = await self._copies.read_many(stale)
        unread = set()
        for mapped, response in zip(stale, responses, strict=True):
            place = (mapped.type, mapped.key)
            if not self._link.record_contact(response):
                unread.add(place)
            elif is_ok(response) and response.body and belongs_to_another(mapped, response.body, self._mapper):
                unread.add(place)
                self._pause_for_identity(mapped)
            elif is_ok(response) and response.body:
                planning.known[place] = self._writer.record_read(mapped, dict(response.body))
                planning.just_read.update({place} if planning.known[place].base_read else ())
        return unread

    async def _ask_server_first(self, plans: Sequence[Plan], planning: PlanningContext) -> list[Plan]:
        """The plans, replaced where the server must be asked first, by what it answered."""
        lookups = {n: lookup for n, plan in enumerate(plans) if (lookup := self._start_lookup(plan, planning))}
        to_read = {
            n: plan for n, plan in enumerate(plans) if n not in lookups and self._must_read_first(plan, planning)
        }
        responses = await self._copies.read_many([known_mapping(plan) for plan in to_read.values()])
        lookups |= {
            n: self._compare_before_update(plan, a, planning)
            for (n, plan), a in zip(to_read.items(), responses, strict=True)
        }
        replanned = dict(zip(lookups, await asyncio.gather(*lookups.values()), strict=True))
        return [replanned.get(n, plan) for n, plan in enumerate(plans)]

    def _start_lookup(self, plan: Plan, planning: PlanningContext) -> Coroutine[None, None, Plan] | None:
        """The lookup that must come before the plan is sent; None if there is none, or only the copy is to be read."""
        if not isinstance(plan, Send):
            return None
        if plan.entry.operation is Operation.DELETE:
            return self._compare_before_delete(plan)
        if plan.mapped is None and (known := registry.known_id(plan.entry.record)):
            return self._adopt_known_id(plan, known, planning)
        return self._search(plan, planning) if plan.searches_first else None

    def _must_read_first(self, plan: Plan, planning: PlanningContext) -> TypeGuard[Send]:
        """True if the server's copy must be read before the update (rule 7): for a profile edit; if no version guards
        the update; if an update would bring a deleted patient back; if the patient was last read long ago."""
        if not isinstance(plan, Send) or plan.mapped is None or plan.request.method != "PUT":
            return False
        if plan.entry.operation is Operation.EDIT:
            return True
        if (plan.entry.type, plan.entry.key) in planning.just_read:
            return False
        kind = plan.entry.resource_type
        old = self._clock.now() - (plan.mapped.synced_at or 0.0) > self._max_age
        cautious = kind == MASTER_IS_SERVER and (old or self._link.limits.may_revive(kind))
        return cautious or plan.request.if_match is None

    async def _adopt_known_id(self, plan: Send, id_: str, planning: PlanningContext) -> Plan:
        """Adopt the resource at the id that the record names, if it is the same person's; otherwise a conflict."""
        entry = plan.entry
        response = await self._copies.read_at(entry, id_)
        if not self._link.record_contact(response):
            return None
        if not is_ok(response) or not response.body:
            return await self._search(plan, planning) if plan.searches_first else plan
        theirs = dict(response.body)
        with self._store.snapshot() as view:
            reference = f"{entry.resource_type}/{id_}"
            is_taken = view.id_map.belongs_to_another(reference, (entry.type, entry.key))
        if is_taken or not is_same_person(entry, dict(plan.request.body or {}), theirs, self._mapper):
            return Reject(entry, other_record(id_), Status.CONFLICT)
        return self._adopt(entry, theirs, planning)

    async def _search(self, plan: Send, planning: PlanningContext) -> Plan:
        """Search by our identifier before a create that the server would make twice; adopt what is there already."""
        entry = plan.entry
        response = await self._copies.find(entry)
        if not self._link.record_contact(response):
            return None
        if not is_ok(response) or response.body is None:
            return hold_unsearched(entry, response)
        resources = find_matches(response.body, entry, self._mapper)
        if other := find_other_holder(response.body, entry, self._mapper):
            return Reject(entry, Reason("why_number_taken", {"id": str(other["id"])}), Status.CONFLICT)
        if not resources and has_next_page(response.body):
            return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
        if not resources:
            return await self._namesakes.check_namesakes(plan)
        if len(resources) > 1:
            return Reject(entry, duplicates(resources), Status.CONFLICT)
        return self._adopt(entry, resources[0], planning)

    def _adopt(self, entry: QueueEntry, theirs: Resource, planning: PlanningContext) -> Plan:
        """Plan an update of the resource that the server has already; ours is merged into it."""
        entry = self._writer.take_server_changes(entry, unset_locally(entry, theirs, self._mapper))
        return self._plan(entry, planning, self._writer.remember(as_base(entry, theirs, self._clock)))

    async def _compare_before_update(self, plan: Send, response: Response, planning: PlanningContext) -> Plan:
        """Compare the fields with the server's copy that was read just before the update (rule 7)."""
        entry, mapped = plan.entry, known_mapping(plan)
        if not self._link.record_contact(response):
            return None
        if is_absent(response):
            return await self._handle_missing(plan, response, planning)
        if is_forbidden(response) and plan.request.if_match is None:
            return Hold(entry, scope_reason(entry.resource_type, "read"), None)  # nothing would guard what others wrote
        if not is_ok(response) or not response.body or mapped.base is None:
            return plan  # what it says to the write decides
        theirs = dict(response.body)
        if belongs_to_another(mapped, theirs, self._mapper):
            return self._reject_other_record(plan.entry, mapped)
        clash = conflicting_elements(entry, dict(mapped.base), theirs, self._mapper)
        if clash and not self._is_own_write(entry, theirs):
            return Reject(entry, clash, Status.CONFLICT)
        entry = self._writer.take_server_changes(entry, server_changes(entry, dict(mapped.base), theirs, self._mapper))
        fresh = self._writer.remember(as_base(entry, theirs, self._clock))
        return self._plan(entry, planning, fresh)

    def _is_own_write(self, entry: QueueEntry, theirs: Resource) -> bool:
        """True if the server's copy is what an attempt of this lane sent."""
        return any(is_as_sent(entry, dict(body), theirs, self._mapper) for body in self._writer.sent_before(entry))

    async def _handle_missing(self, plan: Send, response: Response, planning: PlanningContext) -> Plan:
        """The resource is not at its id any more (H9): an update must not bring it back. Search for it under another
        id."""
        if not await self._link.verify_identity(response):
            return None
        if is_deleted(response):
            return Reject(plan.entry, Reason("why_gone"), Status.CONFLICT)
        searched = await self._copies.find(plan.entry)
        if not self._link.record_contact(searched):
            return None
        resources = find_matches(searched.body or {}, plan.entry, self._mapper)
        if len(resources) == 1:
            return self._adopt(plan.entry, resources[0], planning)
        return Reject(plan.entry, duplicates(resources) if resources else Reason("why_missing_there"), Status.CONFLICT)

    async def _compare_before_delete(self, plan: Send) -> Plan:
        """Read before a delete, as some servers ignore If-Match (D24): a copy that changed since is not deleted."""
        mapped = plan.mapped
        assert mapped is not None, "a delete knows its logical id"
        response = await self._copies.read_mapped(mapped)
        if not self._link.record_contact(response):
            return None
        if is_ok(response) and response.body and belongs_to_another(mapped, response.body, self._mapper):
            return self._reject_other_record(plan.entry, mapped)
        if is_ok(response) and response.body and self._has_changed(mapped, dict(response.body)):
            return Reject(plan.entry, Reason("why_changed_before_delete"), Status.CONFLICT)
        return plan

    def _has_changed(self, mapped: IdMapping, theirs: dict[str, object]) -> bool:
        if mapped.version_id is not None and version_id(theirs) is not None:
            return version_id(theirs) != mapped.version_id
        return mapped.base is not None and not registry.same(mapped.type, dict(mapped.base), theirs)

    def _reject_other_record(self, entry: QueueEntry, mapped: IdMapping) -> Reject:
        """Reject: the server gave the id that we knew to another record (D18)."""
        self._pause_for_identity(mapped)
        return Reject(entry, other_record(mapped.logical_id), Status.CONFLICT)

    def _pause_for_identity(self, mapped: IdMapping) -> None:
        """Pause all sending until the user has looked."""
        self._link.pause(identity_pause(mapped))

    # -- parents

    async def check_parents(self, entries: Sequence[QueueEntry]) -> None:
        """After the server refused a reference: forget the ids of parents that it no longer has, and let the children
        wait for them."""
        with self._store.snapshot() as view:
            mapper = build_mapper(view, [e.record for e in entries], self._mapper)
            parents = {e.uuid: mapper.draft(e.record).references for e in entries}
            known = view.id_map.get_many({p for places in parents.values() for p in places})
        responses = await asyncio.gather(*(self._copies.read_mapped(m) for m in known.values()))
        gone = [place for place, response in zip(known, responses, strict=True) if is_absent(response)]
        waiting = [
            (e, next(p for p in parents[e.uuid] if p in gone)) for e in entries if set(parents[e.uuid]) & set(gone)
        ]
        self._writer.forget_parents(gone, waiting)
