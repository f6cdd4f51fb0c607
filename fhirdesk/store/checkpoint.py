"""The write-ahead log flows back into the database beside the writer, who then never waits for it."""

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)
EVERY = 0.25  # seconds
FROM_BYTES = 4 * 1024 * 1024


class Checkpointer:
    """A thread with a connection of its own (https://sqlite.org/wal.html#ckpt, passive: it blocks nobody)."""

    def __init__(self, database: Path):
        self._database, self._log = database, database.with_name(database.name + "-wal")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join(10)

    def _run(self) -> None:
        done = 0
        while not self._over.wait(EVERY):
            size = self._size()
            if size - (done if size >= done else 0) >= FROM_BYTES or size > 4 * FROM_BYTES:
                self._checkpoint()
                done = size

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def _checkpoint(self) -> None:
        """What cannot be done now is done next time, or by the writer."""
        try:
            with closing(sqlite3.connect(self._database)) as conn:
                conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            log.warning("checkpoint: %s", type(error).__name__)
