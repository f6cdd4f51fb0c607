"""How soon the window is painted and ready: fresh processes, the median of several. `python -m benchmarks.startup [N]`

Painted: from the start of the process to the first paint of the window. Ready: the store is open and its first page of
patients is in the table. The data folder holds the sample clinic (1,000 people).
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT

PATIENTS = 1000
GOALS = {"painted": 0.5, "ready": 1.2}
NOWHERE = "http://127.0.0.1:9/fhir"


def fill(folder: Path) -> None:
    """The sample clinic into a data folder, through the program's own door."""
    from fhirdesk.app.desk import open_desk
    from fhirdesk.core.settings import load_settings

    async def load() -> None:
        desk = open_desk(load_settings(data_dir=folder, environ={}))
        await desk.start(send=False)
        async for _ in desk.records.load_sample(PATIENTS):
            pass
        await desk.stop()

    asyncio.run(load())


def child(folder: str, began: float) -> None:
    """Start the window as `fhirdesk` does, say when it was painted and ready, and end it."""
    from PySide6.QtCore import QEvent, QObject

    import ui.app
    import ui.program

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint:
                print(f"painted {time.time() - began:.3f} {time.process_time():.3f}", flush=True)
                watched.removeEventFilter(self)
            return False

    run, watch = ui.program.Program.run, Watch()

    async def watched(program: Any, *, demo: bool = False) -> int:
        table = program.window.patients.table.rows
        program.window.installEventFilter(watch)
        work = asyncio.ensure_future(run(program, demo=demo))
        while table.row_at(0) is None:  # noqa: ASYNC110 - looks every 2 ms, as an eye would
            await asyncio.sleep(0.002)
        print(f"ready {time.time() - began:.3f} {time.process_time():.3f}", flush=True)
        program.window.end()
        return await work

    ui.program.Program.run = watched  # type: ignore[method-assign, assignment]
    sys.exit(ui.app.main(["--data-dir", folder, "--server", NOWHERE]))


def measure(folder: Path) -> dict[str, tuple[float, float]]:
    """One fresh process: (seconds, of them on the processor)."""
    code = f"import time; from benchmarks.startup import child; child({str(folder)!r}, {time.time()!r})"
    env = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    lines = (line.split() for line in done.stdout.splitlines() if line.startswith(tuple(GOALS)))
    found = {name: (float(wall), float(busy)) for name, wall, busy in lines}
    if len(found) != len(GOALS):
        raise SystemExit(done.stderr)
    return found


def main(times: int) -> None:
    """Several, the first one thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        found = [measure(Path(folder)) for _ in range(times + 1)][1:]
    for name, goal in GOALS.items():
        walls, busy = sorted(f[name][0] for f in found), statistics.median(f[name][1] for f in found)
        middle = statistics.median(walls)
        spread = f"best {walls[0]:.2f}, worst {walls[-1]:.2f}"
        print(f"{name:8} median {middle:.2f} s of {times} ({spread}; {busy:.2f} s of processor); goal {goal}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
