"""The coroutines that the user's actions start: kept alive until they end, their errors shown to the user. qasync holds
the tasks of its own slots weakly, so that they can vanish in mid-flight; here a set holds them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fhirdesk.core.errors import FhirDeskError

log = logging.getLogger(__name__)


class Tasks(QObject):
    """Starts coroutines. `failed` carries the error of one that failed."""

    failed = Signal(object)  # FhirDeskError

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._running: set[asyncio.Task[None]] = set()
        self.ended = False  # after the end no read begins

    def start(self, work: Coroutine[Any, Any, object]) -> "asyncio.Task[None]":
        """Run a coroutine to its end, even when the widget that started it is gone; returns its task."""
        task = asyncio.ensure_future(self._guard(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(
            lambda _: work.close()
        )  # a coroutine cancelled before its first step never closes itself
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
        """Cancel all coroutines and wait until they have ended."""
        self.ended = True
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


class Refresher(QObject):
    """Reads a pane's data again when it changed: one read at a time, at most four a second, and fewer where a read is
    slow (a million rows), so that the pane stays fresh without keeping the reader busy."""

    SHORTEST = 0.25  # seconds

    def __init__(self, tasks: Tasks, read: Callable[[], Awaitable[None]], parent: QObject | None = None):
        super().__init__(parent)
        self._tasks, self._read = tasks, read
        self._busy = self._again = False
        self._free_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._begin)

    def read_soon(self) -> None:
        """Read again when the pause after the last read is over: the data changed."""
        if self._busy:
            self._again = True
        elif not self._timer.isActive():
            self._timer.start(max(0, round((self._free_at - time.monotonic()) * 1000)))

    def read_now(self) -> None:
        """Read again without a pause: the user asked."""
        self._free_at = 0.0
        self._timer.stop()
        self.read_soon()

    def stop(self) -> None:
        """Drop the reads that have not begun."""
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
                self.read_soon()
