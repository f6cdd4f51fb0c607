"""A table of any length: the ids of all rows in order (8 bytes each), and the rows of the pages that were seen. Order,
filter and page are the store's; this model only requests the rows that the view is about to paint."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from fhirdesk.core.views import Link, ServerView
from fhirdesk.i18n.translation import _, fill
from ui.models.cells import CELL_ROLE, SKELETON, Cell

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
PAGE = 64
KEPT = 4096
OPENING = 12  # rows that are hinted at before any is known
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, SPOKEN)
NO_SECTIONS: Mapping[int, Cell] = {}
NO_SERVER = ServerView("", None, Link.UNSET, False)


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column of rows of type R, as data: all that the table knows of it. Some texts depend on the server's state."""

    name: str
    title: str  # English, as it is marked for translation in "Columns"
    cell: Callable[[R, ServerView], Cell]
    width: int  # px, as all widths
    min_width: int  # px, in a narrow window
    sort: str | None = None  # what the store is asked to sort by
    right: bool = False  # its head stands at the right, as its numbers do
    tip: Callable[[R, ServerView], str] | None = None
    stretches: bool = False  # takes the room that the others leave
    hide_rank: int = 0  # hidden where even the minimum widths do not fit, the highest rank first; 0: never


class PagedModel(QAbstractTableModel):
    """A table model of rows by id. `rows_requested` carries the ids of missing rows; the pane answers with `fill`."""

    rows_requested = Signal(object)  # list[int]

    def __init__(
        self,
        columns: Sequence[Column[R]],
        identity: Callable[[R], int],
        parent: QObject | None = None,
        server: Callable[[], ServerView] = lambda: NO_SERVER,
    ):
        super().__init__(parent)
        self.columns: tuple[Column[Any], ...] = tuple(columns)
        self._identity: Callable[[Any], int] = identity
        self._server = server
        self.sorted_by = ("", False)  # a column's sort, and whether descending; empty: nobody has chosen one
        self._lines: array[int] = array("q")
        self._is_opening = False
        self._sections: dict[int, Cell] = {}
        self._rows: OrderedDict[int, Any] = OrderedDict()
        self._stale: set[int] = set()
        self._missing: set[int] = set()  # row numbers
        self._requested: set[int] = set()  # ids
        self._request_timer = QTimer(self, singleShot=True, interval=0)
        self._request_timer.timeout.connect(self._request_missing)

    # -- in

    def show_opening(self) -> None:
        """Hint at some rows: which ones there are is being read."""
        self.beginResetModel()
        self._lines, self._sections, self._is_opening = array("q"), {}, True
        self.endResetModel()

    def show(self, ids: "array[int]", rows: Sequence[Any] = (), sections: Mapping[int, Cell] = NO_SECTIONS) -> None:
        """Show these rows in this order; rows that are already here are painted at once and requested again. A
        negative id is that of a section: a row of its own with that title, looked up when it is shown."""
        self._store_rows(rows)
        self._sections = dict(sections)
        if ids == self._lines and not self._is_opening:
            self.refresh()
            return
        self.beginResetModel()
        self._lines, self._is_opening = ids, False
        self._missing.clear()
        self._stale = set(self._rows) - {self._identity(r) for r in rows}
        self.endResetModel()

    def fill(self, rows: Sequence[Any], requested: Sequence[int] = ()) -> None:
        """Take in the rows that were requested."""
        self._requested.difference_update(requested)
        self._store_rows(rows)
        if len(self._lines):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, len(self.columns) - 1))

    def refresh(self) -> None:
        """The rows may be out of date: paint them as they are, and request again those that are seen."""
        self._stale = set(self._rows)
        self._requested.clear()
        self.fill(())

    def _store_rows(self, rows: Sequence[Any]) -> None:
        for row in rows:
            number = self._identity(row)
            self._rows[number] = row
            self._rows.move_to_end(number)
            self._stale.discard(number)
        while len(self._rows) > KEPT:
            self._rows.popitem(last=False)

    # -- out

    def row_at(self, number: int) -> Any:
        """The row with that number; None while it is not here yet."""
        return self._rows.get(self._lines[number]) if 0 <= number < len(self._lines) else None

    def index_of(self, identity: int) -> int:
        """The number of a row by its id; -1 when it is not in this list."""
        try:
            return self._lines.index(identity)
        except ValueError:
            return -1

    @property
    def ids(self) -> "array[int]":
        """The ids of all rows, in order, without the titles of sections."""
        return array("q", (i for i in self._lines if i >= 0)) if self._sections else self._lines

    def id_at(self, number: int) -> int:
        """The id of the row with that number; negative for the title of a section."""
        return self._lines[number] if 0 <= number < len(self._lines) else -1

    def _note_missing(self, number: int) -> None:
        self._missing.add(number)
        if not self._request_timer.isActive():
            self._request_timer.start()

    def _request_missing(self) -> None:
        """Request whole pages around the rows that are seen, so that scrolling needs no wait."""
        pages = {n // PAGE for n in self._missing}
        self._missing.clear()
        ids = [i for p in sorted(pages) for i in self._lines[p * PAGE : (p + 1) * PAGE]]
        ids = [i for i in ids if i >= 0 and (i not in self._rows or i in self._stale) and i not in self._requested]
        if ids:
            self._requested.update(ids)
            self.rows_requested.emit(ids)

    # -- what Qt asks

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """The number of all rows, most of which are not here."""
        if parent.isValid():
            return 0
        return OPENING if self._is_opening else len(self._lines)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return _(self.columns[section].title)
            if role == SPOKEN:
                return self._speak_head(self.columns[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _speak_head(self, column: Column[Any]) -> str:
        """The title of a column as a screen reader says it: with the order of the rows."""
        sort, descending = self.sorted_by
        if not sort or column.sort != sort:
            return _(column.title)
        text = _("{column}, sorted downwards") if descending else _("{column}, sorted upwards")
        return fill(text, column=_(column.title))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell's text, or its state for the delegate; a row that is not here yet is requested."""
        number = index.row()
        if not 0 <= number < len(self._lines):
            return SKELETON if self._is_opening and role == CELL_ROLE else None
        identity = self._lines[number]
        if identity < 0:
            return self._get_section_value(identity, role)
        row = self._rows.get(identity)
        if role in (CELL_ROLE, Qt.ItemDataRole.DisplayRole) and (row is None or identity in self._stale):
            self._note_missing(number)
        if row is None:
            return SKELETON if role == CELL_ROLE else _("Not read yet") if role == SPOKEN else None
        return self._get_cell_value(row, self.columns[index.column()], role)

    def _get_section_value(self, identity: int, role: int) -> Any:
        if identity not in self._sections:
            return None
        section = replace(self._sections[identity], lead=_(self._sections[identity].lead))
        return section if role == CELL_ROLE else section.text if role in TEXT_ROLES else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A section cannot be chosen, nor a row that is only hinted at."""
        is_none = self._is_opening or self.is_section(index.row())
        return Qt.ItemFlag.NoItemFlags if is_none else super().flags(index)

    @property
    def section_rows(self) -> list[int]:
        """The numbers of the rows that are titles of sections."""
        return [self._lines.index(identity) for identity in self._sections if identity in self._lines]

    def is_section(self, number: int) -> bool:
        """True when the row of that number is the title of a section."""
        return 0 <= number < len(self._lines) and self._lines[number] < 0

    def _get_cell_value(self, row: Any, column: Column[Any], role: int) -> Any:
        if role == CELL_ROLE:
            return column.cell(row, self._server())
        if role in TEXT_ROLES:
            cell = column.cell(row, self._server())
            return cell.spoken if role == SPOKEN else cell.text
        if role == Qt.ItemDataRole.ToolTipRole and column.tip:
            return column.tip(row, self._server())
        return None
