"""The write-ahead log flows back into the database beside the writer, who then never waits for it."""

import logging
import sqlite3
import threading
from pathlib import Path

from fhirdesk.store.sqlite.commit_guard import CommitGuard
from fhirdesk.store.sqlite.disk_reserve import DiskReserve
from fhirdesk.store.sqlite.engine import distrust

log = logging.getLogger(__name__)
EVERY = 0.25  # seconds
FROM_BYTES = 4 * 1024 * 1024


class Checkpointer:
    """A thread with a connection of its own (https://sqlite.org/wal.html#ckpt, passive: it blocks nobody)."""

    def __init__(self, database: Path, reserve: DiskReserve, guard: CommitGuard):
        self._reserve, self._guard = reserve, guard
        self._database, self._log = database, database.with_name(database.name + "-wal")
        self._conn: sqlite3.Connection | None = None  # by name it would meet what stands there now
        self._one = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join(10)
        with self._one:
            if self._conn:
                self._conn.close()

    def _run(self) -> None:
        done = 0
        while not self._over.wait(EVERY):
            size = self._size()
            if size > self._reserve.small and not self._reserve.plenty():
                self.give_back()
            elif size - (done if size >= done else 0) >= FROM_BYTES or size > 4 * FROM_BYTES:
                self._checkpoint()
                done = size

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def give_back(self) -> None:
        """The disk is full, or nearly: what the log holds goes into the database, and its room is free again."""
        self._checkpoint("TRUNCATE")

    def _checkpoint(self, how: str = "PASSIVE") -> None:
        """What cannot be done now is done next time, or by the writer; nothing where the files are not ours."""
        try:
            with self._one:
                conn = self._conn or self._connect()
                if self._guard.may_flow_back():
                    conn.execute(f"PRAGMA wal_checkpoint({how})").fetchall()
        except sqlite3.Error as error:
            log.warning("checkpoint: %s", type(error).__name__)

    def _connect(self) -> sqlite3.Connection:
        self._conn = sqlite3.connect(self._database, timeout=1.0, check_same_thread=False)
        distrust(self._conn)
        return self._conn
