"""How much a draining process grows: its memory when the first entry has arrived, and the most it had until the last.

    python -m benchmarks.memory [entries]

Goal: < 50 MB over 100,000 entries. The process is `drain --until-empty`, looked at from outside.
"""

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.common import ROOT, resident, server
from benchmarks.full_clinic import CLI
from benchmarks.recovery import filled
from fhirdesk.core.settings import Profile, Settings

GOAL = 50.0
ARRIVED = "SELECT 1 FROM queue_entry WHERE status = 'completed' LIMIT 1"
LEFT = "SELECT count(*) FROM queue_entry WHERE status <> 'completed'"


def asked(data: Path, question: str) -> int:
    """What the queue says; 0 where it has no answer."""
    with closing(sqlite3.connect(f"file:{data / 'fhirdesk.db'}?mode=ro", uri=True)) as database:
        row = database.execute(question).fetchone()
        return int(row[0]) if row else 0


def watched(process: subprocess.Popen[bytes], data: Path) -> Iterator[float]:
    """MB that the process holds, from the first entry that arrived until it ends."""
    while process.poll() is None and not asked(data, ARRIVED):
        time.sleep(0.05)
    while process.poll() is None:
        if held := resident(process.pid):
            yield held
        time.sleep(0.1)


def main(entries: int) -> int:
    """Fill, drain, tell."""
    with server() as base, tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        asyncio.run(filled(Settings(data, Profile(url=base)), entries))
        command = [*CLI, "--data-dir", str(data), "--server", base, "drain", "--until-empty"]
        started = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT) as process:
            held = list(watched(process, data))
        seconds, left = time.perf_counter() - started, asked(data, LEFT)
    grown = max(held) - held[0]
    told = f"from {held[0]:.0f} to at most {max(held):.0f} MB, {held[-1]:.0f} at the end"
    print(f"{entries} entries in {seconds:.0f} s, {left} left: {told}: {grown:.1f} MB more; goal {GOAL:.0f}")
    return left > 0 or grown >= GOAL


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
