"""One selection in the whole window: choosing a row in one table clears the other's selection, and the preview shows
the chosen record."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from ui.panes.preview import PreviewPane
from ui.widgets.table import Table

Subject = Callable[[Any], tuple[str, str]]  # a row → the type and key of its record


class SharedSelection(QObject):
    """Keeps the two tables and the preview together, so that actions work on the rows that are visibly chosen. Where
    none is chosen the preview is empty."""

    def __init__(self, preview: PreviewPane, tables: dict[Table, Subject], parent: QObject | None = None):
        super().__init__(parent)
        self._preview, self._tables = preview, tables
        self._feeder: Table | None = None  # whose row the preview shows
        for table in tables:
            table.chosen.connect(lambda row, t=table: self._choose(t, row))

    def _choose(self, table: Table, row: Any) -> None:
        if row is not None:
            self._feeder = table
            for other in self._tables:
                if other is not table:
                    other.clearSelection()
            self._preview.show_record(*self._tables[table](row))
        elif table is self._feeder:
            self._feeder = None
            self._preview.leave_record()
