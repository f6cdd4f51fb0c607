"""The look of the main window: one rhythm, no cut texts, everything can be read, in both languages and every theme."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fhirdesk.core.queue_entry import Status
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.look import find_cut_texts, find_unreadable
from ui import theme
from ui.design.measures import CARD_HEAD, GAP, TOP_BAR
from ui.program import Program
from ui.theme import Theme


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("shown", [Theme.LIGHT, Theme.DARK, Theme.CONTRAST])
@pytest.mark.parametrize("size", [(1440, 900), (960, 600)], ids=["wide", "narrow"])
def test_no_text_is_cut_or_faint(
    program: Program, run: Run, tmp_path: Path, lang: str, shown: Theme, size: tuple[int, int]
) -> None:
    async def scene() -> None:
        program.speak(lang)
        theme.apply(program._app, shown)
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 9))
        window.apply_theme()
        window.retranslate()
        window.resize(*size)
        await until(lambda: window.patients.table.rows.row_at(0), "the rows")
        window.patients.table.choose(0)
        await until(lambda: window.preview.view, "the preview")
        await asyncio.sleep(0.1)
        assert find_cut_texts(window) == []
        assert find_unreadable(window) == []

    try:
        run(scene())
    finally:
        theme.apply(program._app, Theme.LIGHT)
        program.speak("en")


def test_gaps_are_alike_and_on_the_grid(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.resize(1440, 900)
        await asyncio.sleep(0.1)
        assert window.top.height() == TOP_BAR
        boxes = [d.geometry().translated(window.layout_.area.mapTo(window, QPoint())) for d in window.layout_.docks]
        patients, queue, preview = boxes
        assert patients.left() == GAP and patients.top() == TOP_BAR + GAP
        assert preview.left() - patients.right() - 1 == GAP == queue.top() - patients.bottom() - 1
        assert window.width() - preview.right() - 1 == GAP
        assert patients.left() == queue.left() and patients.top() == preview.top()
        assert all(pane.head_bar.height() == CARD_HEAD for pane in (window.patients, window.queue))

    run(scene())


def test_the_next_action_in_a_row_does_it(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        table = window.patients.table
        await until(lambda: table.rows.row_at(0), "the row")
        assert window.dialogs is not None
        edited: list[object] = []
        window.patients.opened.connect(edited.append)
        last = max(n for n in range(len(table.rows.columns)) if not table.isColumnHidden(n))
        cell = table.visualRect(table.rows.index(0, last))
        QTest.mouseMove(table.viewport(), cell.center())
        table.row_delegate._hovered = 0  # offscreen, the mouse enters nothing
        at = QPoint(cell.right() - 20, cell.center().y())
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert len(edited) == 1

    run(scene())


def test_the_sentence_says_what_goes_out_by_itself_and_leads_to_the_rows(
    program: Program, run: Run, tmp_path: Path
) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        summary = window.top.summary
        await until(lambda: summary.sentence, "the sentence")
        assert summary.sentence == "7 are kept on this computer: no server is set"
        window.queue.counters.choose(Status.COMPLETED)
        await until(lambda: not window.queue.table.rows.ids, "the filter")
        summary.click()
        await until(lambda: len(window.queue.table.rows.ids) == 7, "all open entries")

    run(scene())
