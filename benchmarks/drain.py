"""The durable drain beside raw loops that post the same, in one run; and the Qt loop meanwhile.

    python -m benchmarks.drain [patients] [delay in ms] [patients one by one]

Goals: with Bundles >= 0.95 of the raw loop at 50 ms of server time, >= 0.5 at none; one by one >= 0.85 of in flight
÷ latency at 50 ms, >= 0.85 of the raw loop at none; the Qt loop's 5 ms timer with a p99 gap under 20 ms.
"""

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
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

CAP, IN_FLIGHT, SINGLY = 100, 2, 8


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


async def raw_singly(base: str, work: list[bytes]) -> float:
    """Entries a second of a loop that posts one conditional create at a time, as many in flight as ours."""
    limit = asyncio.Semaphore(SINGLY)
    entries = [e for body in work for e in json.loads(body)["entry"]]
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:

        async def post(entry: dict[str, dict[str, str]]) -> None:
            headers = {"Content-Type": "application/fhir+json", "If-None-Exist": entry["request"]["ifNoneExist"]}
            async with limit:
                answer = await http.post(f"{base}/Patient", content=json.dumps(entry["resource"]), headers=headers)
                assert answer.status_code == 201

        started = time.perf_counter()
        await asyncio.gather(*(post(e) for e in entries))
        return len(entries) / (time.perf_counter() - started)


@dataclass(frozen=True)
class Run:
    """One drain of ours."""

    rate: float  # entries a second
    cpu: float  # microseconds of this process an entry
    arrived: int  # in the server's journal
    gaps: list[float]  # of the Qt timer, ms


async def ours(patients: int, delay: float, **profile: int) -> Run:
    """Queue while paused, then drain to a fresh server."""
    with server(delay) as base, tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", Profile("bench", url=base, **profile))  # type: ignore[arg-type]
        desk = await asyncio.get_running_loop().run_in_executor(None, open_desk, settings)
        await desk.start()
        await desk.pause()
        await fill(desk, Path(folder), patients)
        gc.freeze()
        metronome, used = Metronome(), time.process_time()
        seconds = await drained(desk, patients)
        cpu = (time.process_time() - used) / patients * 1e6
        arrived = len(journal(base))
        await desk.stop()
        return Run(patients / seconds, cpu, arrived, metronome.gaps)


def show(name: str, run: Run, plain: float, goal: float, expected: int) -> None:
    """One line of the table."""
    assert run.arrived == expected, f"the server's journal holds {run.arrived} of {expected}"
    ratio = f"ratio {run.rate / plain:.2f} (goal {goal:.2f})"
    print(f"{name:28} {run.rate:8.0f} entries/s   {ratio}   {run.cpu:.0f} µs of processor an entry")


async def main(patients: int, delay: float, singly: int) -> None:
    """All in one run, each against a fresh server of the same kind."""
    with server(delay) as base:
        await raw(base, bundles(200))  # warm
        plain = await raw(base, bundles(patients))
    print(f"{delay:.0f} ms of server time; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'raw loop, the same Bundles':28} {plain:8.0f} entries/s")
    whole = await ours(patients, delay)
    show("ours, durable", whole, plain, 0.95 if delay else 0.5, patients)
    with server(delay) as base:
        plain = await raw_singly(base, bundles(singly))
    print(f"{'raw loop, one by one':28} {plain:8.0f} entries/s")
    most = min(plain, SINGLY / delay * 1000) if delay else plain
    show("ours, one by one", await ours(singly, delay, bundle_entries=1), most, 0.85, singly)
    gap, worst = percentile(whole.gaps, 0.99), max(whole.gaps)
    print(f"Qt timer gap p99             {gap:8.1f} ms   (goal 20), max {worst:.1f}")


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    app = QApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    numbers = [float(a) for a in sys.argv[1:]]
    with loop:
        patients, delay, singly = [*numbers, *(10_000.0, 50.0, 2_000.0)[len(numbers) :]]
        loop.run_until_complete(main(int(patients), delay, int(singly)))
