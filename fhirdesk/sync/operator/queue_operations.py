"""What the user does to entries (retry, cancel, discard, hold, release) and to the queue as a whole."""

from collections.abc import Callable, Sequence

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, ServerChanged
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import QueueQuery, SentAgain
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import UnitOfWork

STAYS = (Status.PROCESSING, Status.UNKNOWN)  # may be on the server already: cannot be cancelled
Verb = Callable[[UnitOfWork, Sequence[str], float], int]


class QueueOperations:
    """Each operation is one transaction with its row in the audit. They run on the engine's thread."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock

    def retry(self, chosen: Sequence[str]) -> SentAgain:
        """Make failed, held and waiting entries due now; those with an unknown outcome are probed first. Returns how
        many are sent again and how many are probed."""
        count = self._do(lambda tx, uuids, now: tx.operator.retry(uuids, now), chosen)
        with self._store.snapshot() as view:
            probed = view.entries.count_unknown(chosen) if count else 0
        return SentAgain(count - min(probed, count), min(probed, count))

    def retry_matching(self, query: QueueQuery) -> SentAgain:
        """Retry every entry that the filter shows, in the order in which they were queued."""
        with self._store.snapshot() as view:
            chosen = view.queue_views.find_uuids(query)
        return self.retry(chosen)

    def cancel(self, chosen: Sequence[str]) -> int:
        """Cancel the entries and return how many; those in flight or with an unknown outcome stay. Raises Refused if
        only such entries were chosen."""
        return self._do(self._cancel, chosen)

    def _cancel(self, tx: UnitOfWork, chosen: Sequence[str], now: float) -> int:
        count = tx.operator.cancel(chosen, now)
        entries = () if count else (tx.entries.get(uuid) for uuid in chosen)
        if sent := next((e for e in entries if e and e.status in STAYS), None):
            raise Refused("cancel_in_flight", entry=sent.uuid)
        return count

    def discard(self, chosen: Sequence[str], why: str) -> int:
        """Discard failed, conflicting and held entries; returns how many. `why` goes into the audit."""
        return self._do(lambda tx, uuids, now: tx.operator.discard(uuids, why, now), chosen)

    def hold(self, chosen: Sequence[str]) -> int:
        """Hold pending entries until they are released; returns how many."""
        return self._do(lambda tx, uuids, now: tx.operator.hold_by_hand(uuids, now), chosen)

    def release(self, chosen: Sequence[str]) -> int:
        """Release held entries, so that they may be sent; returns how many."""
        return self._do(lambda tx, uuids, now: tx.operator.release(uuids, now), chosen)

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

    def _do(self, verb: Verb, chosen: Sequence[str]) -> int:
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            return verb(tx, chosen, self._clock.now())
