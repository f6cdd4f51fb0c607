"""Collects garbage on the window's thread alone: a cycle that holds a Qt object, collected by the engine's thread,
would destroy that object on the wrong thread and crash the program."""

import gc

from PySide6.QtCore import QObject, QTimer

PERIOD = 100  # ms
YOUNG = 2000  # new containers since the last look
OLDER, OLDEST = 10, 600  # looks between collections of the older generations


class GcThreadGuard(QObject):
    """Replaces Python's own schedule of collections until `end`. What was loaded at the start is frozen, so that a full
    collection is short."""

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        gc.disable()
        self._ticks = 0
        self._timer = QTimer(self, interval=PERIOD)
        self._timer.timeout.connect(self._collect_due)
        self._timer.start()

    def _collect_due(self) -> None:
        self._ticks += 1
        if self._ticks % OLDEST == 0:
            gc.collect()
        elif self._ticks % OLDER == 0:
            gc.collect(1)
        elif gc.get_count()[0] > YOUNG:
            gc.collect(0)

    def end(self) -> None:
        """Give the collections back to Python's own schedule."""
        self._timer.stop()
        gc.enable()
