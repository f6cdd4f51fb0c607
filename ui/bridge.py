"""Turns core events into Qt signals. Events arrive on the engine's thread; the signals are emitted on the window's, one
for many events of a kind."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from fhirdesk.core.events import Event, Events, QueueChanged, RecordsChanged


class Bridge(QObject):
    """Signals for the events of the open desk."""

    records_changed = Signal()
    queue_changed = Signal()
    server_changed = Signal()
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._arrived.connect(self._emit_signals, Qt.ConnectionType.QueuedConnection)
        self._leave: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._waiting: set[type[Event]] = set()  # kinds that the window's thread has not seen yet

    def listen(self, events: Events) -> None:
        """Emit signals for the events of this desk, and no longer for those of another."""
        self.stop()
        self._leave = events.subscribe(self._note_event)

    def stop(self) -> None:
        """Unsubscribe from the events: no signal follows."""
        if self._leave:
            self._leave()
        self._leave = None

    def _note_event(self, event: Event) -> None:
        """Note the kind of event and wake the window's thread. Runs on the publisher's thread, which must not fail over
        a window that is gone. Events that arrive before the window has looked need no second wake-up."""
        with self._lock:
            first = not self._waiting
            self._waiting.add(type(event))
        if first and isValid(self):
            self._arrived.emit()

    def _emit_signals(self) -> None:
        with self._lock:
            kinds, self._waiting = self._waiting, set()
        signals = {RecordsChanged: self.records_changed, QueueChanged: self.queue_changed}
        for kind in kinds:
            signals.get(kind, self.server_changed).emit()
