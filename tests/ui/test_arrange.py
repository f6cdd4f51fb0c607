"""Panes are arranged by commands, and the next start is as this one ended: docks, columns, sort and filters."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Settings
from fhirdesk.core.views import PatientQuery, PatientSort
from tests.require import require
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from ui.program import Program
from ui.widgets.button import Button
from ui.window.main_window import MainWindow


def put(window: MainWindow, number: int, command: str) -> None:
    """Run a command on a pane, as the ⋯ of its head does."""
    window.layout_.arrangement.pane = window.layout_.docks[number]
    window.actions_[command].trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def at(window: MainWindow, number: int) -> QPoint:
    return window.layout_.docks[number].geometry().topLeft()


def test_panes_are_moved_maximised_floated_and_put_back_without_a_mouse(
    program: Program, run: Run, tmp_path: Path
) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 2))
        window.resize(1440, 900)
        patients, queue, preview = window.layout_.docks
        await until(lambda: preview.geometry().right() > 1400, "the panes in the larger window")
        before = [at(window, n) for n in range(3)]
        put(window, 2, "pane_below")
        await until(lambda: at(window, 2).x() == at(window, 0).x() and at(window, 2).y() > at(window, 1).y(), "below")
        put(window, 0, "pane_right")
        await until(lambda: at(window, 0).x() > at(window, 1).x(), "the patients at the right")
        put(window, 0, "pane_left")
        put(window, 1, "pane_maximise")
        assert window.actions_["pane_maximise"].isChecked()
        assert [d.isVisible() for d in (patients, queue, preview)] == [False, True, False]
        window.actions_["pane1"].trigger()  # leads to a pane that is hidden
        assert all(d.isVisible() for d in (patients, queue, preview)) and window.patients.table.hasFocus()
        put(window, 2, "pane_float")
        assert preview.isFloating() and window.actions_["pane_float"].isChecked()
        preview.close()
        window.actions_["pane3"].trigger()
        assert preview.isVisible()
        window.actions_["reset_layout"].trigger()
        assert not preview.isFloating()
        await until(
            lambda: all((at(window, n) - before[n]).manhattanLength() < 4 for n in range(3)), "the first places"
        )

    run(scene())


def test_the_head_of_a_pane_offers_to_arrange_it(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        for number, dock in enumerate(window.layout_.docks):
            more = require(dock.titleBarWidget().findChild(Button, "more"))
            assert dock.windowTitle() in more.accessibleName()
            more.click()
            menu = QApplication.activePopupWidget()
            assert menu is not None and window.actions_["pane_float"] in menu.actions()
            menu.close()
            assert window.layout_.arrangement.pane is window.layout_.docks[number]

    run(scene())


def test_a_maximised_pane_is_not_the_layout_of_the_next_start(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        put(window, 0, "pane_maximise")
        window.layout_.save()
        window.layout_.restore()
        assert all(dock.isVisible() for dock in window.layout_.docks)

    run(scene())


def test_the_next_start_sorts_and_filters_as_this_one(
    program: Program, programs: list[Program], settings: Settings, qapp: QApplication, run: Run, tmp_path: Path
) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 5))
        born = [c.name for c in window.patients.table.rows.columns].index("birth_date")
        for _ in range(2):
            window.patients.table.horizontalHeader().sectionClicked.emit(born)
        window.patients.search.setText("김")
        window.queue.counters.choose(Status.HELD)
        await until(lambda: window.queue.types.count() > 1, "the kinds")
        window.queue.types.setCurrentIndex(window.queue.types.findData("encounter"))
        window.layout_.save()
        await program.end()
        assert "김" not in (settings.data_dir / "window.ini").read_text(encoding="utf-8")
        again = Program(qapp, settings, lang="en", theme="light")
        programs.append(again)
        window = await opened(again)
        desk = require(window.desk)
        wanted = await desk.records.find_patient_ids(PatientQuery("", PatientSort.BORN, True))
        await until(lambda: window.patients.table.rows.ids == wanted, "the order by birth date")
        assert window.patients.table.read_sort() == (PatientSort.BORN, True)
        assert window.patients.table.horizontalHeader().isSortIndicatorShown()
        await until(lambda: window.queue.table.rows.row_at(0), "the queue")
        assert {window.queue.table.rows.row_at(n).type for n in range(window.queue.table.rows.rowCount())} == {
            "encounter"
        }
        await until(lambda: window.queue.types.currentData() == "encounter", "the kind in the box")
        window.actions_["reset_layout"].trigger()
        await until(lambda: len(window.queue.table.rows.ids) > 25, "the whole queue")
        assert window.patients.table.read_sort() == ("", False)

    run(scene())
    for each in programs[1:]:
        each.window.deleteLater()


@pytest.mark.parametrize("between", [None, Qt.Key.Key_1], ids=["alone", "with 1"])
def test_alt_alone_opens_the_menu(program: Program, run: Run, between: Qt.Key | None) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.patients.search.setFocus()
        box = window.patients.search
        QTest.keyPress(box, Qt.Key.Key_Alt)
        if between is not None:
            QTest.keyClick(box, between, Qt.KeyboardModifier.AltModifier)
        QTest.keyRelease(box, Qt.Key.Key_Alt)
        await asyncio.sleep(0)
        menu = window.actions_.main_menu
        assert menu.isVisible() == (between is None)
        if menu.isVisible():
            assert menu.activeAction() is not None
            menu.close()

    run(scene())


def test_down_and_a_second_enter_lead_from_the_search_to_the_list(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        for pane in (window.patients, window.queue):
            await until(lambda p=pane: p.table.rows.row_at(1), "the rows")  # type: ignore[misc]
            for keys in ((Qt.Key.Key_Down,), (Qt.Key.Key_Return, Qt.Key.Key_Return)):
                pane.search.setFocus()
                for key in keys:
                    QTest.keyClick(pane.search, key)
                assert pane.table.hasFocus() and pane.table.current_row() is not None

    run(scene())
