"""Whether the window stays smooth, and how soon it is there. `python -m benchmarks.ui [options]`

A robot searches, scrolls, sorts and edits in a window offscreen, while entries drain to the embedded server and then
while records are imported; a timer of 5 ms says how long the window stood still. First paint and ready are those of
`benchmarks.startup`, beside the same of another checkout in turns (`--base FOLDER`, with its own .venv): the ratio
holds on any computer. The table of a million patients is `benchmarks.tables`. A small run: `--entries 200 --records 500
--people 2000 --times 1`.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from benchmarks import tables
from benchmarks.common import ROOT, percentile, server
from fhirdesk import sample
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, load_settings
from ui.program import Program
from ui.window.main_window import MainWindow

TICK, STEP, GOAL = 5, 0.15, 17.0  # ms of the timer; seconds between two acts of the robot; ms of the p99
SEARCHES = ("김", "ㄱㄱㅁ", "P-2026-0000", "010-4", "")


class Gaps:
    """How long the window stood still: the gaps between two calls of a timer, in ms."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=TICK)
        self._timer.timeout.connect(self._note)
        self._timer.start()

    def _note(self) -> None:
        now = time.perf_counter()
        self.found.append((now - self._last) * 1000)
        self._last = now

    def show(self, name: str) -> None:
        """Stop, and print one line."""
        self._timer.stop()
        p99 = percentile(self.found, 0.99)
        verdict = "met" if p99 < GOAL else "MISSED"
        print(f"{name:42} p99 {p99:6.1f} ms  max {max(self.found):6.1f} ms   goal p99 {GOAL:.0f} ms: {verdict}")


def write_records(path: Path, number: int) -> Path:
    """A file of invented people, one a line."""
    rows = sample.generate(number, 3, types={"patient"})
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def act(window: MainWindow, rng: random.Random) -> None:
    """One act of the robot."""
    table = window.patients.table
    kind = rng.choice(("search", "scroll", "sort", "edit"))
    if kind == "search":
        window.patients.search_for(rng.choice(SEARCHES))
    elif kind == "scroll":
        bar = rng.choice((table, window.queue.table)).verticalScrollBar()
        bar.setValue(rng.randint(0, bar.maximum()))
    elif kind == "sort":
        table.horizontalHeader().sectionClicked.emit(rng.randrange(len(table.rows.columns)))
    elif not window.findChildren(QDialog):
        table.choose(0)
        window.actions_["edit_patient"].trigger()
    for dialog in window.findChildren(QDialog):
        QTimer.singleShot(400, dialog, dialog.close)


async def measure(window: MainWindow, name: str, done: Callable[[], bool]) -> None:
    """Let the robot work until something is done."""
    rng, gaps, started = random.Random(1), Gaps(), time.perf_counter()
    while not done():
        act(window, rng)
        await asyncio.sleep(STEP)
    gaps.show(f"{name} ({time.perf_counter() - started:.0f} s)")


async def play(program: Program, folder: Path, entries: int, records: int) -> None:
    """Drain, then import while sending is paused."""
    window = program.window
    window.resize(1440, 900)
    window.show()
    await program.session.open()
    desk = program.session.desk
    assert desk is not None
    window.import_files([write_records(folder / "drain.ndjson", entries)])
    await measure(window, f"{entries:,} entries draining", lambda: window.counts[Status.COMPLETED] >= entries)
    await desk.queue.pause()
    window.import_files([write_records(folder / "import.ndjson", records)])
    await measure(window, f"{records:,} records importing", lambda: not window.jobs.is_busy)
    await program.end()


def robot(entries: int, records: int) -> None:
    """The window with a robot, in this process."""
    app = QApplication(["fhirdesk"])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as temporary, server() as base, loop:
        folder = Path(temporary)
        settings = load_settings(data_dir=folder / "data", environ={})
        program = Program(app, replace(settings, profile=Profile("bench", url=base)), lang="ko", theme="light")
        loop.run_until_complete(play(program, folder, entries, records))


def start_once(checkout: Path) -> dict[str, float]:
    """Seconds to the first paint and to ready, by the benchmark of that checkout."""
    python = sys.executable if checkout == ROOT else str(checkout / ".venv" / "bin" / "python")
    command = [python, "-m", "benchmarks.startup", "1"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True, timeout=120)
    words = [line.split() for line in done.stdout.splitlines()]
    return {line[0]: float(line[2]) for line in words if line[1:2] == ["median"]}


def compare_starts(base: Path, times: int) -> None:
    """Both checkouts in turns."""
    ours, others = zip(*((start_once(ROOT), start_once(base)) for _ in range(times)), strict=True)
    for name in ours[0]:
        mine, theirs = (median(found[name] for found in side) for side in (ours, others))
        print(f"{name:42} {mine:.2f} s beside {theirs:.2f} s: {mine / theirs:.2f}")


def main() -> None:
    """Parse the options and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=1_000_000, help="0: leave the table out")
    parser.add_argument("--base", type=Path, help="another checkout, to compare the start with")
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    robot(options.entries, options.records)
    if options.base:
        compare_starts(options.base.resolve(), options.times)
    if options.people:
        with tempfile.TemporaryDirectory() as folder:
            tables.main(options.people, Path(folder))


if __name__ == "__main__":
    main()
