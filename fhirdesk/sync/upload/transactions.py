"""Sends records that refer to each other as one transaction: the server applies all or none (rule 4, E3, E5)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from fhirdesk.core.exchange import Classified, Response, Verdict
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason, Status
from fhirdesk.remote.outcome import classify
from fhirdesk.store.queue import Transition
from fhirdesk.store.store import Store
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.plan import Hold, Reject, Send
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload.planner import UploadPlanner
from fhirdesk.sync.upload.planning import PlanningContext
from fhirdesk.sync.upload.uploader import Uploader

UNSUPPORTED = Reason("why_cycle_unsupported")
SPLIT = Reason("why_transaction_split")
URN = "urn:uuid:"


class TransactionSender:
    """Sends one reference cycle: records that cannot be created one after the other."""

    def __init__(
        self,
        store: Store,
        link: ServerLink,
        planner: UploadPlanner,
        uploader: Uploader,
        writer: ResultWriter,
    ):
        self._store, self._link = store, link
        self._planner, self._uploader, self._writer = planner, uploader, writer

    async def send(self, cycle: Sequence[QueueEntry]) -> None:
        """Send the whole cycle, or nothing of it. If the server takes no transactions, the entries are held."""
        if not await self._link.connect():
            return
        server = self._link.capabilities
        if not server.transaction:
            self._writer.hold([(e, UNSUPPORTED, None) for e in cycle])
            return
        planning = await self._planner.read_context(cycle, server)
        if planning is None:
            return
        self._add_members(cycle, planning)
        plans = [await self._planner.plan(e, planning) for e in cycle]
        holds = [(p.entry, p.reason, p.parent) for p in plans if isinstance(p, Hold)]
        self._writer.hold(holds)  # an entry that also waits for something else breaks the cycle
        self._writer.hold_or_fail([], [p for p in plans if isinstance(p, Reject)])
        sends = [p for p in plans if isinstance(p, Send)]
        if len(sends) == len(cycle) and all(s.request.interaction == "create" for s in sends):
            await self._deliver([self._add_urn(s, cycle) for s in sends])
        elif not holds:  # some are on the server already
            self._writer.release(cycle)

    def _add_members(self, cycle: Sequence[QueueEntry], planning: PlanningContext) -> None:
        """Let the records of the cycle refer to each other by their urn in the transaction."""
        members = {(e.type, e.key): build_member(e) for e in cycle}
        places = {p for e in cycle for p in planning.draft(e).references}
        with self._store.snapshot() as view:
            resolved = view.id_map.resolve_names(list(places))
        for place in places:
            member = members.get(resolved.get(place, place))
            if member and place not in planning.known:
                planning.known[place] = member

    @staticmethod
    def _add_urn(send: Send, cycle: Sequence[QueueEntry]) -> Send:
        request = replace(send.request, full_url=urn(send.entry))
        return replace(send, request=request, transaction=tuple(e.uuid for e in cycle))

    async def _deliver(self, sends: Sequence[Send]) -> None:
        if not await self._link.wait_for_turn():
            return
        claimed = self._uploader.claim(sends, held=True)
        if not claimed:  # an entry changed meanwhile
            return
        bundle_response, responses = await self._link.remote.send_bundle(
            [s.request for s in claimed], kind="transaction"
        )
        responses = responses if len(responses) == len(claimed) else (bundle_response,) * len(claimed)
        conflicts = find_split(claimed, responses)
        if conflicts:
            self._writer.commit(conflicts)
        else:
            await self._uploader.handle_responses(claimed, responses, shared=len(claimed) > 1)


def urn(entry: QueueEntry) -> str:
    """The fullUrl of a record inside a transaction."""
    return f"{URN}{uuid5(NAMESPACE_URL, f'{entry.type}|{entry.key}')}"


def build_member(entry: QueueEntry) -> IdMapping:
    """The mapping by which the other records of the cycle refer to this one."""
    return IdMapping(entry.type, entry.key, entry.resource_type, urn(entry), None, None)


def find_split(sends: Sequence[Send], responses: Sequence[Response]) -> list[Transition]:
    """Conflicts for all entries of a transaction of which the server applied only a part (E5): the user decides. Empty
    if all was applied, or nothing, or it is not known."""
    classifieds = [classify(s.request, a) for s, a in zip(sends, responses, strict=True)]
    done = [r.verdict is Verdict.DONE for r in classifieds]
    if all(done) or not any(done) or any(r.verdict.is_undecided for r in classifieds):
        return []
    return [_conflict(s, r) for s, r in zip(sends, classifieds, strict=True)]


def _conflict(send: Send, classified: Classified) -> Transition:
    number, status = send.entry.attempts + 1, classified.response.status
    return Transition(send.entry, number, Status.CONFLICT, SPLIT, http_status=status, verdict=classified.verdict)
