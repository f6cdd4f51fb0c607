"""Checkpoints run in a thread of their own, so that the writer never waits while the write-ahead log is moved back."""

import logging
import sqlite3
import threading
from pathlib import Path

from fhirdesk.store.database.commit_guard import CommitGuard
from fhirdesk.store.sqlite.disk_reserve import DiskReserve
from fhirdesk.store.sqlite.engine import distrust

log = logging.getLogger(__name__)
INTERVAL = 0.25  # seconds
FROM_BYTES = 4 * 1024 * 1024


class Checkpointer:
    """Moves the log into the database while it is in use. Its thread has a connection of its own and makes passive
    checkpoints, which block nobody (https://sqlite.org/wal.html#ckpt)."""

    def __init__(self, database: Path, reserve: DiskReserve, guard: CommitGuard):
        self._reserve, self._guard = reserve, guard
        self._database, self._log = database, database.with_name(database.name + "-wal")
        self._conn: sqlite3.Connection | None = None  # kept: opened by name again it could be an exchanged file
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and close its connection."""
        self._closing.set()
        self._thread.join(10)
        with self._lock:
            if self._conn:
                self._conn.close()

    def _run(self) -> None:
        last_size = 0
        while not self._closing.wait(INTERVAL):
            size = self._log_size()
            if size > self._reserve.log_limit and not self._reserve.has_plenty():
                self.truncate_log()
            elif size - (last_size if size >= last_size else 0) >= FROM_BYTES or size > 4 * FROM_BYTES:
                self._checkpoint()
                last_size = size

    def _log_size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def truncate_log(self) -> None:
        """Empty the log into the database, which frees its space on a disk that is full, or nearly."""
        self._checkpoint("TRUNCATE")

    def _checkpoint(self, mode: str = "PASSIVE") -> None:
        """Make a checkpoint, but only while the files are ours. What cannot be moved now is moved next time, or by the
        writer."""
        try:
            with self._lock:
                conn = self._conn or self._connect()
                if self._guard.may_checkpoint():
                    conn.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        except sqlite3.Error as error:
            log.warning("checkpoint: %s", type(error).__name__)

    def _connect(self) -> sqlite3.Connection:
        self._conn = sqlite3.connect(self._database, timeout=1.0, check_same_thread=False)
        distrust(self._conn)
        return self._conn
