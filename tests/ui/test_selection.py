"""One visible selection: verbs work on what is seen chosen, and the preview follows it."""

import asyncio
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fhirdesk.core.queue_entry import Status
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from ui.dialogs.correct import CorrectDialog
from ui.program import Program
from ui.window.main_window import MainWindow


async def with_queue(program: Program, tmp_path: Path) -> MainWindow:
    window = await opened(program, clinic(tmp_path / "clinic.ndjson"))
    await until(lambda: len(window.queue.table.rows.ids) > 5, "the queue")
    window.queue.counters.choose(Status.PENDING)
    rows = window.queue.table.rows
    await until(lambda: len(rows.ids) == window.counts[Status.PENDING] and rows.row_at(0), "what waits")
    window.queue.table.choose(0)
    await until(lambda: window.preview.view, "the preview")
    return window


def test_after_its_row_has_gone_nothing_is_chosen_and_no_verb_works(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await with_queue(program, tmp_path)
        desk, table = window.desk, window.queue.table
        assert desk
        first = table.current_row()
        await desk.queue.change("cancel", [first.uuid])
        await until(lambda: first.seq not in table.rows.ids or table.current_row() is None, "that the row is gone")
        table.setFocus(Qt.FocusReason.ActiveWindowFocusReason)  # a dialog has closed: Qt puts its cursor somewhere
        await asyncio.sleep(0.1)
        assert not table.selected_ids() and table.current_row() is None
        assert window.preview.view is None and not window.preview.person.isVisible()
        for name in ("correct", "retry", "hold", "discard", "decide", "chain"):
            window.toast.clear()
            window.actions_[name].trigger()
            assert window.toast.text == "Choose an entry in the queue first.", name
        assert not window.findChildren(CorrectDialog)

    run(scene())


def test_choosing_in_one_table_ends_the_selection_of_the_other(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await with_queue(program, tmp_path)
        window.patients.table.choose(1)
        row = window.patients.table.current_row()
        await until(lambda: window.preview.view and window.preview.view.key == row.key, "the patient's preview")
        assert window.queue.table.selected_ids() == []
        assert window.preview.person.name.text() == row.name and row.key in window.preview.person.facts.text()
        window.queue.table.choose(2)
        entry = window.queue.table.current_row()
        await until(lambda: window.preview.view and window.preview.view.key == entry.key, "the entry's preview")
        assert window.patients.table.selected_ids() == []
        head = window.preview.person
        assert entry.patient_name in head.name.text() + head.facts.text() and entry.patient_key in head.facts.text()
        assert entry.patient_name not in window.windowTitle() + window.layout_.docks[2].windowTitle()

    run(scene())


def test_clicking_the_chosen_row_brings_its_preview_back(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await with_queue(program, tmp_path)
        chosen = window.queue.table.current_row()
        window.preview.open_given(json.dumps({"resourceType": "Basic", "code": {"text": "x"}}))
        await until(lambda: window.preview.view and window.preview.view.resource_type == "Basic", "what was pasted")
        place = window.queue.table.visualRect(window.queue.table.currentIndex()).center()
        QTest.mouseClick(window.queue.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await until(lambda: window.preview.view and window.preview.view.key == chosen.key, "the preview of the row")

    run(scene())


@pytest.mark.parametrize("status", [Status.PENDING, Status.HELD])
def test_a_verb_that_the_chosen_entry_does_not_allow_says_so(
    program: Program, run: Run, tmp_path: Path, status: Status
) -> None:
    async def scene() -> None:
        window = await with_queue(program, tmp_path)
        window.queue.counters.choose(status)
        rows = window.queue.table.rows
        await until(lambda: (row := rows.row_at(0)) and row.status is status, "entries in that state")
        window.queue.table.choose(0)
        await until(window.queue.table.current_row, "the row")
        window.actions_["decide"].trigger()
        assert window.toast.text == "There is nothing to decide about this entry in this way."

    run(scene())


def test_the_first_step_by_key_goes_to_the_first_row(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson"))
        table = window.patients.table
        window.actions_["pane1"].trigger()
        QTest.keyClick(table, Qt.Key.Key_Down)
        assert [i.row() for i in table.selectionModel().selectedRows()] == [0]
        QTest.keyClick(table, Qt.Key.Key_Down)
        assert [i.row() for i in table.selectionModel().selectedRows()] == [1]

    run(scene())
