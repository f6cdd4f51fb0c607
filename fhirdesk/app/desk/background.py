"""Sending in the background of the window: while this process may, and as long as the desk is open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.queue_entry import Reason

if TYPE_CHECKING:
    from fhirdesk.app.container import Container

LOOKS = 0.5  # seconds between looks whether this process may send


class BackgroundSender:
    """Drains the queue while it holds the sender's lock. Runs on the engine's loop."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def is_running(self) -> bool:
        """True once sending in the background has begun."""
        return self.task is not None

    def start(self, parts: Container) -> None:
        """Begin to send."""
        self.task = asyncio.ensure_future(self._serve(parts))

    async def stop(self, parts: Container, patience: float, to_close: float) -> None:
        """Start nothing more; let the answers in flight arrive in `patience` seconds, then end."""
        self._stopping = True
        if self.task:
            parts.wake_worker()
            await asyncio.wait({self.task}, timeout=patience)
            self.task.cancel()
            await asyncio.wait({self.task}, timeout=to_close)

    async def _serve(self, parts: Container) -> None:
        """Send while this process holds the sender's lock; follow other processes whether it does or not."""
        others = asyncio.ensure_future(parts.peers.watch())
        try:
            while not self._stopping:
                await self._work(parts)
                await asyncio.sleep(0 if self._stopping else LOOKS)
        finally:  # no role is kept by a task that is over (H4)
            others.cancel()
            parts.sender.release()

    async def _work(self, parts: Container) -> None:
        """Send while this process holds the sender's lock; whatever happens, the next turn tries again. Nothing is sent
        until a person acts if the database's files were exchanged or damaged under us (B8)."""
        worker = parts.worker
        try:
            with worker.keep_running():
                if parts.settings.profile.url and parts.sender.acquire():
                    await worker.run(lambda: self._stopping)
        except DataFolderError as error:
            worker.link.stand_still(Reason(error.code, error.params))


async def send_edits(parts: Container) -> None:
    """Without a sender anywhere, or once the one that was there ends, this process sends the edit's lane itself."""
    if not parts.settings.profile.url:
        return
    while not parts.sender.acquire():  # noqa: ASYNC110 - a lock of the operating system tells nobody
        await asyncio.sleep(0.2)
    try:
        await parts.worker.run_edits()
    finally:
        parts.sender.release()
