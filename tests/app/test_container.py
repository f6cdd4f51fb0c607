"""The container belongs to the engine's thread: no part of it is built elsewhere, and what is heavy only when used."""

import asyncio
import subprocess
import sys
import threading
from functools import cached_property
from pathlib import Path

import pytest

from fhirdesk.app.container import Container, NotBuilt
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import QueueQuery
from tests.app.test_permissions import VERBS, attempt
from tests.scripted import FakeFhirServer

PARTS = [name for name, value in vars(Container).items() if isinstance(value, cached_property)]
HEAVY = {"httpx2", "fhirdesk.remote.client", "fhirdesk.converters.registry", "fhirdesk.sync.worker.worker"}


async def started(tmp_path: Path, url: str | None = None) -> Desk:
    desk = open_desk(Settings(tmp_path / "data", Profile("clinic", url=url)))
    await desk.start(send=False)
    return desk


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_built_on_the_engine_s_thread_alone(name: str, tmp_path: Path) -> None:
    async def scene() -> None:
        desk = await started(tmp_path)
        container = desk._door.parts
        with pytest.raises(NotBuilt):
            getattr(container, name)
        with pytest.raises(NotBuilt):
            await desk._door.threads.read(lambda: getattr(container, name))
        part = await desk._door.threads.do(lambda: getattr(container, name))
        assert getattr(container, name) is part  # once it is there, any thread may have it
        await desk.stop()

    asyncio.run(scene())


def test_no_verb_builds_or_loads_anything_on_another_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every verb from the caller's thread; a part that is asked for elsewhere raises NotBuilt."""
    built: dict[str, str] = {}
    for name in PARTS:
        build = vars(Container)[name].func

        def watched(container: Container, name: str = name, build: object = build) -> object:
            built[name] = threading.current_thread().name
            return build(container)  # type: ignore[operator]

        monkeypatch.setattr(vars(Container)[name], "func", watched)

    async def scene(url: str) -> None:
        desk = await started(tmp_path, url)
        for verb in VERBS:
            await attempt(desk, verb, "P-1")
        await desk.stop()

    with FakeFhirServer() as server:
        asyncio.run(scene(server.url))
    assert set(built) == set(PARTS) and set(built.values()) == {"engine"}


LOOKS = """
import asyncio, pathlib, sys
from fhirdesk.app.desk import open_desk
from fhirdesk.core.settings import Profile, Settings
async def look():
    desk = open_desk(Settings(pathlib.Path(sys.argv[1]), Profile("clinic", url="http://127.0.0.1:9/fhir")))
    await desk.start(send=False)
    await desk.queue.retry([])
    await desk.queue.change("hold", [])
    await desk.queue.pause()
    await desk.queue.count_by_status()
    await desk.stop()
asyncio.run(look())
print(*sys.modules)
"""


def test_a_retry_of_nothing_loads_no_client_and_no_converters(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOOKS, str(tmp_path)]
    modules = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.split()
    assert "fhirdesk.sync.operator.queue_operations" in modules and not HEAVY & set(modules)


def test_a_look_at_the_queue_asks_no_worker_into_being(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = await started(tmp_path, "http://127.0.0.1:9/fhir")
        await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery()))
        await desk.queue.change("release", [])
        assert desk._door.parts.built_worker is None
        await desk.stop()

    asyncio.run(scene())
