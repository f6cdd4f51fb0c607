"""Creates that nothing guards go alone, without any write beside, where the server cannot take two at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fhirdesk.core.exchange import Response
from fhirdesk.remote.status import has_crashed
from fhirdesk.sync.link.server_limits import ServerLimits


class CreateGate:
    """Turns to write. A 500 to a create that had company tells that the server takes one at a time."""

    def __init__(self, learned: ServerLimits):
        self._learned, self._changed = learned, asyncio.Condition()
        self._writes = self._creates = 0  # under way
        self._company = False  # since the last time that nothing was under way, two were

    @asynccontextmanager
    async def turn(self, *, creates: bool) -> AsyncIterator[None]:
        """Wait for it, where it is one at a time: updates go beside each other, a create beside nothing."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._may_go(creates))
            self._writes, self._creates = self._writes + 1, self._creates + creates
            self._company = self._company or (self._creates > 0 and self._writes > 1)
        try:
            yield
        finally:
            await asyncio.shield(self._over(creates))

    def _may_go(self, creates: bool) -> bool:
        return self._learned.takes_parallel_creates or (self._writes == 0 if creates else self._creates == 0)

    async def _over(self, creates: bool) -> None:
        async with self._changed:
            self._writes, self._creates = self._writes - 1, self._creates - creates
            self._company = self._company and self._writes > 0
            self._changed.notify_all()

    def note(self, answer: Response) -> None:
        """What a create was answered, while it still counts as under way."""
        if has_crashed(answer) and self._company:
            self._learned.disable_parallel_creates()
