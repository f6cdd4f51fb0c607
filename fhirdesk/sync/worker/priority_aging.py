"""Entries that wait become more urgent, a stretch of the queue at a time, so that even a long queue delays nothing."""

from fhirdesk.core.clock import Clock
from fhirdesk.store.store import Store

WALK_EVERY = 60.0  # seconds between walks through all that waits
STEP_EVERY = 0.5  # seconds between the steps of a walk


class PriorityAging:
    """Raises the urgency of waiting entries, beside the sending, on the engine's thread."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock
        self._after, self._due = 0, clock.monotonic()

    def step(self, now: float) -> None:
        """Raise the next stretch of waiting entries, if it is time."""
        if self._clock.monotonic() < self._due:
            return
        with self._store.transaction() as tx:
            self._after = tx.entries.raise_aged(now, self._after)
        self._due = self._clock.monotonic() + (STEP_EVERY if self._after else WALK_EVERY)
