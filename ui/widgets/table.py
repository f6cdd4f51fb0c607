"""The table of a pane: rows of 32 px, hairlines, sorted by the store, its columns saved from start to start."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.design.measures import TABLE_HEAD
from ui.models.paged import PagedModel
from ui.widgets.overlay_scroll_bar import OverlayScrollBar
from ui.widgets.row_delegate import RowDelegate
from ui.widgets.widths import Widths

ROW = 32
KEPT = 1000  # selected rows that stay selected when the rows are read again
STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class Table(QTableView):
    """Shows a PagedModel. A click on a column emits `sort_requested`: the pane asks the store."""

    chosen = Signal(object)  # the selected row under the cursor, or None
    opened = Signal(object)  # a row by double click or Enter
    next_requested = Signal(object)  # the row whose next action was pressed
    sort_requested = Signal(str, bool)  # column's sort, descending

    def __init__(self, model: PagedModel, name: str, parent: QWidget | None = None, *, has_pencil: bool = False):
        super().__init__(parent)
        self.rows = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.row_delegate = RowDelegate(self, has_pencil=has_pencil)
        self.setItemDelegate(self.row_delegate)
        self.row_delegate.link_pressed.connect(lambda number: self.next_requested.emit(model.row_at(number)))
        self.row_delegate.pencil_pressed.connect(lambda number: self.opened.emit(model.row_at(number)))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._arrange()
        self.scroll_bar = OverlayScrollBar(self, TABLE_HEAD)
        self._awaited = False  # the chosen row is not here yet
        self.selectionModel().selectionChanged.connect(lambda *_: self._emit_chosen())
        self.selectionModel().currentRowChanged.connect(lambda *_: self._emit_chosen())
        self.clicked.connect(lambda _: self._emit_chosen())  # also the chosen row: its preview comes back
        model.dataChanged.connect(lambda *_: self._emit_chosen() if self._awaited else None)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.row_at(index.row())))
        self._kept: list[int] = []
        self._is_seen = False
        self._current = -1
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._restore_selection)
        model.modelReset.connect(self._span_sections)

    def _arrange(self) -> None:
        side = self.verticalHeader()
        side.setVisible(False)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(ROW)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setFixedHeight(TABLE_HEAD)
        head.setSectionsMovable(True)
        head.setSortIndicatorShown(False)
        head.setMinimumSectionSize(40)
        self._widths = Widths(head, self.rows.columns)
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self._sort)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths.fit_into(self.viewport().width())

    def _sort(self, section: int) -> None:
        sort = self.rows.columns[section].sort
        if sort is None:
            return
        before, descending = self.rows.sorted_by
        descending = sort == before and not descending
        self.show_sort(sort, descending)
        self.sort_requested.emit(sort, descending)

    def show_sort(self, sort: str, descending: bool) -> None:
        """Show by which column the rows are sorted, without asking for it; an empty text: none was chosen."""
        self.rows.sorted_by = (sort, descending)
        section = next((n for n, column in enumerate(self.rows.columns) if sort and column.sort == sort), -1)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(section >= 0)
        head.setSortIndicator(section, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)

    def read_sort(self) -> tuple[str, bool]:
        """By which column's sort the rows are sorted (empty: none was chosen), and whether descending."""
        return self.rows.sorted_by

    def _emit_chosen(self) -> None:
        row = self.current_row()
        self._awaited = row is None and self._is_chosen()
        if not self._awaited:
            self.chosen.emit(row)

    def _span_sections(self) -> None:
        """Let the title of each section take its whole row."""
        self.clearSpans()
        for number in self.rows.section_rows:
            self.setSpan(number, 0, 1, len(self.rows.columns))

    # -- selection, kept by identity when the rows are read again

    def _keep_selection(self) -> None:
        self._kept = list(map(self.rows.id_at, islice(self._selected_numbers(), KEPT)))
        self._current = self.rows.id_at(self.currentIndex().row())
        self._is_seen = self.viewport().rect().intersects(self.visualRect(self.currentIndex()))

    def _restore_selection(self) -> None:
        if not self._kept:
            return
        model = self.selectionModel()
        model.blockSignals(True)
        self._select_again()
        model.blockSignals(False)
        self.viewport().update()
        if not self._is_chosen():
            self.chosen.emit(None)

    def _select_again(self) -> None:
        """Select the rows that are still in the list, and put the cursor on one of them."""
        model = self.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        numbers = [p for p in map(self.rows.index_of, self._kept) if p >= 0]
        for number in numbers:
            model.select(self.rows.index(number, 0), flags)
        current = self.rows.index_of(self._current)
        if numbers:
            number = current if current in numbers else numbers[0]
            model.setCurrentIndex(self.rows.index(number, 0), model.SelectionFlag.NoUpdate)
            if self._is_seen:  # it stays so, once the table knows its new rows
                QTimer.singleShot(0, self, lambda: self.scrollTo(self.currentIndex()))

    def _is_chosen(self) -> bool:
        """Whether the cursor is on a selected row. Qt puts it on the first row when the table gets the focus, where
        nobody sees it."""
        at = self.currentIndex()
        return at.isValid() and self.selectionModel().isRowSelected(at.row(), at.parent())

    def current_row(self) -> Any:
        """The selected row under the cursor, None where it is not read yet."""
        return self.rows.row_at(self.currentIndex().row()) if self._is_chosen() else None

    def selected_rows(self) -> list[Any]:
        """The selected rows that are read."""
        rows = map(self.rows.row_at, self._selected_numbers())
        return [row for row in rows if row is not None]

    def selected_ids(self) -> list[int]:
        """The ids of the selected rows, also of those that were never painted."""
        return list(map(self.rows.id_at, self._selected_numbers()))

    def _selected_numbers(self) -> Iterator[int]:
        """The numbers of the selected rows. Qt keeps ranges: of a million rows it is one, and `selectedRows`, which
        makes an index of each, takes half a minute."""
        seen: set[int] = set()
        selection = self.selectionModel().selection()
        for area in map(selection.at, range(selection.count())):
            numbers = range(area.top(), area.bottom() + 1)
            yield from (n for n in numbers if n not in seen and not self.rows.is_section(n))
            seen.update(numbers)

    def choose(self, number: int) -> None:
        """Select a row and bring it into view; from the title of a section, the first row below it."""
        number += self.rows.is_section(number)
        if 0 <= number < self.rows.rowCount():
            self.selectRow(number)
            self.scrollTo(self.currentIndex())

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+E, where rows have a pencil, from the command that has this key elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_pencil(event):
            event.accept()
            return True
        return super().event(event)

    def _is_pencil(self, event: QKeyEvent) -> bool:
        is_control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return self.row_delegate.has_pencil and is_control and event.key() == Qt.Key.Key_E

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row, and so does Ctrl+E where it has a pencil. The first step of a cursor that nobody
        sees selects the row that it is on."""
        if event.key() in STEPS and not event.modifiers() and not self._is_chosen() and self.rows.rowCount():
            self.choose(max(0, self.currentIndex().row()))
            return
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
        if is_enter or self._is_pencil(event):
            if (row := self.current_row()) is not None:
                self.opened.emit(row)
            return
        super().keyPressEvent(event)

    def take_focus(self) -> None:
        """Take the keyboard's focus, with a row selected."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        if not self._is_chosen():
            self.choose(0)

    # -- what is remembered

    def read_layout(self) -> QByteArray:
        """The columns as the user left them, to be saved."""
        return self._widths.read_state()

    def restore_layout(self, state: QByteArray) -> None:
        """Arrange the columns as they were saved."""
        self._widths.restore(state)
        self.horizontalHeader().setSortIndicatorShown(False)

    def reset_layout(self) -> None:
        """Arrange the columns as they were at the first start."""
        self._widths.reset()

    def on_menu(self, show: Callable[[QPoint], None]) -> None:
        """Call `show` with the global position where a context menu is requested for chosen rows."""
        self.customContextMenuRequested.connect(
            lambda at: show(self.viewport().mapToGlobal(at)) if self.selectionModel().hasSelection() else None
        )
