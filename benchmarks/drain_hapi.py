"""Ours against HAPI FHIR 8.8 itself, beside raw loops that post the same conditional creates to it.

    python -m benchmarks.drain_hapi [patients]

Needs ../shared/servers/hapi (Java). Goals: >= 0.9 of the best raw Bundle loop; and how many times its one-by-one loop.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import httpx2

from benchmarks.common import ROOT
from benchmarks.drain import bundles
from benchmarks.recovery import filled
from fhirdesk.app.desk import open_desk
from fhirdesk.core.settings import Profile, Settings

START = ROOT.parent / "shared" / "servers" / "hapi" / "start"
SINGLES = 200
TOOK = "SELECT (SELECT max(finished_at) FROM queue_entry) - (SELECT min(at) FROM attempt)"


@contextmanager
def hapi() -> Iterator[str]:
    """A fresh one."""
    with subprocess.Popen([START], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["base"]
        finally:
            process.terminate()


def total(base: str) -> int:
    """Patients it holds, past its cache of searches."""
    asked = Request(f"{base}/Patient?_summary=count&_total=accurate", headers={"Cache-Control": "no-cache"})
    with urlopen(asked) as answer:
        return int(json.load(answer)["total"])


async def posted(base: str, bodies: list[bytes], wires: int, kind: str) -> float:
    """Bundles a second times their entries."""
    limit = asyncio.Semaphore(wires)
    headers = {"Content-Type": "application/fhir+json", "Prefer": "return=representation"}
    async with httpx2.AsyncClient(trust_env=False, timeout=120) as http:

        async def post(body: bytes) -> int:
            async with limit:
                answer = await http.post(
                    base, content=body.replace(b'"type":"batch"', kind.encode(), 1), headers=headers
                )
                return len(answer.json()["entry"])

        started = time.perf_counter()
        count = sum(await asyncio.gather(*(post(body) for body in bodies)))
        return count / (time.perf_counter() - started)


async def singly(base: str, bodies: list[bytes]) -> float:
    """One conditional create after the other."""
    entries = [e for body in bodies for e in json.loads(body)["entry"]][:SINGLES]
    async with httpx2.AsyncClient(trust_env=False, timeout=120) as http:
        started = time.perf_counter()
        for entry in entries:
            headers = {"Content-Type": "application/fhir+json", "If-None-Exist": entry["request"]["ifNoneExist"]}
            (
                await http.post(f"{base}/Patient", content=json.dumps(entry["resource"]), headers=headers)
            ).raise_for_status()
        return len(entries) / (time.perf_counter() - started)


def renamed(bodies: list[bytes], name: str) -> list[bytes]:
    """The same people with other numbers, so that each loop makes new ones."""
    return [body.replace(b"P-2026-", f"{name}-2026-".encode()) for body in bodies]


async def ours(base: str, patients: int, name: str, **profile: bool) -> float:
    """Entries a second, from the first send to the last arrival as the store has them."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", Profile(url=base, **profile))  # type: ignore[arg-type]
        await filled(settings, patients, name=name)
        before, desk = total(base), open_desk(settings)
        await desk.start(send=False)
        await desk.queue.drain(until_empty=True, seconds=300)
        await desk.stop()
        assert total(base) - before == patients, "each once"
        with closing(sqlite3.connect(settings.data_dir / "fhirdesk.db")) as database:
            (seconds,) = database.execute(TOOK).fetchone()
        return float(patients / seconds)


async def main(patients: int) -> None:
    """One server for all, warmed first; new numbers for each loop. It becomes faster as it runs: each loop has two
    turns, ours between them, and the better one counts."""
    work = bundles(patients)
    loops: dict[str, float] = {}
    mine: dict[str, float] = {}
    with hapi() as base:
        await posted(base, renamed(bundles(600), "W"), 2, '"type":"batch"')
        for turn in "AB":
            for kind in ("batch", "transaction"):
                for wires in (1, 2):
                    name, new = f"raw {kind}, {wires} in flight", renamed(work, f"{kind[0]}{wires}{turn}")
                    loops[name] = max(loops.get(name, 0), await posted(base, new, wires, f'"type":"{kind}"'))
                name = f"ours, {kind}"
                found = await ours(base, patients, f"{kind[0]}{turn}", transactions=kind == "transaction")
                mine[name] = max(mine.get(name, 0), found)
        one = await singly(base, renamed(work, "S"))
    for name, found in loops.items():
        print(f"{name:<28} {found:8.0f} entries/s")
    print(f"raw, one by one              {one:8.0f} entries/s")
    best = max(loops.values())
    for name, found in mine.items():
        ratios = f"÷ best raw {found / best:.2f} (goal 0.90)   ÷ one by one {found / one:.1f}"
        print(f"{name:<28} {found:8.0f} entries/s   {ratios}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
