"""A bad line: what draining some hundred entries costs while answers are lost, refused or slow; and the judge's word.

By hand: python -m tests.harness.lossy [kind ...] [--lines lost50 ...] [--changes 300] [--longest 60] [--singly]
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.sync.link.circuit_breaker import CircuitBreaker
from tests.harness import journal
from tests.harness.judge import Change, judge
from tests.harness.server import KINDS, Embedded, embedded
from tests.harness.workload import Workload, write

SETTLE = 2.0
DEADLINE = 2.0
LAST = 60.0  # seconds for what is left once the line is well again
Fault = Mapping[str, Any]


def of_writes(chance: float, **what: Any) -> list[Fault]:
    """That fault at that share of the writes."""
    return [{"method": method, "chance": chance, **what} for method in ("POST", "PUT", "DELETE")]


def of_all(chance: float, **what: Any) -> list[Fault]:
    """That fault at that share of all requests."""
    return [*of_writes(chance, **what), {"method": "GET", "chance": chance, **what}]


LOST: Fault = {"drop": True, "after": True}
WAIT: Fault = {"status": 503, "headers": {"Retry-After": "1"}}
LINES: Mapping[str, Sequence[Fault]] = {
    "well": [],
    "lost20": of_writes(0.2, **LOST),
    "lost50": of_writes(0.5, **LOST),
    "lost80": of_writes(0.8, **LOST),
    "lossy20": of_all(0.2, **LOST),
    "lossy50": of_all(0.5, **LOST),
    "never50": of_writes(0.5, drop=True),
    "500": of_writes(0.5, status=500),
    "503": of_writes(0.5, status=503, after=True),
    "wait": of_writes(0.5, **WAIT),
    "many": of_writes(0.5, status=429),
    "slow": of_all(0.5, delayMs=400),
    "late": [*of_writes(0.2, holdMs=3000), *of_writes(0.3, holdMs=300)],
    "mixed": [
        *of_writes(0.15, **LOST), *of_writes(0.1, drop=True), *of_writes(0.1, status=503, after=True),
        *of_writes(0.1, status=429), *of_writes(0.1, truncate=25), *of_all(0.1, delayMs=200),
        {"method": "GET", "chance": 0.1, "status": 503},
    ],
}  # fmt: skip


@contextmanager
def rests() -> Iterator[list[float]]:
    """How long the way to the server was shut, each time."""
    found: list[float] = []
    shut = CircuitBreaker._wait

    def watched(circuit: CircuitBreaker, retry_after: float | None) -> None:
        shut(circuit, retry_after)
        found.append(circuit.wait_until - time.time())

    with patch.object(CircuitBreaker, "_wait", watched):
        yield found


async def fill(desk: Desk, work: Workload, folder: Path, changes: int) -> list[Change]:
    """New families, changes of what is there, and some deletes."""
    asked = [*work.batch(changes * 9 // 10), *work.deletes(changes // 10)]
    async for line in desk.records.import_files([write(asked, folder / f"{changes}.ndjson")]):
        assert line.entry, line
    for one in (a.change for a in asked if a.change.deletes):
        await desk.queue.sync(one.type, one.key, operation="delete")
    return [a.change for a in asked]


async def drained(desk: Desk, server: Embedded, line: Sequence[Fault], longest: float) -> str:
    """One drain over that line: what it took."""
    server.trouble(line)
    before, began = len(journal.admin(server.base, "log")), time.monotonic()
    with rests() as shut:
        summary = asdict(await desk.queue.drain(until_empty=True, seconds=longest))
    asked = journal.admin(server.base, "log")[before:]
    writes = sum(row["method"] != "GET" for row in asked)
    left = {name: summary[name] for name in ("failed", "conflict", "unknown", "held", "pending") if summary[name]}
    took = f"{time.monotonic() - began:6.1f} s  {summary['completed']} completed  {writes} writes"
    return f"{took}  {len(asked) - writes} reads  shut {len(shut)} x, {sum(shut):.1f} s  left {left}"


async def run(folder: Path, kind: str, line: Sequence[Fault], changes: int, longest: float, singly: bool) -> str:
    """A row of the table: the drain, then what is left on a line that is well again, then the judge."""
    habits = {"batch_declared": False, "transactions": False} if singly else {}
    with embedded(kind, **habits) as server:
        work, profile = Workload(1, changes // 4), Profile(url=server.base, settle=SETTLE)
        desk = open_desk(Settings(folder / "data", profile, deadline=DEADLINE, bundle_deadline=DEADLINE))
        await desk.start(send=False)
        try:
            asked = await fill(desk, work, folder, changes // 2)
            await desk.queue.drain(until_empty=True, seconds=LAST)
            asked += await fill(desk, work, folder, changes)
            told = await drained(desk, server, line, longest)
            server.trouble([])
            await desk.queue.send_now()
            await desk.queue.drain(until_empty=True, seconds=LAST)
        finally:
            await desk.stop()
        return f"{told}  {judge(asked, server.writes())}"


def main() -> None:
    """By hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--lines", nargs="*", default=list(LINES))
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--longest", type=float, default=60)
    parser.add_argument("--singly", action="store_true")
    o = parser.parse_args()
    for kind in o.kinds:
        for name in o.lines:
            with tempfile.TemporaryDirectory() as at:
                row = asyncio.run(run(Path(at), kind, LINES[name], o.changes, o.longest, o.singly))
            print(f"{kind:11} {name:8} {row}", flush=True)


if __name__ == "__main__":
    main()
