"""Sends an unguarded create alone, without any other write, if the server cannot take two writes at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fhirdesk.core.exchange import Response
from fhirdesk.remote.status import has_crashed
from fhirdesk.sync.link.server_limits import ServerLimits


class CreateGate:
    """Grants turns to write. A crash (500) of a create that ran beside another write shows that the server takes only
    one at a time."""

    def __init__(self, server_limits: ServerLimits):
        self._server_limits, self._changed = server_limits, asyncio.Condition()
        self._writes = self._creates = 0  # running now
        self._overlapped = False  # a create ran beside another write since nothing was running last

    @asynccontextmanager
    async def turn(self, *, creates: bool) -> AsyncIterator[None]:
        """Wait for the turn to write and hold it. If the server takes one create at a time, updates run beside each
        other and a create runs alone."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._may_start(creates))
            self._writes, self._creates = self._writes + 1, self._creates + creates
            self._overlapped = self._overlapped or (self._creates > 0 and self._writes > 1)
        try:
            yield
        finally:
            await asyncio.shield(self._finish(creates))

    def _may_start(self, creates: bool) -> bool:
        return self._server_limits.takes_parallel_creates or (self._writes == 0 if creates else self._creates == 0)

    async def _finish(self, creates: bool) -> None:
        async with self._changed:
            self._writes, self._creates = self._writes - 1, self._creates - creates
            self._overlapped = self._overlapped and self._writes > 0
            self._changed.notify_all()

    def record_response(self, response: Response) -> None:
        """Record the response to a create, while the create still counts as running."""
        if has_crashed(response) and self._overlapped:
            self._server_limits.disable_parallel_creates()
