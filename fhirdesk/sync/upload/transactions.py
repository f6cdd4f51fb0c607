"""Records that refer to each other go as one transaction: all or none (rule 4, E3, E5)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from fhirdesk.converters import source_resource
from fhirdesk.core.exchange import Classified, Response, Verdict
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason, Status
from fhirdesk.remote.outcome import classify
from fhirdesk.store.queue import Transition
from fhirdesk.store.store import Store
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.server_session import ServerSession
from fhirdesk.sync.plan import Hold, Reject, Send
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload.planner import PlanningContext, UploadPlanner
from fhirdesk.sync.upload.uploader import Uploader

UNSUPPORTED = Reason("why_cycle_unsupported")
SPLIT = Reason("why_transaction_split")
URN = "urn:uuid:"


class TransactionSender:
    """Sends one ring of records."""

    def __init__(
        self,
        store: Store,
        remote: LimitedRemote,
        connection: ServerSession,
        ready: UploadPlanner,
        outgoing: Uploader,
        ledger: ResultWriter,
    ):
        self._store, self._remote, self._connection = store, remote, connection
        self._ready, self._outgoing, self._ledger = ready, outgoing, ledger

    async def send(self, ring: Sequence[QueueEntry]) -> None:
        """The whole ring, or nothing of it."""
        if not await self._connection.connect():
            return
        server = self._connection.capabilities
        if not server.transaction:
            self._ledger.hold([(e, UNSUPPORTED, None) for e in ring])
            return
        ground = await self._ready.ground(ring, server)
        if ground is None:
            return
        self._name(ring, ground)
        plans = [await self._ready.plan(e, ground) for e in ring]
        stays = [(p.entry, p.reason, p.parent) for p in plans if isinstance(p, Hold)]
        self._ledger.hold(stays)  # one that waits for something else, too, breaks the ring
        self._ledger.hold_or_fail([], [p for p in plans if isinstance(p, Reject)])
        sends = [p for p in plans if isinstance(p, Send)]
        if len(sends) == len(ring) and all(s.request.interaction == "create" for s in sends):
            await self._deliver([self._named(s, ring) for s in sends])
        elif not stays:  # some are there already
            self._ledger.release(ring)

    def _name(self, ring: Sequence[QueueEntry], ground: PlanningContext) -> None:
        """Members are known to each other by what the transaction calls them."""
        members = {(e.type, e.key): member(e) for e in ring}
        places = {p for e in ring for p in source_resource.parents(e.record, ground.context)}
        with self._store.snapshot() as conn:
            meant = self._store.id_map.resolve_names(conn, list(places))
        for place in places:
            found = members.get(meant.get(place, place))
            if found and place not in ground.known:
                ground.known[place] = found

    @staticmethod
    def _named(send: Send, ring: Sequence[QueueEntry]) -> Send:
        request = replace(send.request, full_url=urn(send.entry))
        return replace(send, request=request, transaction=tuple(e.uuid for e in ring))

    async def _deliver(self, sends: Sequence[Send]) -> None:
        await self._remote.limiter.wait_for_capacity(1)
        taken = self._outgoing.claim(sends, held=True)
        if not taken:  # one changed meanwhile
            return
        whole, answers = await self._remote.send_bundle([s.request for s in taken], kind="transaction")
        answers = answers if len(answers) == len(taken) else (whole,) * len(taken)
        conflicts = split(taken, answers)
        if conflicts:
            self._ledger.commit(conflicts)
        else:
            await self._outgoing.settle(taken, answers, shared=len(taken) > 1)


def urn(entry: QueueEntry) -> str:
    """What a transaction calls a record."""
    return f"{URN}{uuid5(NAMESPACE_URL, f'{entry.type}|{entry.key}')}"


def member(entry: QueueEntry) -> IdMapping:
    """A record of the ring as the others refer to it."""
    return IdMapping(entry.type, entry.key, entry.resource_type, urn(entry), None, None)


def split(sends: Sequence[Send], answers: Sequence[Response]) -> list[Transition]:
    """A bad server did a part of a transaction (E5): a person decides about all of it. Empty: all or none."""
    readings = [classify(s.request, a) for s, a in zip(sends, answers, strict=True)]
    done = [r.verdict is Verdict.DONE for r in readings]
    if all(done) or not any(done) or any(r.verdict.is_undecided for r in readings):
        return []
    return [_conflict(s, r) for s, r in zip(sends, readings, strict=True)]


def _conflict(send: Send, reading: Classified) -> Transition:
    number, status = send.entry.attempts + 1, reading.response.status
    return Transition(send.entry, number, Status.CONFLICT, SPLIT, http_status=status, verdict=reading.verdict)
