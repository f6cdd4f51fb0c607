"""What the user does to entries (each of BULK_ACTIONS) and to the queue as a whole: one transaction each."""

from collections.abc import Sequence

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, ServerChanged
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import QueueQuery, SentAgain
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import UnitOfWork

STAYS = (Status.PROCESSING, Status.UNKNOWN)  # may be on the server already: cannot be cancelled


class QueueOperations:
    """Each operation is one transaction with its row in the audit. They run on the engine's thread."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock

    def retry(self, chosen: Sequence[str]) -> SentAgain:
        """Make failed, held and waiting entries due now; those with an unknown outcome are probed first. Returns how
        many are sent again and how many are probed."""
        count = self.change("retry", chosen)
        with self._store.snapshot() as view:
            probed = view.entries.count_unknown(chosen) if count else 0
        return SentAgain(count - min(probed, count), min(probed, count))

    def retry_matching(self, query: QueueQuery) -> SentAgain:
        """Retry every entry that the filter shows, in the order in which they were queued."""
        with self._store.snapshot() as view:
            chosen = view.queue_views.find_uuids(query)
        return self.retry(chosen)

    def change(self, action: str, chosen: Sequence[str], why: str = "") -> int:
        """Do one of BULK_ACTIONS to the entries whose state allows it; returns how many. `why` goes into the audit.
        Raises Refused if only entries in flight or with an unknown outcome were to be cancelled."""
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            count = tx.operator.change(action, chosen, self._clock.now(), why)
            if action == "cancel" and not count:
                _refuse_if_sent(tx, chosen)
        return count

    def make_due(self) -> SentAgain:
        """Make every waiting entry due now. Returns how many entries are pending and how many unknown."""
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            tx.operator.make_due(self._clock.now())
            tx.audit.append([AuditEvent("send now")], self._clock.now())
        with self._store.snapshot() as view:
            counts = view.queue_views.count_by_status()
        return SentAgain(counts[Status.PENDING], counts[Status.UNKNOWN])

    def pause(self, reason: Reason | None) -> None:
        """Pause sending for that reason, or end the pause (None); it outlives the process."""
        with self._store.transaction() as tx:
            tx.emit(ServerChanged())
            tx.server_state.save_pause(reason)
            tx.audit.append([AuditEvent("pause" if reason else "resume")], self._clock.now())

    def forget_ids(self) -> int:
        """Forget all ids of a server that was reset, and end the pause. Each record is searched by its identifier, or
        created, when it is sent next. Returns how many ids were forgotten."""
        with self._store.transaction() as tx:
            count = tx.id_map.forget_all()
            tx.server_state.save_pause(None)
            tx.audit.append([AuditEvent(f"forget {count} ids")], self._clock.now())
            tx.emit(ServerChanged())
        return count


def _refuse_if_sent(tx: UnitOfWork, chosen: Sequence[str]) -> None:
    """Raises Refused if one of the entries may be on the server already."""
    entries = (tx.entries.get(uuid) for uuid in chosen)
    if sent := next((e for e in entries if e and e.status in STAYS), None):
        raise Refused("cancel_in_flight", entry=sent.uuid)
