"""Which heads can go now, and with what request: what is known of the server's copies is read first (rules 6, 7)."""

import asyncio
from collections.abc import Mapping, Sequence

from fhirdesk.answer import Answer, Capabilities, Delivery
from fhirdesk.clock import Clock
from fhirdesk.converters import overlay, registry
from fhirdesk.converters.base import Context
from fhirdesk.entry import Mapped, Operation, QueueEntry, Reason, Status
from fhirdesk.resource import version_id
from fhirdesk.store.store import Store
from fhirdesk.sync.circuit import Circuit
from fhirdesk.sync.ledger import Ledger
from fhirdesk.sync.pace import Paced
from fhirdesk.sync.probe import adopted, matches, rival
from fhirdesk.sync.push import Cannot, Send, Wait, gate, prepare
from fhirdesk.sync.targets import located

Place = tuple[str, str]
Plan = Send | Wait | Cannot | None  # None: the server could not be asked; it stays where it is


class Ready:
    """Heads become requests."""

    def __init__(self, store: Store, remote: Paced, context: Context, clock: Clock, circuit: Circuit, ledger: Ledger):
        self._store, self._remote, self._context = store, remote, context
        self._clock, self._circuit, self._ledger = clock, circuit, ledger

    async def requests(self, heads: Sequence[QueueEntry], server: Capabilities) -> list[Send]:
        """The heads that can go now; the others are held, failed or in conflict, with their reason."""
        known, context = self._known(heads)
        stale = [m for e in heads if (m := known.get((e.type, e.key))) and not m.base_read]
        known |= await self._read_bases(stale)
        plans: list[Plan] = [gate(prepare(e, known, context), server) for e in heads]
        plans = list(await asyncio.gather(*(self._look_first(p, known, context, server) for p in plans)))
        self._ledger.set_aside([p for p in plans if isinstance(p, Wait)], [p for p in plans if isinstance(p, Cannot)])
        return [p for p in plans if isinstance(p, Send)]

    def _known(self, heads: Sequence[QueueEntry]) -> tuple[dict[Place, Mapped], Context]:
        """What is known of the heads and of their parents, and what those parents are."""
        with self._store.reading() as conn:
            context = located(self._store, conn, [e.record for e in heads], self._context)
            places = {(e.type, e.key) for e in heads}
            places |= {p for e in heads for p in registry.parents(e.record, context.stored)}
            return self._store.resource_map.get_many(conn, places), context

    async def _read_bases(self, stale: Sequence[Mapped]) -> dict[Place, Mapped]:
        """The server's own copies, before ours is laid over them: nothing of others may be dropped."""
        answers = await asyncio.gather(*(self._remote.read(m.resource_type, m.logical_id) for m in stale))
        fresh = {}
        for mapped, answer in zip(stale, answers, strict=True):
            if answer.delivery is Delivery.ANSWERED and answer.status == 200 and answer.body:
                fresh[mapped.type, mapped.key] = self._ledger.read(mapped, dict(answer.body))
        return fresh

    async def _look_first(
        self, plan: Plan, known: Mapping[Place, Mapped], context: Context, server: Capabilities
    ) -> Plan:
        if not isinstance(plan, Send):
            return plan
        if plan.entry.operation is Operation.DELETE:
            return await self._compare(plan)
        if plan.looks_first:
            return await self._search(plan, known, context, server)
        if plan.mapped and plan.request.if_match is None:
            return await self._read_again(plan, plan.mapped, known, context, server)
        return plan

    async def _search(self, plan: Send, known: Mapping[Place, Mapped], context: Context, server: Capabilities) -> Plan:
        """No conditional create here: what is there already under our identifier is not made again."""
        entry = plan.entry
        system = registry.identifier_system(entry.type, self._context)
        answer = await self._remote.find(entry.resource_type, system, entry.key)
        if not self._heard(answer):
            return None
        if answer.status != 200 or answer.body is None:
            return Wait(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
        found = matches(answer.body, entry.resource_type)
        if not found:
            return plan
        if len(found) > 1:
            return Cannot(entry, Reason("why_duplicate", {"count": str(len(found))}), Status.CONFLICT)
        mapped = self._ledger.adopt(adopted(entry, found[0], self._clock))
        return gate(prepare(entry, {**known, (entry.type, entry.key): mapped}, context), server)

    async def _read_again(
        self, plan: Send, mapped: Mapped, known: Mapping[Place, Mapped], context: Context, server: Capabilities
    ) -> Plan:
        """No versions there, so no If-Match: the fields are compared just before the write (rule 7)."""
        entry = plan.entry
        answer = await self._remote.read(mapped.resource_type, mapped.logical_id)
        if not self._heard(answer):
            return None
        if answer.status != 200 or not answer.body or mapped.base is None:
            return plan  # what it says to the write decides
        theirs = dict(answer.body)
        clash = rival(entry, dict(mapped.base), dict(plan.request.body or {}), theirs)
        if clash:
            return Cannot(entry, clash, Status.CONFLICT)
        fresh = self._ledger.adopt(adopted(entry, theirs, self._clock))
        return gate(prepare(entry, {**known, (entry.type, entry.key): fresh}, context), server)

    async def _compare(self, plan: Send) -> Plan:
        """Some servers ignore If-Match on a delete (D24): what is newer there than what we know is not deleted."""
        mapped = plan.mapped
        assert mapped is not None, "a delete knows its logical id"
        answer = await self._remote.read(mapped.resource_type, mapped.logical_id)
        if not self._heard(answer):
            return None
        if answer.status == 200 and answer.body and self._changed(mapped, dict(answer.body)):
            return Cannot(plan.entry, Reason("why_changed_before_delete"), Status.CONFLICT)
        return plan

    def _changed(self, mapped: Mapped, theirs: dict[str, object]) -> bool:
        if mapped.version_id is not None and version_id(theirs) is not None:
            return version_id(theirs) != mapped.version_id
        return mapped.base is not None and not overlay.same(dict(mapped.base), theirs, registry.converter(mapped.type))

    def _heard(self, answer: Answer) -> bool:
        """Whether the server answered the question; otherwise it is away."""
        heard = answer.delivery is Delivery.ANSWERED and (answer.status or 500) < 500
        if not heard or answer.status in (401, 408, 425, 429):
            self._circuit.away(Reason("why_offline"), answer.retry_after)
            return False
        return True
