"""The chip says connecting until the server said what it is."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

from fhirdesk.app.desk import open_desk
from fhirdesk.core.settings import Profile, load_settings
from fhirdesk.core.views import Link
from tests.scripted import FakeFhirServer, RecordedRequest, Reply


def test_the_server_is_connecting_until_it_said_what_it_is(tmp_path: Path) -> None:
    asked, may = threading.Event(), threading.Event()

    def slow(request: RecordedRequest) -> Reply | None:
        if request.path.endswith("metadata"):
            asked.set()
            may.wait(10)
        return None

    async def scene(url: str) -> list[Link]:
        settings = load_settings(data_dir=tmp_path, environ={})
        desk = open_desk(replace(settings, profile=Profile("clinic", url=url)))
        await desk.start()
        try:
            await asyncio.to_thread(asked.wait, 10)
            seen = [(await desk.server.get_status()).link]
            may.set()
            for _ in range(200):
                seen.append((await desk.server.get_status()).link)
                if seen[-1] is not Link.CONNECTING:
                    break
                await asyncio.sleep(0.02)
            return seen
        finally:
            may.set()
            await desk.stop()

    with FakeFhirServer() as server:
        server.script = slow
        seen = asyncio.run(scene(server.url))
    assert seen[0] is Link.CONNECTING and seen[-1] is Link.ONLINE
