"""Core events → Qt signals: events arrive on the engine's thread and leave on the window's, many of a kind as one."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from fhirdesk.core.events import Event, Events, QueueChanged, RecordsChanged


class Bridge(QObject):
    """Signals for what the store announced."""

    records_changed = Signal()
    queue_changed = Signal()
    server_changed = Signal()
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._leave: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._waiting: set[type[Event]] = set()  # kinds that the window's thread has not seen yet

    def listen(self, events: Events) -> None:
        """Pass on the events of this desk, and no longer those of another."""
        self.stop()
        self._leave = events.subscribe(self._tell)

    def stop(self) -> None:
        """Pass nothing on."""
        if self._leave:
            self._leave()
        self._leave = None

    def _tell(self, event: Event) -> None:
        """On the publisher's thread, which must not stumble over a window that is gone. While one message is on its way
        to the window, what comes meanwhile goes with it."""
        with self._lock:
            first = not self._waiting
            self._waiting.add(type(event))
        if first and isValid(self):
            self._arrived.emit()

    def _pass_on(self) -> None:
        with self._lock:
            kinds, self._waiting = self._waiting, set()
        signals = {RecordsChanged: self.records_changed, QueueChanged: self.queue_changed}
        for kind in kinds:
            signals.get(kind, self.server_changed).emit()
