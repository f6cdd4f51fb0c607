"""What waits grows older, a stretch at a time: however many wait, nothing is held up by it, not even the start."""

from fhirdesk.core.clock import Clock
from fhirdesk.store.store import Store

WALKS = 60.0  # seconds between walks through what waits
EVERY = 0.5  # seconds between the steps of a walk


class PriorityAging:
    """Runs beside the sending, on the engine's thread."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock
        self._after, self._due = 0, clock.monotonic()

    def step(self, now: float) -> None:
        """One step, if it is time."""
        if self._clock.monotonic() < self._due:
            return
        with self._store.transaction() as tx:
            self._after = self._store.queue.raise_aged(tx.conn, now, self._after)
        self._due = self._clock.monotonic() + (EVERY if self._after else WALKS)
