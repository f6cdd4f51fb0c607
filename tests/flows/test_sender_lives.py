"""H4: the sender of an open desk goes on whatever happens in it, and a task that is over keeps no role."""

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.errors import StoreBusy
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.store.queue.entries import Entries
from fhirdesk.store.sqlite.data_folder import SENDER
from fhirdesk.store.sqlite.file_lock import FileLock
from fhirdesk.sync.worker.worker import Worker
from tests.factories import person_fields
from tests.marks import fault
from tests.require import require
from tests.scripted import FakeFhirServer

FIELDS = person_fields()


def breaks(times: int, error: Exception, real: Callable[..., Any]) -> Callable[..., Any]:
    """The first times it raises."""
    left = [times]

    def broken(*words: Any, **more: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return real(*words, **more)

    return broken


async def arrives(desk: Desk) -> None:
    """A record that is saved now is on the server soon."""
    await desk.records.register("patient", FIELDS, str(uuid.uuid4()))
    for _ in range(200):
        if (await desk.queue.count_by_status())[Status.COMPLETED] == 1:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never arrived")


@fault("H4")
@pytest.mark.parametrize(
    ("owner", "name", "error"),
    [(Worker, "run", TypeError("x")), (Worker, "_start_what_is_due", KeyError("x")), (Entries, "recover", StoreBusy())],
)
def test_the_window_s_sender_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, error: Exception
) -> None:
    async def scene(url: str) -> None:
        desk = open_desk(Settings(tmp_path / "data", Profile(url=url)))
        monkeypatch.setattr(owner, name, breaks(2, error, getattr(owner, name)))
        await desk.start()
        try:
            await arrives(desk)
        finally:
            await desk.stop()

    with FakeFhirServer() as server:
        asyncio.run(scene(server.url))
        assert len(server.held) == 1


@fault("H4")
def test_a_sender_that_is_over_keeps_no_role(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        desk = open_desk(Settings(tmp_path / "data", Profile(url=url)))
        await desk.start()
        try:
            await arrives(desk)
            task = require(desk._background.task)
            task.get_loop().call_soon_threadsafe(task.cancel)
            await asyncio.sleep(0.5)
            lock = FileLock(tmp_path / "data" / SENDER)
            assert lock.try_acquire()
            lock.release()
        finally:
            await desk.stop()

    with FakeFhirServer() as server:
        asyncio.run(scene(server.url))


def test_send_now_says_what_it_really_does(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = open_desk(Settings(tmp_path / "data", Profile(url="http://127.0.0.1:9/fhir")))
        await desk.start(send=False)
        try:
            assert (await desk.queue.send_now()).code == "send_now_nothing"
            await desk.records.register("patient", FIELDS, str(uuid.uuid4()))
            assert await desk.queue.send_now() == Reason("done_send_now", {"count": "1", "looked": "0"})
            await desk.queue.pause()
            assert (await desk.queue.send_now()).code == "send_now_paused"
        finally:
            await desk.stop()

    asyncio.run(scene())
