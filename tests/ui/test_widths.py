"""Columns in the room that they have: nothing scrolls sideways as long as the least of each fits."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.models.paged import PagedModel
from ui.models.tables import PATIENTS, QUEUE, build_patients_model, build_queue_model
from ui.widgets.table import Table
from ui.widgets.widths import fit


@pytest.mark.parametrize("columns", [PATIENTS, QUEUE], ids=["patients", "queue"])
@pytest.mark.parametrize("room", [505, 526, 600, 760, 1400])
def test_the_room_is_filled_and_nothing_lies_beside_it(columns: tuple[object, ...], room: int) -> None:
    wishes = [c.width for c in columns]  # type: ignore[attr-defined]
    widths = fit(columns, wishes, room)  # type: ignore[arg-type]
    assert sum(widths.values()) == room
    assert all(widths[n] >= columns[n].min_width for n in widths)  # type: ignore[attr-defined]


@pytest.mark.parametrize("make", [build_patients_model, build_queue_model])
def test_a_small_window_does_not_forget_the_wishes(qapp: QApplication, make: object) -> None:
    parent = QObject()
    table, again = (Table(make(parent), "table") for _ in range(2))  # type: ignore[operator]
    for each in (table, again):
        each.resize(1000, 300)
        each.show()
    wide = [table.columnWidth(n) for n in range(len(table.rows.columns))]
    table.resize(420, 300)
    qapp.processEvents()
    assert table.horizontalScrollBar().maximum() == 0
    assert any(table.isColumnHidden(n) for n in range(len(wide)))
    again.restore_layout(table.read_layout())
    assert [again.columnWidth(n) for n in range(len(wide))] == wide
    table.resize(1000, 300)
    assert [table.columnWidth(n) for n in range(len(wide))] == wide
    table.horizontalHeader().resizeSection(1, 200)  # as the user draws it
    qapp.processEvents()
    assert table.columnWidth(1) == 200
    assert table.horizontalScrollBar().maximum() == 0


def test_the_layout_of_other_columns_is_not_taken_over(qapp: QApplication) -> None:
    parent = QObject()
    before = Table(build_queue_model(parent), "table")
    before.horizontalHeader().resizeSection(0, 300)
    fewer = PagedModel(QUEUE[1:], lambda row: row.seq, parent)
    after, fresh = Table(fewer, "table"), Table(fewer, "table")
    for table in (before, after, fresh):
        table.resize(1000, 300)
        table.show()
    after.restore_layout(before.read_layout())
    assert after.horizontalHeader().count() == len(QUEUE) - 1
    assert after.read_layout() == fresh.read_layout()
