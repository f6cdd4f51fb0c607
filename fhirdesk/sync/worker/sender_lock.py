"""One process alone sends for a data folder; it first recovers what a dead one left in flight (rule 8)."""

from contextlib import ExitStack
from pathlib import Path

from fhirdesk.core.events import QueueChanged
from fhirdesk.store.sqlite.data_folder import SENDER
from fhirdesk.store.sqlite.file_lock import FileLock
from fhirdesk.store.store import Store


class SenderLock:
    """The right to send: a lock of the operating system, which ends with its process, however that died."""

    def __init__(self, store: Store, data_dir: Path):
        self._store = store
        self._lock = FileLock(data_dir / SENDER)

    @property
    def is_held(self) -> bool:
        """True if this process sends."""
        return self._lock.is_held

    def is_held_elsewhere(self) -> bool:
        """True if another process sends."""
        if self._lock.is_held or self._store.read_only:
            return False
        is_free = self._lock.try_acquire()
        self._lock.release()
        return not is_free

    def acquire(self) -> bool:
        """Become the sender and recover what a dead one left in flight. False if another process sends, or the store is
        read-only."""
        if self._lock.is_held:
            return True
        if self._store.read_only or not self._lock.try_acquire():
            return False
        with ExitStack() as undo:
            undo.callback(self._lock.release)  # if recovery fails: whoever takes it next recovers first
            self._recover()
            undo.pop_all()
        return True

    def _recover(self) -> None:
        with self._store.transaction() as tx:
            if tx.entries.recover():
                tx.emit(QueueChanged())

    def release(self) -> None:
        """Let another process send."""
        self._lock.release()
