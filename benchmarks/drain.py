"""The durable drain beside a raw loop that posts the same Bundles, at 50 ms of server time; and the Qt loop meanwhile.

    python -m benchmarks.drain [patients] [delay in ms]

Goals: ours >= 0.8 of the raw loop; the Qt loop's 5 ms timer with a p99 gap under 20 ms.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import gc

import httpx2
import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.common import journal, percentile, server
from fhirdesk import sample
from fhirdesk.converters import registry
from fhirdesk.converters.base import Context
from fhirdesk.desk import Desk, open_desk
from fhirdesk.entry import Status
from fhirdesk.r4 import json
from fhirdesk.settings import Profile, Settings

CAP, IN_FLIGHT = 100, 2


def bundles(patients: int) -> list[bytes]:
    """The resources of the sample clinic's patients as Bundles of conditional creates, as the desk would post them."""
    context = Context(base="https://fhir.hospital.com", time_zone="Asia/Seoul", vendor="generic")
    rows = [r for r in sample.generate(patients, 1, results=0) if r["type"] == "patient"]
    entries = []
    for row in rows:
        resource = registry.to_resource(registry.read_record(row, None, context), context)
        number = resource["identifier"][0]
        query = f"identifier={number['system']}%7C{number['value']}"
        entries.append({"resource": resource, "request": {"method": "POST", "url": "Patient", "ifNoneExist": query}})
    cut = [entries[i : i + CAP] for i in range(0, len(entries), CAP)]
    return [json.dumps({"resourceType": "Bundle", "type": "batch", "entry": part}) for part in cut]


async def raw(base: str, work: list[bytes]) -> float:
    """Entries a second of a loop that only posts: nothing is stored, nothing is checked."""
    headers = {"Content-Type": "application/fhir+json", "Prefer": "return=representation"}
    limit = asyncio.Semaphore(IN_FLIGHT)
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:

        async def post(body: bytes) -> None:
            async with limit:
                answer = await http.post(base, content=body, headers=headers)
                assert len(answer.json()["entry"]) > 0

        started = time.perf_counter()
        await asyncio.gather(*(post(body) for body in work))
        return len(work) * CAP / (time.perf_counter() - started)


async def fill(desk: Desk, folder: Path, patients: int) -> None:
    """Queue the patients while nothing is sent."""
    file = folder / "patients.ndjson"
    with file.open("wb") as out:
        for row in sample.generate(patients, 1, results=0):
            if row["type"] == "patient":
                out.write(json.dumps(row) + b"\n")
    async for _ in desk.import_files([file]):
        pass


async def drained(desk: Desk, patients: int) -> float:
    """Seconds from resume until everything is on the server."""
    started = time.perf_counter()
    await desk.resume()
    while (await desk.counts())[Status.COMPLETED] < patients:  # noqa: ASYNC110 - as the window does
        await asyncio.sleep(0.1)  # the window asks as seldom
    return time.perf_counter() - started


class Metronome:
    """A 5 ms timer of Qt, and how late it came."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000 - 5)
        self._last = now


async def main(patients: int, delay: float) -> None:
    """Both in one run, against the same kind of server."""
    work = bundles(patients)
    with server(delay) as base:
        await raw(base, bundles(200))  # warm
        plain = await raw(base, work)
    with server(delay) as base, tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", Profile("bench", url=base))
        desk = await asyncio.get_running_loop().run_in_executor(None, open_desk, settings)
        await desk.start()
        await desk.pause()
        await fill(desk, Path(folder), patients)
        gc.freeze()
        metronome = Metronome()
        seconds = await drained(desk, patients)
        rate = patients / seconds
        arrived = len(journal(base))
        await desk.stop()
    print(f"raw loop, the same Bundles   {plain:8.0f} entries/s")
    print(f"ours, durable                {rate:8.0f} entries/s   ratio {rate / plain:.2f} (goal 0.80)")
    print(f"server's journal {arrived} of {patients}")
    gap, worst = percentile(metronome.gaps, 0.99), max(metronome.gaps)
    print(f"Qt timer gap p99             {gap:8.1f} ms   (goal 20), max {worst:.1f}")


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    app = QApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    numbers = [float(a) for a in sys.argv[1:]]
    with loop:
        loop.run_until_complete(main(int(numbers[0]) if numbers else 10_000, numbers[1] if len(numbers) > 1 else 50))
