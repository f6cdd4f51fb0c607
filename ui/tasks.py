"""Coroutines that a user's action started: kept alive until they end, their errors told to the user.

qasync holds the tasks of its own slots weakly, so that they can vanish in mid-flight: here a strong set keeps them.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fhirdesk.core.errors import FhirDeskError

log = logging.getLogger(__name__)


class Tasks(QObject):
    """Starts coroutines. `failed` brings the error of one that did not end well."""

    failed = Signal(object)  # FhirDeskError

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._running: set[asyncio.Task[None]] = set()
        self.ended = False  # nothing is read again after the end

    def start(self, work: Coroutine[Any, Any, object]) -> "asyncio.Task[None]":
        """Run to the end, whatever happens to the widget that asked for it."""
        task = asyncio.ensure_future(self._guard(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: work.close())  # one that was cancelled before its first step
        return task

    async def _guard(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except FhirDeskError as error:
            self.failed.emit(error)
        except Exception as error:  # the last guard of what a user started
            log.exception("a user's action failed")
            self.failed.emit(FhirDeskError("internal", kind=type(error).__name__))

    async def end(self) -> None:
        """Cancel everything and wait for it."""
        self.ended = True
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


class Refresher(QObject):
    """Reads a pane again when something changed: one reading at a time, four a second at most, and fewer where a
    reading is slow (a million rows), so that what it shows stays fresh without keeping the reader busy."""

    SHORTEST = 0.25  # seconds

    def __init__(self, tasks: Tasks, read: Callable[[], Awaitable[None]], parent: QObject | None = None):
        super().__init__(parent)
        self._tasks, self._read = tasks, read
        self._busy = self._again = False
        self._free_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._begin)

    def soon(self) -> None:
        """Something changed."""
        if self._busy:
            self._again = True
        elif not self._timer.isActive():
            self._timer.start(max(0, round((self._free_at - time.monotonic()) * 1000)))

    def now(self) -> None:
        """The user asked: do not wait."""
        self._free_at = 0.0
        self._timer.stop()
        self.soon()

    def stop(self) -> None:
        """Read no more."""
        self._timer.stop()
        self._again = False

    def _begin(self) -> None:
        if not self._busy and not self._tasks.ended:
            self._busy = True
            self._tasks.start(self._run())

    async def _run(self) -> None:
        started = time.monotonic()
        try:
            await self._read()
        finally:
            self._busy = False
            self._free_at = time.monotonic() + max(self.SHORTEST, 4 * (time.monotonic() - started))
            if self._again:
                self._again = False
                self.soon()
