"""The program without a display: it sends the sample clinic to the practice server and draws the window to a
picture."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.terminal import print_lines
from fhirdesk.core.views import Counts
from ui.program import Program

LONGEST = 300.0  # seconds
LOOK = 1.0
PICTURE = "window.png"
HOW = """\
There is no display here, so the window was drawn to the picture. To get the window itself:
  on a desktop:      make run
  over ssh:          ssh -X <this computer>, then make run
  a virtual screen:  apt-get install xvfb x11vnc, then xvfb-run -s '-screen 0 1440x900x24' make run"""


async def run_headless(program: Program, picture: Path | None) -> int:
    """Send the sample clinic, print progress and a summary, draw a picture; returns 0 when everything arrived, else
    1."""
    started = time.monotonic()
    program.window.resize(1440, 900)
    program.window.show()
    await program.open_sample()
    desk = program.session.desk
    assert desk is not None, "open_sample raises when it cannot open"
    counts = await desk.queue.count_by_status()
    while time.monotonic() - started < LONGEST and (
        program.window.jobs.is_busy or _is_draining(counts) or not counts.by_status
    ):
        if await _is_asked_to_end(program):
            break
        counts = await desk.queue.count_by_status()
        print_lines(f"  {counts[Status.COMPLETED]:>6} on the server, {counts.unsent:>6} not sent yet", flush=True)
    people = len(program.window.patients.table.rows.ids)
    path = await draw(program, picture or program.settings.data_dir / PICTURE)
    await program.end()
    arrived = counts.unsent == 0 and counts[Status.COMPLETED] > 0
    print_lines("", f"{people} patients here; {counts[Status.COMPLETED]} changes on the server, {counts.unsent} not.")
    print_lines(f"{time.monotonic() - started:.1f} s. Screenshot: {path.absolute()}", "", *HOW.splitlines())
    return 0 if arrived else 1


async def _is_asked_to_end(program: Program) -> bool:
    """Wait until the next look is due; whether a signal asked for the end meanwhile."""
    with suppress(TimeoutError):
        await asyncio.wait_for(program.window.closing.wait(), LOOK)
    return program.window.closing.is_set()


def _is_draining(counts: Counts) -> bool:
    return any(counts[s] for s in (Status.PENDING, Status.PROCESSING, Status.UNKNOWN, Status.HELD))


async def draw(program: Program, path: Path) -> Path:
    """Choose a patient and draw the window to `path`; returns the path."""
    window = program.window
    window.refresh()
    await asyncio.sleep(1.0)
    window.patients.table.choose(0)
    await asyncio.sleep(1.0)
    window.toast.clear()
    window.grab().save(str(path))
    return path
