"""The desk's server: how it stands, and the test of the connection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fhirdesk.app.desk.background import BackgroundSender
from fhirdesk.app.desk.door import Door
from fhirdesk.core.metrics import summarise
from fhirdesk.core.permissions import Action
from fhirdesk.core.records import resource_types
from fhirdesk.core.views import CheckStep, Link, LinkStatus, MetricsView, ServerFacts, ServerView

if TYPE_CHECKING:
    from fhirdesk.app.container import Container
    from fhirdesk.store.unit_of_work import Snapshot


class ServerDesk:
    """What a person can ask about the server."""

    def __init__(self, door: Door, background: BackgroundSender):
        self._door, self._background = door, background

    async def get_status(self) -> ServerView:
        """Whether the server can be reached, and if not why and until when."""
        return await self._door.do(Action.GET_SERVER_STATUS, self._view)

    def _view(self, parts: Container) -> ServerView:
        profile, status = parts.settings.profile, parts.worker.link.status
        return ServerView(
            profile.name,
            profile.url,
            self._link(parts, status),
            profile.demo,
            parts.metrics.view().avg_ms,
            status.blocking_reason,
            status.next_try,
            profile.colour,
        )

    def _link(self, parts: Container, status: LinkStatus) -> Link:
        sends = self._background.is_running
        if not parts.settings.profile.url:
            return Link.UNSET
        if status.paused:
            return Link.PAUSED
        if sends and not parts.sender.is_held:
            return Link.ELSEWHERE
        if status.is_offline:
            return Link.OFFLINE
        return Link.CONNECTING if sends and not status.has_connected else Link.ONLINE

    async def get_metrics(self) -> MetricsView:
        """How fast and how well the server answered the last requests. They are in the store, so every process sees
        them."""
        return await self._door.read(Action.GET_METRICS, self._summarise)

    @staticmethod
    def _summarise(view: Snapshot) -> MetricsView:
        queue = view.queue_views
        summary = summarise(*queue.read_answers())
        return replace(summary, last_saved_at=queue.read_last_saved(), next_due_at=queue.find_next_due())

    async def get_facts(self) -> ServerFacts | None:
        """What the server says that it is and takes; None: it was not asked yet."""

        def read(parts: Container) -> ServerFacts | None:
            from fhirdesk.app.server_facts import read_facts

            link = parts.worker.link
            return read_facts(link.capabilities) if link.is_known else None

        return await self._door.do(Action.GET_SERVER_FACTS, read)

    async def check(self) -> tuple[CheckStep, ...]:
        """Test the connection step by step: name, TLS, metadata, sign-in, reading."""

        async def run(parts: Container) -> tuple[CheckStep, ...]:
            from fhirdesk.converters import registry
            from fhirdesk.remote.connection_test import ConnectionTest

            return await ConnectionTest(parts.remote, resource_types(registry.record_types())).run()

        return await self._door.run(Action.CHECK_SERVER, run)

    async def is_paused(self) -> bool:
        """Whether sending is paused until a person acts."""
        return await self._door.do(Action.IS_PAUSED, lambda parts: parts.worker.link.paused is not None)
