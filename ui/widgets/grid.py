"""A short table that is filled at once: attempts, refused rows, shortcuts, differing fields."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.widgets.states import ROLE, Sign, StateDelegate

ROW = 30
AROUND, BESIDE = 12, 24  # px that a cell leaves around its lines
MOST = 500  # rows that are shown; a last one says how many more there are


class Grid(QTableWidget):
    """A read-only table of whole rows in plain text; the tool tip has the whole text of a cell."""

    def __init__(self, name: str, titles: Sequence[str], grows: int, widths: Sequence[int] = ()):
        super().__init__(0, len(titles))
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(titles))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self._grows, self._fits_height = grows, False
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(36)
        for number, width in enumerate(widths):
            self.setColumnWidth(number, width)
        head.sectionResized.connect(lambda *_: self._break_lines())
        head.setSectionResizeMode(grows, QHeaderView.ResizeMode.Stretch)

    def fill(self, rows: Sequence[Sequence[str]], signs: Sequence[Sign] = ()) -> None:
        """Show rows of texts; with `signs`, the first column shows a state in each row."""
        self.setRowCount(min(len(rows), MOST))
        if signs:
            self.setItemDelegateForColumn(0, StateDelegate(self))
        for row, texts in enumerate(rows[:MOST]):
            self._fill_row(row, texts, signs[row] if signs else None)
        if len(rows) > MOST:
            self._show_more(len(rows) - MOST)
        self._break_lines()

    def _fill_row(self, row: int, texts: Sequence[str], sign: Sign | None) -> None:
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if column == 0 and sign:
                item.setData(ROLE, sign)
            self.setItem(row, column, item)

    def _show_more(self, number: int) -> None:
        self.insertRow(MOST)
        more = QTableWidgetItem(fill(_("And {count} more"), count=words.format_count(number)))
        more.setFlags(Qt.ItemFlag.NoItemFlags)
        self.setItem(MOST, self._grows, more)

    def _break_lines(self) -> None:
        """Make each row as high as its lines where lines are broken; Qt forgets the cells' padding."""
        for row in range(self.rowCount() if self.wordWrap() else 0):
            self.setRowHeight(
                row, max(ROW, AROUND + max(self._measure_text(row, c) for c in range(self.columnCount())))
            )

        if self._fits_height:
            head = self.horizontalHeader().sizeHint().height()
            self.setFixedHeight(head + self.verticalHeader().length() + 4)

    def _measure_text(self, row: int, column: int) -> int:
        """The height of the text in a cell, in px."""
        item = self.item(row, column)
        room = QRect(0, 0, max(1, self.columnWidth(column) - BESIDE), 10_000)
        return self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, item.text() if item else "").height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew at another width."""
        super().resizeEvent(event)
        self._break_lines()

    def showEvent(self, event: QShowEvent) -> None:
        """Break the lines anew with the font that is shown: the style sheet gives it late."""
        super().showEvent(event)
        self._break_lines()

    def fit_height(self) -> None:
        """Ask for the height of all rows: the widget around it scrolls."""
        self._fits_height = True
        self._break_lines()
