"""The desk opens the program for one actor and closes it; what can be done lies in its three parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fhirdesk.app.desk.background import BackgroundSender
from fhirdesk.app.desk.door import Door
from fhirdesk.app.desk.queue import QueueDesk
from fhirdesk.app.desk.records import RecordsDesk
from fhirdesk.app.desk.server import ServerDesk
from fhirdesk.core.clock import Clock
from fhirdesk.core.events import Events
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.permissions import LOCAL, Actor
from fhirdesk.core.settings import Settings

if TYPE_CHECKING:
    from fhirdesk.app.container import Container

TO_CLOSE = 2.0  # seconds of the time to stop that are kept for closing what hangs
OpenContainer = Callable[[Settings, Actor, Events, Metrics, Clock], "Container"]


class Desk:
    """What the program can do for an actor: `records`, `queue` and `server`. Every coroutine may be awaited on any
    event loop: the work is done on the engine's thread, reads on a reader thread. What comes back is frozen values.
    Errors are FhirDeskError; Forbidden for what the actor may not do."""

    def __init__(self, settings: Settings, open_container: OpenContainer, actor: Actor = LOCAL):
        self.settings, self.events = settings, Events()
        self._open_container = open_container
        self._door = Door(actor)
        self._background = BackgroundSender()
        self.records = RecordsDesk(self._door, self._background)
        self.queue = QueueDesk(self._door)
        self.server = ServerDesk(self._door, self._background)

    @property
    def actor(self) -> Actor:
        """Who uses the desk: the faces ask what they may do before they offer it."""
        return self._door.actor

    async def start(self, *, send: bool = True) -> None:
        """Open the store, recover, and (send) begin to drain the queue in the background."""

        def build() -> None:
            self._door.container = self._open_container(
                self.settings, self._door.actor, self.events, Metrics(), Clock()
            )

        await self._door.threads.do(build)
        if send:
            await self.send()

    async def send(self) -> None:
        """Begin to drain the queue in the background: after `start(send=False)`, once what matters more is shown."""
        await self._door.threads.do(lambda: self._background.start(self._door.parts))

    async def stop(self, timeout: float = 5.0) -> None:
        """Let the answers in flight arrive, then close everything: in `timeout` seconds, whatever hangs. What is in
        flight then stays so in the store, and is looked at by whoever sends next (A9)."""
        threads = self._door.threads

        async def end() -> None:
            container = self._door.container
            if container:
                await self._background.stop(container, max(0.0, timeout - TO_CLOSE), TO_CLOSE / 2)
            await threads.cancel_the_rest()
            if container:
                await container.close()

        await threads.end(end(), timeout)


def open_desk(settings: Settings, actor: Actor = LOCAL) -> Desk:
    """A desk for those settings and that actor, not started yet. The store is imported here, so that the window paints
    before it loads."""
    from fhirdesk.app.container import Container

    return Desk(settings, Container, actor)
