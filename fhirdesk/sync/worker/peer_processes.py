"""Other processes on the same database: this one notices what they commit and waits for what they send."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import StoreError
from fhirdesk.core.queue_entry import QueueEntry, Status
from fhirdesk.store.store import Store
from fhirdesk.sync.worker.worker import Worker

EVERY = 0.5  # seconds between looks; a pause is noticed within two
MOVING = (Status.PENDING, Status.PROCESSING, Status.UNKNOWN)


class PeerProcesses:
    """Watches the database for commits of others. Runs on the engine's loop."""

    def __init__(self, store: Store, worker: Worker, clock: Clock):
        self._store, self._worker, self._clock = store, worker, clock

    async def watch(self) -> None:
        """Look twice a second, until the task is cancelled."""
        while True:
            with suppress(StoreError):  # locked for a while (B4)
                self.look()
            await asyncio.sleep(EVERY)

    def look(self) -> None:
        """Announce what others committed since the last look, take over a pause or its end, and wake the worker."""
        if self._store.announce_commits_elsewhere():
            self._worker.link.follow_pause()
            self._worker.wake()

    async def wait_for_answers(self, uuids: Sequence[str], patience: float) -> list[QueueEntry]:
        """Wait until the sending process has brought these entries as far as it can, or `patience` seconds passed; the
        entries as they are then."""
        until = self._clock.monotonic() + patience
        while True:
            with self._store.snapshot() as view:
                entries = [e for u in uuids if (e := view.entries.get(u))]
                paused = view.server_state.read_pause()
            if paused or not any(self._is_moving(e) for e in entries) or self._clock.monotonic() > until:
                return entries
            await asyncio.sleep(EVERY / 5)

    def _is_moving(self, entry: QueueEntry) -> bool:
        later = entry.status is Status.PENDING and entry.attempts > 0 and entry.not_before > self._clock.now()
        return entry.status in MOVING and not later
