"""Finished entries are pruned by age: one small step a second, one walk through the queue an hour (B15)."""

from fhirdesk.core.clock import Clock
from fhirdesk.core.events import QueueChanged
from fhirdesk.core.settings import Retention
from fhirdesk.store.audit import WORKER, AuditEvent
from fhirdesk.store.store import Store

STEP_EVERY = 1.0  # seconds between steps
WALK_EVERY = 3600.0  # seconds between walks


class RetentionCleaner:
    """Prunes finished entries, beside the sending, on the engine's thread."""

    def __init__(self, store: Store, clock: Clock, keep: Retention):
        self._store, self._clock, self._keep = store, clock, keep
        self._after, self._due = 0, clock.monotonic() + STEP_EVERY

    def step(self) -> int:
        """Prune a few old entries, if it is time; returns how many went."""
        if self._clock.monotonic() < self._due:
            return 0
        now = self._clock.now()
        with self._store.snapshot() as view:
            step = view.retention.find_expired(self._after, self._keep, now)
        self._after = step.end or 0
        self._due = self._clock.monotonic() + (STEP_EVERY if step.end else WALK_EVERY)
        if not step.old:
            return 0
        with self._store.transaction() as tx:
            count = tx.retention.prune(step)
            tx.audit.append([AuditEvent(f"prune {count}", actor=WORKER)], now)
            tx.emit(QueueChanged())
        return count
