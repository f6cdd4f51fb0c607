"""A real window on a virtual screen with a window manager, driven by real keys and a real mouse. Skipped where Xvfb,
openbox or xdotool is missing (.ci/run installs them)."""

import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

NEEDED = ("Xvfb", "openbox", "xdotool")
MISSING = [tool for tool in NEEDED if not shutil.which(tool)]
MISSING += [] if ctypes.util.find_library("xcb-cursor") else ["libxcb-cursor0"]
SECONDS = 20.0
pytestmark = pytest.mark.skipif(
    bool(MISSING) or not sys.platform.startswith("linux"), reason=f"not installed: {', '.join(MISSING)}"
)


class RealWindow:
    """The program on a screen of its own; what it shows arrives as lines of JSON."""

    def __init__(self, display: str, process: "subprocess.Popen[str]"):
        self._display, self._process = display, process
        self.shown: dict[str, Any] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                self.shown = json.loads(line)

    def act(self, *words: str) -> None:
        """Send keys or mouse moves, as xdotool takes them."""
        environment = os.environ | {"DISPLAY": self._display}
        subprocess.run(["xdotool", *words], env=environment, check=True, timeout=SECONDS, capture_output=True)

    def press(self, *keys: str) -> None:
        self.act("key", "--clearmodifiers", *keys)

    def until(self, true: Callable[[dict[str, Any]], object], what: str) -> None:
        """Wait until the window shows it."""
        end = time.monotonic() + SECONDS
        while not (self.shown and true(self.shown)):
            assert self._process.poll() is None, "the program has ended"
            assert time.monotonic() < end, f"never came: {what}; shown: {self.shown}"
            time.sleep(0.02)

    def rest(self) -> None:
        """Wait until what is shown has been the same for a second: nothing loads any more."""
        end, before, since = time.monotonic() + SECONDS, self.shown["stops"], time.monotonic()
        while time.monotonic() - since < 1:
            assert time.monotonic() < end, "the window comes to no rest"
            if self.shown["stops"] != before:
                before, since = self.shown["stops"], time.monotonic()
            time.sleep(0.05)

    def open_and_close(self, dialog: str, key: str) -> None:
        """Open a dialog by a key and close it by Esc, once the window manager has given it the keyboard."""
        self.press(key)
        self.until(lambda s: s["dialogs"] == [dialog] and s["focus"] and not s["active"], f"{dialog} by {key}")
        self.press("Escape")
        self.until(lambda s: not s["dialogs"] and s["active"], f"the end of {dialog}")

    def drag(self, start: list[int], to: tuple[int, int]) -> None:
        """Drag with the left button, in steps, as a hand does."""
        self.act("mousemove", *map(str, start), "mousedown", "1")
        for step in range(1, 11):
            at = [start[n] + (to[n] - start[n]) * step // 10 for n in (0, 1)]
            self.act("mousemove", *map(str, at))
        self.act("mouseup", "1")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWindow]:
    read, write = os.pipe()
    with ExitStack() as stack:

        def start(*command: str, **more: Any) -> "subprocess.Popen[str]":
            process = stack.enter_context(subprocess.Popen(command, text=True, **more))
            stack.callback(process.terminate)
            return process

        quiet = {"stderr": subprocess.DEVNULL}
        start("Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", pass_fds=[write], **quiet)
        os.close(write)
        with os.fdopen(read) as answer:
            display = f":{answer.readline().strip()}"
        environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": "1"}
        start("openbox", env=environment, **quiet)
        folder = tmp_path_factory.mktemp("real")
        child = start(sys.executable, "-m", "tests.ui.real_child", str(folder), env=environment, stdout=subprocess.PIPE)
        made = RealWindow(display, child)
        made.until(lambda shown: shown["active"] and shown["refused"] == 1, "the window")
        yield made


def test_search_open_edit_and_close_by_keys(window: RealWindow) -> None:
    window.press("ctrl+f")
    window.until(lambda shown: shown["focus"].startswith("SearchBox:Search patients"), "the search")
    window.act("type", "P-2026-000003")
    window.until(lambda shown: shown["people"] == 1, "one person")
    window.press("Down")
    window.until(lambda shown: shown["focus"] == "Table:Patients", "the list")
    for key in ("Return", "ctrl+e"):
        window.open_and_close("PatientForm", key)
    window.press("ctrl+f", "ctrl+a", "BackSpace")
    window.until(lambda shown: shown["people"] > 1, "everybody")


@pytest.mark.parametrize("key", ["Alt_L", "F10"])
def test_the_menu_opens_by_a_key(window: RealWindow, key: str) -> None:
    window.press(key)
    window.until(lambda shown: shown["menu"], "the menu")
    window.press("Escape")
    window.until(lambda shown: not shown["menu"], "the end of the menu")


def test_alt_with_a_digit_leads_to_a_pane_and_opens_no_menu(window: RealWindow) -> None:
    for key, table in (("alt+2", "Table:Sync queue"), ("alt+1", "Table:Patients")):
        window.press(key)
        window.until(lambda shown, table=table: shown["focus"] == table, table)  # type: ignore[misc]
        assert not window.shown["menu"]


def test_the_palette_and_the_context_menu(window: RealWindow) -> None:
    window.open_and_close("Palette", "ctrl+k")
    window.press("alt+1", "Down", "shift+F10")
    window.until(lambda shown: shown["menu"], "the context menu")
    window.press("Escape")
    window.until(lambda shown: not shown["menu"], "the end of the menu")


def test_tab_reaches_everything(window: RealWindow) -> None:
    window.press("ctrl+f")
    window.until(lambda shown: shown["focus"].startswith("SearchBox"), "the search")
    window.rest()
    reached = [window.shown["focus_id"]]
    for _ in range(2 * len(window.shown["stops"])):
        shown = window.shown
        window.press("ctrl+Tab" if shown["focus"].startswith("CodeEdit") else "Tab")
        window.until(lambda now, at=shown["focus_id"]: now["focus_id"] != at, f"what follows {shown['focus']}")  # type: ignore[misc]
        if window.shown["focus_id"] == reached[0]:
            break
        reached.append(window.shown["focus_id"])
    assert [stop for key, stop in window.shown["stops"].items() if key not in reached] == []


def test_panes_are_dragged_by_their_heads(window: RealWindow) -> None:
    window.act("mousemove", *map(str, window.shown["heads"][2]), "click", "--repeat", "2", "--delay", "60", "1")
    window.until(lambda shown: shown["floating"][2], "the preview as a window")
    window.act("mousemove", *map(str, window.shown["heads"][2]), "click", "--repeat", "2", "--delay", "60", "1")
    window.until(lambda shown: not shown["floating"][2], "the preview in its place")
    x, y = window.shown["heads"][0]
    window.drag([x, y], (x + 500, y + 330))
    window.until(lambda shown: shown["floating"][0] or shown["places"][0] != [12, 12], "the patients elsewhere")
    window.press("alt+2", "F10", "Escape")
    window.until(lambda shown: not shown["menu"], "keys still arrive")


def test_a_refused_entry_is_sent_again(window: RealWindow) -> None:
    window.press("alt+2", "Home", "Down")
    window.until(lambda shown: shown["chosen"] == "failed", "the refused entry")
    window.press("ctrl+r")
    window.until(lambda shown: shown["refused"] == 0, "the server's yes")
