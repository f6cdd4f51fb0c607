"""Signals of the operating system end the window as Quit does: Ctrl+C in a terminal, a service manager, a logout.

Python runs a handler only between two of its own instructions, and Qt's loop may sleep for long between them: the
interpreter writes each signal's number to a socket at once, and the loop is woken by that.
"""

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two are not on every system
ENDING = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]


class Signals(QObject):
    """Calls `end` for each signal that asks for the end, until it is closed."""

    def __init__(self, end: Callable[[], None], parent: QObject | None = None):
        super().__init__(parent)
        self._end = end
        self._read, self._write = socket.socketpair()
        for each in (self._read, self._write):
            each.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read_signals)
        self._before = {number: signal.signal(number, _ignore) for number in ENDING}
        self._woke = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def _read_signals(self) -> None:
        with suppress(BlockingIOError):
            if set(self._read.recv(64)) & set(ENDING):
                self._end()

    def close(self) -> None:
        """Restore the signal handlers that were there before."""
        signal.set_wakeup_fd(self._woke)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The number is in the socket; nothing else happens between two instructions."""
