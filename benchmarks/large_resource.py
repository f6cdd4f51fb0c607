"""How soon a large resource is seen, and whether the window stays live: `python -m benchmarks.large_resource [MB…]`

A file with one resource of that size is opened in the preview of a real window (offscreen unless told otherwise).
Seen: until its text, or that it is too large, is on the screen. Checked: until what the check says of it is there too.
Gap: the longest time in which the window did nothing else, until all of the text is there.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIZES = (1.0, 5.0, 50.0)  # MB
BEAT = 0.005


def resource(megabytes: float) -> dict[str, Any]:
    """A valid Questionnaire of short items, as many lines as bytes allow."""
    one = {"linkId": "item-000000", "text": "Do you smoke?", "type": "boolean", "required": True}
    size = len(json.dumps(one, indent=2)) * 1.6  # indented two levels deeper in the preview
    items = [one | {"linkId": f"item-{n:06}"} for n in range(int(megabytes * 1e6 / size))]
    return {"resourceType": "Questionnaire", "status": "active", "item": items}


class Heart:
    """Beats in the window's loop; remembers its longest pause."""

    def __init__(self) -> None:
        self.gap = 0.0
        self._task = asyncio.ensure_future(self._beat())

    async def _beat(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(BEAT)
            now = time.monotonic()
            self.gap, last = max(self.gap, now - last - BEAT), now

    def end(self) -> float:
        """The longest pause in seconds."""
        self._task.cancel()
        return self.gap


async def measure(program: Any, folder: Path, megabytes: float) -> dict[str, float]:
    """Open a file of that size, and look at it."""
    pane = program.window.preview
    path = folder / f"{megabytes}.json"
    path.write_text(json.dumps(resource(megabytes)), encoding="utf-8")
    heart, began = Heart(), time.monotonic()
    pane.open_given(path)
    while not (pane.tabs.resource.text or pane.tabs.is_large):  # noqa: ASYNC110 - looks every 5 ms, as an eye would
        await asyncio.sleep(BEAT)
    pane.repaint()
    seen = time.monotonic()
    while not (pane.view or pane.tabs.is_large):  # noqa: ASYNC110 - what the check says
        await asyncio.sleep(BEAT)
    checked = time.monotonic()
    while pane.tabs.resource.edit.is_filling:  # noqa: ASYNC110 - the rest of the text
        await asyncio.sleep(BEAT)
    found = {"seen": seen - began, "checked": checked - began, "gap": heart.end()}
    pane.attach(pane._desk)  # empty again
    return found


async def scene(program: Any, folder: Path, sizes: list[float]) -> None:
    program.window.show()
    await program.session.open()
    for megabytes in sizes:
        found = await measure(program, folder, megabytes)
        print(f"{megabytes:6.1f} MB", " ".join(f"{k} {v:7.3f} s" for k, v in found.items()), flush=True)
    await program.end()


def main(sizes: list[float]) -> None:
    """Measure each size in one window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_API", "pyside6")
    import qasync
    from PySide6.QtWidgets import QApplication

    from fhirdesk.core.settings import load_settings
    from ui.program import Program

    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    with tempfile.TemporaryDirectory() as kept, loop:
        program = Program(app, load_settings(data_dir=Path(kept) / "data", environ={}), lang="en", theme="light")
        loop.run_until_complete(scene(program, Path(kept), sizes))


if __name__ == "__main__":
    main([float(size) for size in sys.argv[1:]] or list(SIZES))
