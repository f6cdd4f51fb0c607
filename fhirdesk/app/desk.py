"""The desk: the one door through which the window and the command line use the program."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fhirdesk.app.queue_api import QueueDesk
from fhirdesk.app.records_api import RecordsDesk
from fhirdesk.core.errors import AlreadyRunning, DataFolderError
from fhirdesk.core.settings import Settings
from fhirdesk.core.views import CheckStep, Link, Salvaged, ServerView
from fhirdesk.store.sqlite.data_folder import DATABASE, SENDER, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhirdesk.core.queue_entry import Reason
    from fhirdesk.store.sqlite.file_lock import FileLock

LOOKS = 0.5  # seconds between looks whether this process may send
TO_CLOSE = 2.0  # seconds of the time to stop that are kept for closing what hangs


class Desk(RecordsDesk, QueueDesk):
    """What the program can do. Every coroutine may be awaited on any event loop: the work is done on the engine's
    thread, reads on a reader thread. What comes back is frozen values. Errors are FhirDeskError."""

    # -- life

    async def start(self, *, send: bool = True) -> None:
        """Open the store, recover, and (send) begin to drain the queue in the background."""

        async def begin() -> None:
            self._opened_container = self._open_container(self.settings, self.events, self._metrics, self._clock)

        await self._engine.run(begin())
        if send:
            await self.send()

    async def send(self) -> None:
        """Begin to drain the queue in the background: after `start(send=False)`, once what matters more is shown."""

        async def begin() -> None:
            self._background = asyncio.ensure_future(self._serve())

        await self._engine.run(begin())

    async def stop(self, timeout: float = 5.0) -> None:
        """Let the answers in flight arrive, then close everything: in `timeout` seconds, whatever hangs. What is in
        flight then stays so in the store, and is looked at by whoever sends next (A9)."""

        async def end() -> None:
            self._stopping = True
            if self._background:
                self._container.worker.wake()
                await asyncio.wait({self._background}, timeout=max(0.0, timeout - TO_CLOSE))
                self._background.cancel()
                await asyncio.wait({self._background}, timeout=TO_CLOSE / 2)
            await self._engine.cancel_the_rest()
            if self._opened_container:
                await self._opened_container.close()

        await self._engine.end(end(), timeout)

    async def _serve(self) -> None:
        """Send while this process holds the sender's lock; follow other processes whether it does or not."""
        others = asyncio.ensure_future(self._container.peers.watch())
        try:
            while not self._stopping:
                await self._work()
                await asyncio.sleep(0 if self._stopping else LOOKS)
        finally:  # no role is kept by a task that is over (H4)
            others.cancel()
            self._container.sender.release()

    async def _work(self) -> None:
        """Send while this process holds the sender's lock; whatever happens, the next turn tries again. Nothing is sent
        until a person acts if the database's files were exchanged or damaged under us (B8)."""
        from fhirdesk.core.queue_entry import Reason

        worker = self._container.worker
        try:
            with worker.keep_running():
                if self.settings.profile.url and self._container.sender.acquire():
                    await worker.run(lambda: self._stopping)
        except DataFolderError as error:
            worker.link.stand_still(Reason(error.code, error.params))

    # -- server

    async def server(self) -> ServerView:
        """Whether the server can be reached, and if not why and until when."""
        return await self._engine.do(self._server_view)

    def _server_view(self) -> ServerView:
        profile, container = self.settings.profile, self._container
        status = container.worker.link.status
        link = Link.ONLINE
        if not profile.url:
            link = Link.UNSET
        elif status.paused:
            link = Link.PAUSED
        elif self._background and not container.sender.is_held:
            link = Link.ELSEWHERE
        elif status.is_offline:
            link = Link.OFFLINE
        elif self._background and not status.has_connected:
            link = Link.CONNECTING
        latency = self._metrics.view().avg_ms
        return ServerView(
            profile.name,
            profile.url,
            link,
            profile.demo,
            latency,
            status.blocking_reason,
            status.next_try,
            profile.colour,
        )

    async def check(self) -> tuple[CheckStep, ...]:
        """Test the connection step by step."""
        return await self._engine.run(self._container.check())

    async def server_paused(self) -> bool:
        """Whether sending is paused until a person acts."""
        return self._container.worker.link.paused is not None

    async def salvage(self, wreck: Path) -> Salvaged:
        """Fill this empty database with what can be read of a damaged one. Raises Refused when it is not empty."""
        from fhirdesk.sync.operator.salvage import salvage

        return await self._engine.do(lambda: salvage(self._container.store, self._container.mapper, self._clock, wreck))


def open_desk(settings: Settings) -> Desk:
    """A desk for those settings, not started yet. The parts behind it are imported here, so that the window paints
    before they load."""
    from fhirdesk.app.container import Container

    return Desk(settings, Container)


def lock_window(data_dir: Path) -> FileLock | None:
    """Take the lock of the one window of a data folder; None: another window is open. Where the folder cannot be
    written the folder itself is locked, so that one may look (fault B9). Raises DataFolderError."""
    from fhirdesk.store.sqlite import data_folder
    from fhirdesk.store.sqlite.file_lock import FileLock

    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = data_folder.is_writable(data_dir)
        lock = FileLock(data_dir / WINDOW) if written else FileLock(data_dir, create=False)
        return lock if lock.try_acquire() else None
    except OSError as error:
        raise DataFolderError(path=data_dir) from error


@contextmanager
def alone(data_dir: Path, *, has_window: bool = False) -> Iterator[None]:
    """Hold the locks of the window (`has_window`: the caller has it) and of the sender, so that no other process uses
    the folder meanwhile. Raises AlreadyRunning, DataFolderError."""
    from fhirdesk.store.sqlite.file_lock import FileLock

    window, sender = None if has_window else lock_window(data_dir), FileLock(data_dir / SENDER)
    try:
        if not (window or has_window) or not sender.try_acquire():
            raise AlreadyRunning
        yield
    except OSError as error:
        raise DataFolderError(path=data_dir) from error
    finally:
        sender.release()
        if window:
            window.release()


def start_over(data_dir: Path, *, has_window: bool = False) -> list[Path]:
    """Move the database aside, so that a new one is made; nothing is deleted. Returns where the files went, the
    database first. Raises AlreadyRunning: a process that has it open would go on saving into the moved files."""
    from fhirdesk.core.clock import Clock
    from fhirdesk.store.sqlite import opening

    with alone(data_dir, has_window=has_window):
        return opening.start_over(data_dir / DATABASE, Clock().now())


def accept_store(data_dir: Path) -> None:
    """Go on with the database as it is, though saves are missing in it, because a person decided so. Raises
    AlreadyRunning, DataFolderError, StoreError."""
    from fhirdesk.core.clock import Clock
    from fhirdesk.store.sqlite import opening

    with alone(data_dir):
        opening.accept(data_dir / DATABASE, Clock().now())


def verify_store(settings: Settings) -> list[Reason]:
    """Check every page, row and audit entry of the database. Returns what is not as it was saved. Raises
    DataFolderError, StoreError."""
    from fhirdesk.store.damage.integrity_check import verify

    return verify(settings.data_dir, share=settings.network_share)


__all__ = ["DATABASE", "Desk", "accept_store", "lock_window", "open_desk", "start_over", "verify_store"]
