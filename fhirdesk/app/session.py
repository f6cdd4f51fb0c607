"""What every part of the desk uses: the engine's threads, the container, and a way to wake the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from fhirdesk.core.clock import Clock
from fhirdesk.core.events import Events
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.settings import Settings

if TYPE_CHECKING:
    from fhirdesk.app.container import Container

PATIENCE = 15.0  # seconds beyond the deadline that a person waits for an outcome


class DeskBase:
    """Owns the engine's threads and, once started, the container that `open_container` makes."""

    events: Events
    settings: Settings

    def __init__(self, settings: Settings, open_container: Callable[[Settings, Events, Metrics, Clock], Container]):
        from fhirdesk.app.threads import LoopThread

        self.settings, self.events = settings, Events()
        self._clock, self._metrics = Clock(), Metrics()
        self._engine = LoopThread()
        self._open_container = open_container
        self._opened_container: Container | None = None
        self._stopping = False
        self._background: asyncio.Task[None] | None = None

    @property
    def _container(self) -> Container:
        assert self._opened_container is not None, "start() comes first"
        return self._opened_container

    def _wake(self) -> None:
        self._engine.wake(self._container.worker.wake)

    @property
    def _patience(self) -> float:
        """Seconds to wait for the outcome of an edit, or of a change that another process sends."""
        return self.settings.deadline * 2 + PATIENCE
