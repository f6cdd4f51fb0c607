"""A short table of cells that is filled at once, with sections: fields, differences, versions."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design import measures
from ui.models.cells import CELL_ROLE, Cell
from ui.widgets.row_delegate import RowDelegate

Row = Sequence[Cell]
MOST = 500  # rows that are shown; a last one says how many more there are


class CellGrid(QTableWidget):
    """Whole rows that can be chosen; a row of one cell is a section. The tip has the whole text of a cell. `grow`: the
    columns that share the room that the others leave."""

    def __init__(self, columns: int, grow: Sequence[int], widths: Sequence[int] = ()):
        super().__init__(0, columns)
        self.setItemDelegate(RowDelegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(measures.TABLE_HEAD)
        self.setProperty("cells", True)
        head = self.horizontalHeader()
        head.setFixedHeight(measures.TABLE_HEAD)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        for number, width in enumerate(widths):
            self.setColumnWidth(number, width)
        for number in grow:
            head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def name_columns(self, titles: Sequence[str]) -> None:
        """Name the columns; where a title is elided its tip has it."""
        for number, title in enumerate(titles):
            item = QTableWidgetItem(title)
            item.setToolTip(title)
            self.setHorizontalHeaderItem(number, item)

    def fill(self, rows: Sequence[Row]) -> None:
        """Show rows; nothing is chosen then."""
        self.blockSignals(True)
        self.clearSpans()
        shown = list(rows[:MOST])
        if len(rows) > MOST:
            shown.append(
                [Cell(fill(_("And {count} more"), count=words.format_count(len(rows) - MOST)), is_section=True)]
            )
        self.setRowCount(len(shown))
        for number, row in enumerate(shown):
            self._fill_row(number, row)
        self.setCurrentCell(-1, -1)
        self.blockSignals(False)

    def _fill_row(self, number: int, row: Row) -> None:
        is_section = len(row) == 1
        if is_section:
            self.setSpan(number, 0, 1, self.columnCount())
        for column in range(self.columnCount()):
            cell = row[column] if column < len(row) else Cell("", is_section=True)
            item = QTableWidgetItem(cell.text)
            item.setData(CELL_ROLE, cell)
            item.setToolTip("\n".join(filter(None, (cell.text, cell.below))))
            if is_section:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.setItem(number, column, item)
        self.setRowHeight(number, measures.TALL_ROW if any(cell.below for cell in row) else measures.ROW)
