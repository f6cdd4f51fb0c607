"""The patients table of a million: first page, search, sort, a page far down. `python -m benchmarks.tables [N] [DIR]`

The store is filled through its own door. DIR is kept, so that a second run needs no filling.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.common import percentile
from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.events import Events
from fhirdesk.core.settings import load_settings
from fhirdesk.core.views import PatientQuery, PatientSort
from fhirdesk.sample.people import patient
from fhirdesk.store.database.sqlite_store import SqliteStore

BATCH, PAGE, TIMES, GOAL = 5000, 60, 15, 50.0  # ms
SEARCHES = ("김", "길동", "경민", "ㄱㄱㅁ", "ㅎㄱㄷ", "ㅎ", "010-4436", "P-2026-9", "P-2026-123456", "smith", "zzz")


def fill(folder: Path, people: int) -> None:
    """Invented people, in large transactions."""
    rng, mapper = random.Random(1), Mapper()
    store = SqliteStore.open(folder, "default", Events())
    for start in range(1, people + 1, BATCH):
        rows = [patient(rng, n) for n in range(start, min(start + BATCH, people + 1))]
        records = [mapper.read_record(row, "patient") for row in rows]
        with store.transaction() as tx:
            tx.records.put(records, time.time())
        print(f"\r{start + len(rows) - 1:>9,} people", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    store.close()


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of one call, as the window awaits it, and of them on the processor (all threads)."""

    wall: float
    busy: float


async def timed(ask: Callable[[], Awaitable[object]], times: int = TIMES) -> list[Took]:
    """Several calls."""
    found = []
    for _ in range(times):
        started, busy = time.perf_counter(), time.process_time()
        await ask()
        found.append(Took((time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000))
    return found


def show(name: str, found: list[Took], goal: float | None = GOAL) -> None:
    """One line."""
    walls = [t.wall for t in found]
    middle, worst, busy = statistics.median(walls), percentile(walls, 0.95), statistics.median(t.busy for t in found)
    verdict = "" if goal is None else f"   goal {goal:.0f} ms: {'met' if middle < goal else 'MISSED'}"
    print(f"{name:42} median {middle:7.1f} ms  p95 {worst:7.1f} ms  processor {busy:6.1f} ms{verdict}")


async def measure(folder: Path) -> None:
    """What the pane asks."""
    desk = open_desk(load_settings(data_dir=folder, environ={}))
    await desk.start(send=False)
    everyone = PatientQuery()

    async def ask(query: PatientQuery) -> None:
        await desk.records.find_first_patients(query, PAGE)

    show("first page", await timed(partial(ask, everyone)))
    for text in SEARCHES:
        show(f"first page of a search: {text}", await timed(partial(ask, PatientQuery(text))))
    for sort in PatientSort:
        for descending in (False, True):
            query = PatientQuery(sort=sort, descending=descending)
            order = "falling" if descending else "rising"
            show(f"first page sorted by {sort}, {order}", await timed(partial(ask, query)))
    await far_down(desk, everyone)
    await desk.stop()


async def far_down(desk: Desk, query: PatientQuery) -> None:
    """All ids, and pages anywhere between them."""
    order = await timed(lambda: desk.records.find_patient_ids(query), 3)
    ids = await desk.records.find_patient_ids(query)
    rng = random.Random(2)
    starts = [rng.randrange(len(ids)) for _ in range(TIMES)]
    found = [(await timed(partial(desk.records.read_patients, ids[s : s + PAGE]), 1))[0] for s in starts]
    show("a page anywhere", found)
    show(f"the order of all {len(ids):,} after it", order, None)


def main(people: int, folder: Path) -> None:
    """Fill once, measure."""
    if not (folder / "fhirdesk.db").exists():
        started = time.perf_counter()
        fill(folder, people)
        print(f"{people:,} people stored in {time.perf_counter() - started:.0f} s")
    asyncio.run(measure(folder))


if __name__ == "__main__":
    number = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        main(number, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(number, Path(temporary))
