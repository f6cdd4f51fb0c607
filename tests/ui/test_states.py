"""Every state of the window, looked at by program: no cut text, all readable, controls on one grid. A sample of themes,
languages and scales; all of them, with pictures: `FHIRDESK_LOOK=FOLDER pytest -n0 tests/ui/test_states.py`."""

import asyncio
import os
import subprocess
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from fhirdesk.core.settings import Settings
from tests.ui.conftest import until
from tests.ui.look import Finding, find_all
from tests.ui.scenes import STATES, Scenes
from ui import theme
from ui.models.cells import Cell
from ui.models.paged import Column, PagedModel
from ui.program import Program
from ui.theme import Theme
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.table import Table

FOLDER = os.environ.get("FHIRDESK_LOOK", "")
SCALE = os.environ.get("QT_SCALE_FACTOR", "1")
SIZES = {"1": (1440, 900), "1.5": (960, 600), "2": (960, 600)}  # of a screen of 1440 × 900, and of 1920 × 1200 at 200 %
SECONDS = 600 if FOLDER else 120
Look = tuple[Theme, str]
LOOKS: tuple[Look, ...] = tuple(product((Theme.LIGHT, Theme.DARK, Theme.CONTRAST), ("ko", "en")))
SHIFTS = {"1": 0, "1.5": 2, "2": 4}  # so that the samples of the scales differ


def choose_looks() -> Mapping[str, Sequence[Look]]:
    """Which looks each state is seen in."""
    if FOLDER:
        return dict.fromkeys(STATES, LOOKS)
    return {state: [LOOKS[(n + SHIFTS[SCALE]) % len(LOOKS)]] for n, state in enumerate(STATES)}


@pytest.fixture
def scenes() -> Scenes:
    return Scenes()


@pytest.fixture
def settings(settings: Settings, scenes: Scenes) -> Settings:
    return replace(settings, profile=scenes.profile)


async def look(program: Program, state: str, shown: Theme, lang: str) -> list[Finding]:
    """Look at the window as it is now, in one theme and language; the first row chosen, the second under the mouse."""
    window = program.window
    program.speak(lang)
    theme.apply(program._app, shown)
    window.apply_theme()
    window.retranslate()
    window.patients.table.row_delegate._hovered = 1
    window.queue.table.row_delegate._hovered = 1
    await until(lambda: not window.patients.table.rows._missing, "the rows that are seen")
    await asyncio.sleep(0.1)  # the layouts follow the texts
    if FOLDER:
        window.grab().save(str(Path(FOLDER) / f"{state}-{shown}-{lang}-{SCALE}.png"))
    return [replace(f, where=f"{state} {shown} {lang}: {f.where}") for f in find_all(window)]


@pytest.mark.timeout(SECONDS)
def test_no_state_has_cut_faint_or_crooked_parts(
    program: Program, loop: QEventLoop, scenes: Scenes, tmp_path: Path
) -> None:
    findings: list[Finding] = []
    looks = choose_looks()
    seen = []

    async def scene() -> None:
        program.window.resize(*SIZES[SCALE])
        try:
            async for state in scenes.play(program, tmp_path):
                seen.append(state)
                for shown, lang in looks[state]:
                    findings.extend(await look(program, state, shown, lang))
        finally:
            await program.end()

    try:
        loop.run_until_complete(scene())
    finally:
        scenes.close()
        theme.apply(program._app, Theme.LIGHT)
        program.speak("en")
    assert tuple(seen) == STATES
    lines = sorted({f"{f.where}: {f.what}" for f in findings})
    assert not lines, "\n".join(lines)


@pytest.mark.skipif(SCALE != "1", reason="this process has a scale already")
@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_the_same_at_a_larger_scale(scale: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", __file__]
    environment = os.environ | {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3 * SECONDS)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.skipif(SCALE != "1", reason="once is enough")
def test_faint_cut_and_crooked_parts_are_found(qapp: QApplication) -> None:
    """The looks above can fail."""
    faint: Column[int] = Column("a", "A", lambda _, __: Cell("faint words", tone="hair"), 120, 40)
    cut: Column[int] = Column("b", "B", lambda _, __: Cell("words that are far too long for this"), 60, 40)
    model = PagedModel((faint, cut), int)
    card, table = Card(), Table(model, "table")
    card.body.addWidget(table)
    low = Button("low")
    card.head.addWidget(low)
    card.resize(200, 300)
    card.show()
    low.setFixedHeight(29)  # after the style sheet has said its own
    model.show(array("q", [1]), [1])
    qapp.processEvents()
    words = "\n".join(finding.what for finding in find_all(card))
    assert "'faint words': 1." in words and "'words that are far too long for this' is" in words
    assert "21 px high" in words
    card.deleteLater()
