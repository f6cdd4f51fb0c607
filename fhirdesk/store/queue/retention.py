"""What is over is kept for a while and then pruned, in small steps; the audit keeps its rows (B15)."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from fhirdesk.core.queue_entry import FINAL, Status
from fhirdesk.core.settings import Retention
from fhirdesk.store.queue.model import Q, Scope
from fhirdesk.store.schema.tables import queue_entry

DAY = 86_400.0
STEP = 500  # entries looked at in one step
QUIET = (Status.COMPLETED, Status.SUPERSEDED)  # over without trouble; the others are failures and their history


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of the queue in the order of its entries: where it ends (None: at the end), and what is old in it."""

    end: int | None
    old: tuple[int, ...]


class QueueRetention(Scope):
    """Never what is open."""

    def find_expired(self, conn: Connection, after: int, keep: Retention, now: float) -> Step:
        """The entries behind `after` (a seq) that have been over for longer than they are kept."""
        columns = (Q.seq, Q.profile, Q.status, Q.attempts, Q.finished_at)
        rows = conn.execute(select(*columns).where(Q.seq > after).order_by(Q.seq).limit(STEP)).all()
        until = {True: now - keep.completed_days * DAY, False: now - keep.failed_days * DAY}
        old = tuple(
            r.seq
            for r in rows
            if r.profile == self.profile
            and r.status in FINAL
            and r.finished_at is not None
            and r.finished_at < until[_quiet(r.status, r.attempts)]
        )
        return Step(rows[-1].seq if len(rows) == STEP else None, old)

    def prune(self, conn: Connection, step: Step) -> int:
        """They and their attempts go; how many."""
        if not step.old:
            return 0
        over = [s.value for s in FINAL]
        return conn.execute(delete(queue_entry).where(Q.seq.in_(step.old), Q.status.in_(over))).rowcount


def _quiet(status: str, attempts: int) -> bool:
    """Done at the first try, or never sent at all."""
    if status == Status.COMPLETED:
        return attempts <= 1
    return status in QUIET and attempts == 0
