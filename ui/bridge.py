"""Core events → Qt signals: an event arrives on the engine's thread and leaves on the window's."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from fhirdesk.events import Event, Events, QueueChanged, RecordsChanged


class Bridge(QObject):
    """Signals for what the store announced."""

    records_changed = Signal()
    queue_changed = Signal()
    server_changed = Signal()
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._leave: Callable[[], None] | None = None

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
        """On the publisher's thread, which must not stumble over a window that is gone."""
        if isValid(self):
            self._arrived.emit(event)

    def _pass_on(self, event: Event) -> None:
        if isinstance(event, RecordsChanged):
            self.records_changed.emit()
        elif isinstance(event, QueueChanged):
            self.queue_changed.emit()
        else:
            self.server_changed.emit()
