"""Final entries are kept for a while and then pruned, in small steps; the audit keeps its rows (fault B15)."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from fhirdesk.core.queue_entry import FINAL, Status
from fhirdesk.core.settings import Retention
from fhirdesk.store.queue.model import Q, QueueRepository
from fhirdesk.store.schema.tables import queue_entry

DAY = 86_400.0
STEP = 500  # entries looked at in one step
QUIET = (Status.COMPLETED, Status.SUPERSEDED)  # ended without trouble; the others are failures and their history


@dataclass(frozen=True, slots=True)
class Step:
    """Some entries in the order of their seq: the seq of the last one (None: the queue ends here), and the seqs of
    those that may be pruned."""

    end: int | None
    old: tuple[int, ...]


class QueueRetention(QueueRepository):
    """Prunes final entries, never open ones."""

    def find_expired(self, after: int, keep: Retention, now: float) -> Step:
        """Look through the next entries behind the seq `after` for those that have been final for longer than `keep`
        says."""
        columns = (Q.seq, Q.profile, Q.status, Q.attempts, Q.finished_at)
        rows = self._conn.execute(select(*columns).where(Q.seq > after).order_by(Q.seq).limit(STEP)).all()
        until = {True: now - keep.completed_days * DAY, False: now - keep.failed_days * DAY}
        old = tuple(
            r.seq
            for r in rows
            if r.profile == self._profile
            and r.status in FINAL
            and r.finished_at is not None
            and r.finished_at < until[_quiet(r.status, r.attempts)]
        )
        return Step(rows[-1].seq if len(rows) == STEP else None, old)

    def prune(self, step: Step) -> int:
        """Delete a step's old entries with their attempts; returns how many entries."""
        if not step.old:
            return 0
        over = [s.value for s in FINAL]
        return self._conn.execute(delete(queue_entry).where(Q.seq.in_(step.old), Q.status.in_(over))).rowcount


def _quiet(status: str, attempts: int) -> bool:
    """True when an entry was completed at its first attempt, or superseded before it was sent."""
    if status == Status.COMPLETED:
        return attempts <= 1
    return status in QUIET and attempts == 0
