"""The program in a real window, which tells what it shows: a line of JSON whenever that has changed. The test beside it
presses keys and moves the mouse. `python -m tests.ui.real_child FOLDER`"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import load_settings
from tests.ui.scenes import Scenes
from ui.program import Program
from ui.widgets.table import Table
from ui.window.main_window import MainWindow

LOOK = 0.05  # seconds


def name(widget: QWidget | None) -> str:
    """A widget as a person would call it."""
    return f"{type(widget).__name__}:{widget.accessibleName()}" if widget else ""


def list_stops(window: MainWindow) -> dict[str, str]:
    """Every widget that Tab must reach now, by its id."""
    return {
        str(id(widget)): name(widget)
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    }


def middle(widget: QWidget) -> tuple[int, int]:
    """Where a widget is on the screen."""
    at = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
    return at.x(), at.y()


def describe(window: MainWindow) -> dict[str, Any]:
    """What the window shows."""
    dialogs = [d for d in window.findChildren(QDialog) if d.isVisible()]
    popup = QApplication.activePopupWidget()
    queue: Table = window.queue.table
    return {
        "focus": name(QApplication.focusWidget()),
        "focus_id": str(id(QApplication.focusWidget())),
        "active": window.isActiveWindow(),
        "dialogs": [type(d).__name__ for d in dialogs],
        "menu": popup is not None,
        "people": len(window.patients.table.rows.ids),
        "refused": window.counts[Status.FAILED],
        "chosen": getattr(queue.current_row(), "status", ""),
        "floating": [dock.isFloating() for dock in window.layout_.docks],
        "places": [[dock.x(), dock.y()] for dock in window.layout_.docks],
        "heads": [middle(pane.title) for pane in (window.patients, window.queue, window.preview)],
        "menu_button": middle(window.top.menu_button),
        "stops": list_stops(window),
    }


async def run(app: QApplication, scenes: Scenes, folder: Path) -> None:
    """Play the scenes up to a refusal, then tell until the input ends."""
    settings = load_settings(data_dir=folder / "data", environ={})
    program = Program(app, replace(settings, profile=scenes.profile), lang="en", theme="light")
    async for state in scenes.play(program, folder):
        if state == "refused":
            break
    told = ""
    while not program.window.closing.is_set():
        line = json.dumps(describe(program.window))
        if line != told:
            print(line, flush=True)
            told = line
        await asyncio.sleep(LOOK)
    await program.end()


def main() -> None:
    """Run until the window is closed."""
    app = QApplication(["fhirdesk"])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    scenes = Scenes()
    with loop:
        loop.run_until_complete(run(app, scenes, Path(sys.argv[1])))
    scenes.close()


if __name__ == "__main__":
    main()
