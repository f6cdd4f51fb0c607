"""The durable drain beside raw loops that post the same, and beside the pipeline it replaces, in one run and one table.

    python -m benchmarks.drain [patients] [patients one by one] [patients of the pipeline]
    python -m benchmarks.drain --long [patients]

Goals: with Bundles >= 0.95 of the raw loop at 50 ms of server time, >= 0.5 at none; one by one >= 0.85 of in flight
÷ latency at 50 ms, >= 0.85 of the raw loop at none; >= 200 × and >= 100 × the pipeline (`celery_peer`); the Qt loop's
5 ms timer with a p99 gap under 20 ms. `--long`: processor time an entry at ten times as many <= 1.1 × as much, and no
more than 10 MB of memory more.
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

from benchmarks import celery_peer
from benchmarks.common import journal, percentile, resident, server
from fhirdesk import sample
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.converters.context import Context
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.r4 import json

CAP, IN_FLIGHT, SINGLY = 100, 2, 8


def bundles(patients: int) -> list[bytes]:
    """The resources of the sample clinic's patients as Bundles of conditional creates, as the desk would post them."""
    mapper = Mapper(Context(base="https://fhir.hospital.com", time_zone="Asia/Seoul", vendor="generic"))
    rows = [r for r in sample.generate(patients, 1, results=0) if r["type"] == "patient"]
    entries = []
    for row in rows:
        resource = mapper.to_resource(mapper.read_record(row, None))
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
        return sum(body.count(b'"ifNoneExist"') for body in work) / (time.perf_counter() - started)


async def fill(desk: Desk, folder: Path, patients: int) -> None:
    """Queue the patients while nothing is sent."""
    file = folder / "patients.ndjson"
    with file.open("wb") as out:
        for row in sample.generate(patients, 1, results=0):
            if row["type"] == "patient":
                out.write(json.dumps(row) + b"\n")
    async for _ in desk.records.import_files([file]):
        pass


async def sent(desk: Desk, patients: int) -> None:
    """Until so many are on the server."""
    while (await desk.queue.count_by_status())[Status.COMPLETED] < patients:  # noqa: ASYNC110 - as the window does
        await asyncio.sleep(0.25)  # the window asks as seldom


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
    gaps: list[float]  # of the Qt timer, ms
    grown: float = 0.0  # MB that the process holds more than when a tenth was sent


async def ours(patients: int, delay: float, **profile: int) -> Run:
    """Queue while paused, then drain to a fresh server."""
    with server(delay) as base, tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", Profile("bench", url=base, **profile))  # type: ignore[arg-type]
        desk = await asyncio.get_running_loop().run_in_executor(None, open_desk, settings)
        await desk.start()
        await desk.queue.pause()
        await fill(desk, Path(folder), patients)
        gc.freeze()
        metronome, used, started = Metronome(), time.process_time(), time.perf_counter()
        await desk.queue.resume()
        await sent(desk, patients // 10)
        held = resident()
        await sent(desk, patients)
        seconds, cpu = time.perf_counter() - started, (time.process_time() - used) / patients * 1e6
        grown, arrived = resident() - held, len(journal(base))
        await desk.stop()
        assert arrived == patients, f"the server's journal holds {arrived} of {patients}"
        return Run(patients / seconds, cpu, metronome.gaps, grown)


HEAD = f"{'':34}{'entries/s':>10}{'ratio':>8}{'goal':>7}  "


def line(name: str, rate: float | None, ratio: float | None = None, goal: float | None = None, more: str = "") -> None:
    """One line of the table."""
    said = f"{rate:10.1f}" if rate else f"{'-':>10}"
    against = f"{ratio:8.2f}{goal:7.2f}  {'met' if ratio >= goal else 'MISSED'}" if ratio and goal else ""
    print(f"{name:<34}{said}{against}   {more}".rstrip(), flush=True)


async def table(delay: float, patients: int, singly: int, peers: int) -> list[float]:
    """The lines for one server time, each against a fresh server of the same kind; the gaps of the Qt timer."""
    print(f"\n{f'{delay:.0f} ms of server time':<34}{HEAD[34:]}  load of the machine {os.getloadavg()[0]:.1f}")
    with server(delay) as base:
        await raw(base, bundles(200))  # warm
        plain = await raw(base, bundles(patients))
    line("raw loop, the same Bundles", plain)
    whole = await ours(patients, delay)
    line("ours, durable", whole.rate, whole.rate / plain, 0.95 if delay else 0.5, f"{whole.cpu:.0f} µs an entry")
    with server(delay) as base:
        plain = await raw_singly(base, bundles(singly))
    line("raw loop, one by one", plain)
    most = min(plain, SINGLY / delay * 1000) if delay else plain
    alone = await ours(singly, delay, bundle_entries=1)
    line("ours, one by one", alone.rate, alone.rate / most, 0.85, f"{alone.cpu:.0f} µs an entry")
    with server(delay) as base:
        peer = celery_peer.rate(base, [e for body in bundles(peers) for e in json.loads(body)["entry"]])
    line("the pipeline it replaces: Celery", peer)
    if peer:
        line("ours ÷ Celery", None, whole.rate / peer, 200.0 if delay else 100.0)
    return whole.gaps


async def main(patients: int, singly: int, peers: int) -> None:
    """All in one run."""
    gaps = [gap for delay in (50.0, 0.0) for gap in await table(delay, patients, singly, peers)]
    print(f"\nQt timer gap p99 {percentile(gaps, 0.99):.1f} ms (goal 20), max {max(gaps):.1f}")


async def long(patients: int) -> None:
    """Ten times as many cost no more each."""
    few, many = await ours(patients // 10, 0), await ours(patients, 0)
    print(f"{patients // 10:>8,} patients {few.cpu:6.0f} µs of processor an entry")
    print(f"{patients:>8,} patients {many.cpu:6.0f} µs, {many.cpu / few.cpu:.2f} × (goal 1.1)")
    print(f"memory after the first tenth of them {many.grown:+.1f} MB (goal 10)")


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    app = QApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    numbers = [int(a) for a in sys.argv[1:] if a != "--long"]
    with loop:
        if "--long" in sys.argv:
            loop.run_until_complete(long(*numbers or [100_000]))
        else:
            loop.run_until_complete(main(*[*numbers, *(10_000, 2_000, 300)[len(numbers) :]]))
