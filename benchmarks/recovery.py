"""From a kill to the first send at 100,000 waiting entries; and the rate of healthy lanes beside poisoned ones.

    python -m benchmarks.recovery [entries] [patients of the second part]

Goals: first send < 2 s after the start of the process; healthy lanes keep >= 90 % of their rate with 10 % poisoned.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.common import ROOT, admin, journal, server
from fhirdesk import sample
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.settings import Profile, Settings
from tests.harness.server import Embedded, embedded


def asked(base: str) -> bool:
    """Whether the server was asked to write."""
    from urllib.request import urlopen

    with urlopen(f"{base.removesuffix('/fhir')}/__admin/log") as answer:
        return any(row["method"] == "POST" for row in json.load(answer))


async def filled(settings: Settings, patients: int, address: str = "here", name: str = "P") -> None:
    """Queue patients who live at that address; `name`: what their numbers begin with."""
    desk = open_desk(settings)
    await desk.start(send=False)
    file = settings.data_dir / "in.ndjson"
    with file.open("w", encoding="utf-8") as out:
        for row in sample.generate(patients, 1, results=0):
            if row["type"] == "patient":
                line = json.dumps(dict(row) | {"address": address}, default=str)
                out.write(line.replace("P-2026-", f"{name}-2026-") + "\n")
    async for _ in desk.records.import_files([file]):
        pass
    await desk.stop()


def recovery(entries: int) -> float:
    """Seconds from the start of a process to its first write, after one was killed in mid-flight."""
    with server() as base, tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        asyncio.run(filled(Settings(data, Profile(url=base)), entries))
        command = [sys.executable, "-m", "fhirdesk", "drain", "--watch", "--data-dir", str(data), "--server", base]
        admin(base, "faults", [{"method": "POST", "path": "^/fhir", "chance": 1, "delayMs": 2000}])
        with subprocess.Popen(command, cwd=ROOT) as process:
            while not _in_flight(data):
                time.sleep(0.02)
            process.kill()
        admin(base, "reset", {})
        started = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT) as process:
            while not asked(base):
                time.sleep(0.01)
            seconds = time.perf_counter() - started
            process.kill()
        return seconds


def _in_flight(data: Path) -> int:
    with closing(sqlite3.connect(data / "fhirdesk.db", timeout=30)) as database:
        found = database.execute("SELECT count(*) FROM queue_entry WHERE status = 'processing'")
        return int(found.fetchone()[0])


async def healthy(patients: int, bad: int) -> float:
    """Updates a second of healthy lanes, one by one, while every `bad`-th lane is answered with 500."""
    with (
        embedded("conditional", batch_declared=False, transactions=False) as there,
        tempfile.TemporaryDirectory() as at,
    ):
        settings = Settings(Path(at) / "data", Profile(url=there.base))
        await filled(settings, patients)
        await sent(settings, there, patients)
        ids = [w.id for w in there.writes()][:: bad or patients + 1] if bad else []
        slow = {"method": "PUT", "chance": 1, "delayMs": 20}
        poison = {"method": "PUT", "path": f"Patient/({'|'.join(ids)})$", "chance": 1, "status": 500}
        there.trouble([poison, slow] if bad else [slow])
        await filled(settings, patients, "elsewhere")
        return (patients - len(ids)) / await sent(settings, there, 2 * patients - len(ids))


async def sent(settings: Settings, there: Embedded, versions: int) -> float:
    """Seconds until the server holds so many versions."""
    desk: Desk = open_desk(settings)
    await desk.start()
    started = time.perf_counter()
    while len(journal(there.base)) < versions:  # noqa: ASYNC110 - the server is another process
        await asyncio.sleep(0.1)
    seconds = time.perf_counter() - started
    await desk.stop()
    return seconds


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    print(f"kill to first send at {count} entries  {recovery(count):6.2f} s   (goal 2)", flush=True)
    well, beside = asyncio.run(healthy(people, 0)), asyncio.run(healthy(people, 10))
    print(f"healthy lanes {well:.0f}/s; with 10 % poisoned {beside:.0f}/s   ratio {beside / well:.2f} (goal 0.90)")
