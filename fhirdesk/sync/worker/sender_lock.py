"""Who sends: one process alone for a data folder, and what it does first (rule 8)."""

from pathlib import Path

from fhirdesk.core.events import QueueChanged
from fhirdesk.store.sqlite.data_folder import SENDER
from fhirdesk.store.sqlite.file_lock import FileLock
from fhirdesk.store.store import Store


class SenderLock:
    """The role of the sender: an OS lock, gone with its process, however it died."""

    def __init__(self, store: Store, data_dir: Path):
        self._store = store
        self._lock = FileLock(data_dir / SENDER)

    @property
    def held(self) -> bool:
        """Whether this process is the sender."""
        return self._lock.is_held

    def elsewhere(self) -> bool:
        """Whether another process sends."""
        if self._lock.is_held or self._store.read_only:
            return False
        taken = self._lock.try_acquire()
        self._lock.release()
        return not taken

    def take(self) -> bool:
        """Become the sender and recover what a dead one left; False: another process sends."""
        if self._lock.is_held:
            return True
        if self._store.read_only or not self._lock.try_acquire():
            return False
        try:
            self._recover()
        except BaseException:
            self._lock.release()  # whoever takes it next recovers first
            raise
        return True

    def _recover(self) -> None:
        with self._store.transaction() as tx:
            if self._store.queue.recover(tx.conn):
                tx.emit(QueueChanged())

    def give_back(self) -> None:
        """Another process may send."""
        self._lock.release()
