"""Sends a profile edit now: its lane in order, and a probe if the outcome is not known (rule 12)."""

from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import Operation, QueueEntry, Reason, Status
from fhirdesk.store.queue import Transition
from fhirdesk.store.store import Store
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.reconcile.reconciler import Reconciler
from fhirdesk.sync.results import edit_transitions
from fhirdesk.sync.results.response_handler import final
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.upload.uploader import Uploader

MOST_STEPS = 20
STOPPED = (Status.FAILED, Status.HELD, Status.CONFLICT)


class EditLane:
    """Brings one edit to its end, so that the user gets an answer."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        link: ServerLink,
        uploader: Uploader,
        reconciler: Reconciler,
        writer: ResultWriter,
    ):
        self._store, self._clock, self._link = store, clock, link
        self._uploader, self._reconciler, self._writer = uploader, reconciler, writer

    async def run(self, entry: QueueEntry) -> None:
        """Send what waits before the edit in its lane, then the edit. If something there cannot be sent, the edit is
        cancelled."""
        tried: set[str] = set()
        for _ in range(MOST_STEPS):
            head = self._head(entry)
            if head is None:
                return
            if head.uuid in tried and head.not_before > self._clock.now():
                break  # it backs off, longer each time
            tried.add(head.uuid)
            if head.status in STOPPED:
                self._writer.cancel_unsent_edit(entry, Reason(edit_transitions.BLOCKED, {"entry": head.uuid}))
                return
            if not await self._step(head, waited_for=entry.attempts == 0):
                break
        code = edit_transitions.PAUSED if self._link.paused else edit_transitions.UNREACHABLE
        if not self._writer.cancel_unsent_edit(entry, Reason(code)):
            self._writer.reschedule([e for e in (self._reload(entry),) if e and e.status is Status.PENDING])

    def _reload(self, entry: QueueEntry) -> QueueEntry | None:
        with self._store.snapshot() as view:
            return view.entries.get(entry.uuid)

    def _head(self, entry: QueueEntry) -> QueueEntry | None:
        """The head of the edit's lane; None once the edit is no longer ours to send."""
        with self._store.snapshot() as view:
            current = view.entries.get(entry.uuid)
            lane = view.entries.read_lane(entry.type, entry.key)
        if current is None or not lane or current.status not in (Status.PENDING, Status.UNKNOWN):
            return None
        waits = current.status is Status.UNKNOWN and current.not_before > self._clock.now()
        if waits and lane[0].uuid == entry.uuid:
            return None
        return lane[0]

    async def _step(self, head: QueueEntry, *, waited_for: bool) -> bool:
        """Send or probe the head of the lane. Returns False if the server could not be asked. `waited_for`: the user
        still waits for the outcome of the edit."""
        if head.status is Status.UNKNOWN:
            return await self._investigate_head(head, waited_for)
        if self._link.paused or not await self._link.connect():
            return False
        sent = await self._uploader.send_one(head)
        return sent and (not self._link.is_offline or head.operation is Operation.EDIT)

    async def _investigate_head(self, head: QueueEntry, waited_for: bool) -> bool:
        transition = await self._reconciler.investigate(head)
        if transition is None and head.operation is Operation.EDIT:
            self._writer.reschedule_edit(head)
        if transition is not None:
            adjusted = self._adjust_probed(head, transition) if waited_for else transition
            self._writer.commit([final(adjusted, None)])
        return transition is not None

    def _adjust_probed(self, head: QueueEntry, transition: Transition) -> Transition:
        """The transition, or unreachable for an edit that the server answered with an error and that changed nothing
        there."""
        not_arrived = transition.reason is not None and transition.reason.code == "why_not_arrived"
        as_before = transition.status is Status.UNKNOWN or not_arrived
        if head.operation is Operation.EDIT and as_before and self._writer.was_refused(head):
            reason = Reason(edit_transitions.UNREACHABLE)
            return Transition(head, head.attempts, Status.CANCELLED, reason=reason, phase=transition.phase)
        return transition
