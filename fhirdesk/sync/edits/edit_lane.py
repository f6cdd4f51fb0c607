"""A profile edit on its way: its lane in order, now, then a look at what the server has (rule 12)."""

from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import Operation, QueueEntry, Reason, Status
from fhirdesk.store.queue import Transition
from fhirdesk.store.store import Store
from fhirdesk.sync.link.server_session import ServerSession
from fhirdesk.sync.reconcile.reconciler import Reconciler
from fhirdesk.sync.results import edit_transitions
from fhirdesk.sync.results.response_handler import ResponseHandler, final
from fhirdesk.sync.upload.uploader import Uploader

MOST_STEPS = 20
STOPPED = (Status.FAILED, Status.HELD, Status.CONFLICT)


class EditLane:
    """Brings one edit to its end, so that the person gets an answer."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        connection: ServerSession,
        outgoing: Uploader,
        looking: Reconciler,
        reception: ResponseHandler,
    ):
        self._store, self._clock, self._connection = store, clock, connection
        self._outgoing, self._looking, self._reception = outgoing, looking, reception
        self._ledger = reception.writer

    async def run(self, entry: QueueEntry) -> None:
        """What waits before it in its lane is sent first; what cannot be sent gives the edit up."""
        tried: set[str] = set()
        for _ in range(MOST_STEPS):
            head = self._head(entry)
            if head is None:
                return
            if head.uuid in tried and head.not_before > self._clock.now():
                break  # it waits, and longer each time
            tried.add(head.uuid)
            if head.status in STOPPED:
                self._ledger.cancel_unsent_edit(entry, Reason(edit_transitions.BLOCKED, {"entry": head.uuid}))
                return
            if not await self._step(head, waited_for=entry.attempts == 0):
                break
        paused = self._reception.circuit.paused
        if not self._ledger.cancel_unsent_edit(
            entry, Reason(edit_transitions.PAUSED if paused else edit_transitions.UNREACHABLE)
        ):
            self._ledger.reschedule([e for e in (self._now(entry),) if e and e.status is Status.PENDING])

    def _now(self, entry: QueueEntry) -> QueueEntry | None:
        with self._store.snapshot() as conn:
            return self._store.queue.get(conn, entry.uuid)

    def _head(self, entry: QueueEntry) -> QueueEntry | None:
        """The head of the edit's lane; None once the edit is no longer waiting for us."""
        with self._store.snapshot() as conn:
            now = self._store.queue.get(conn, entry.uuid)
            lane = self._store.queue.read_lane(conn, entry.type, entry.key)
        if now is None or not lane or now.status not in (Status.PENDING, Status.UNKNOWN):
            return None
        if now.status is Status.UNKNOWN and lane[0].uuid == entry.uuid and now.not_before > self._clock.now():
            return None
        return lane[0]

    async def _step(self, head: QueueEntry, *, waited_for: bool) -> bool:
        """Bring the head of a lane one step on; False: the server could not be asked. `waited_for`: a person still
        waits to be told what became of the edit."""
        if head.status is Status.UNKNOWN:
            return await self._look(head, waited_for)
        if self._reception.circuit.paused or not await self._connection.connect():
            return False
        sent = await self._outgoing.send_one(head)
        return sent and (not self._reception.circuit.is_open or head.operation is Operation.EDIT)

    async def _look(self, head: QueueEntry, waited_for: bool) -> bool:
        move = await self._looking.look(head)
        if move is None and head.operation is Operation.EDIT:
            self._ledger.reschedule_edit(head)
        if move is not None:
            told = self._after_look(head, move) if waited_for else move
            self._ledger.commit([final(told, None)])
        return move is not None

    def _after_look(self, head: QueueEntry, move: Transition) -> Transition:
        """What was answered with an error, and whose version is as before, did not arrive (unreachable)."""
        not_arrived = move.reason is not None and move.reason.code == "why_not_arrived"
        as_before = move.status is Status.UNKNOWN or not_arrived
        if head.operation is Operation.EDIT and as_before and self._ledger.was_refused(head):
            over = Reason(edit_transitions.UNREACHABLE)
            return Transition(head, head.attempts, Status.CANCELLED, reason=over, phase=move.phase)
        return move
