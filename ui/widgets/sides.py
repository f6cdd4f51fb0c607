"""Both sides of a conflict, field by field: a choice where both changed a field, and the fields that are merged without
one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design import icons
from ui.design.fonts import Size
from ui.design.measures import GAP
from ui.widgets.fields import MarkLabel, text_label
from ui.widgets.options import Choice, value_label

LEFT, FIELD, SEEN, MINE, THEIRS, OTHER, RIGHT = range(7)
EDGE = GAP  # px beside the columns, and a gap between the columns
STRETCHES = ((SEEN, 3), (MINE, 4), (THEIRS, 4))
FIELD_WIDTH = 112  # px
HEAD, CHOICE, ROW, TITLE = 36, 56, 36, 44  # px: heights of rows
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Sides(QWidget):
    """A choice between the same values stays when they are read again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sides")
        self.setAccessibleName(_("Fields that differ"))
        self.rows: tuple[FieldValues, ...] = ()
        self.choices: list[Choice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._table: QWidget | None = None

    # -- content

    def fill(self, rows: Sequence[FieldValues], can_type: Callable[[str], bool]) -> None:
        """Show the fields that differ. `can_type`: whether a third value of a field can be typed."""
        before = {c.row.field: (c.row, c.side, c.text.text()) for c in self.choices}
        for choice in self.choices:
            choice.deleteLater()
        self.rows = tuple(rows)
        grid = self._begin([_("Field"), _("As loaded"), _("Typed here"), _("Server now")])
        self.choices = [Choice(row, can_type(row.field), self) for row in rows if row.who is Side.BOTH]
        for choice in self.choices:
            self._add_choice(grid, choice)
        self._add_merged(grid, [row for row in rows if row.who is not Side.BOTH])
        for choice in self.choices:
            if choice.row.field in before:
                choice.choose_again(*before[choice.row.field])
            choice.changed.connect(self.changed)
        self.changed.emit()

    def show_changes(self, rows: Sequence[FieldValues]) -> None:
        """Show what changed on the server, with nothing to choose: the record is to be deleted."""
        self.rows, self.choices = tuple(rows), []
        grid = self._begin([_("Field"), _("As loaded"), "", _("Server now")])
        for row in rows:
            line = self._add_row(grid, ROW, row.field, row.base)
            grid.addWidget(value_label(row.field, row.theirs), line, THEIRS, MIDDLE)
            _add_line(grid, "hair")
        self.changed.emit()

    def _begin(self, titles: Sequence[str]) -> QGridLayout:
        """Replace the table by an empty one with these titles."""
        if self._table is not None:
            self._column.removeWidget(self._table)
            self._table.hide()
            self._table.deleteLater()
        self._table = QWidget()
        self._table.setObjectName("sidesTable")
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(0)
        for column, stretch in STRETCHES:
            grid.setColumnStretch(column, stretch)
        for column, width in ((LEFT, EDGE), (FIELD, FIELD_WIDTH), (RIGHT, EDGE - GAP)):
            grid.setColumnMinimumWidth(column, width)
        grid.setRowMinimumHeight(0, HEAD)
        for column, title in enumerate(titles, FIELD):
            grid.addWidget(text_label(title, "muted", Size.SMALL), 0, column, MIDDLE)
        _add_line(grid, "line")
        self._column.addWidget(self._table)
        return grid

    def _add_row(self, grid: QGridLayout, height: int, field: str, base: str | None, weight: int = 400) -> int:
        """Begin a row with the field's name and its value as loaded; returns its number."""
        line = grid.rowCount()
        grid.setRowMinimumHeight(line, height)
        name = text_label(field_label(field), weight=weight)
        name.setWordWrap(True)
        grid.addWidget(name, line, FIELD, MIDDLE)
        grid.addWidget(value_label(field, base, is_quiet=True), line, SEEN, MIDDLE)
        return line

    def _add_choice(self, grid: QGridLayout, choice: Choice) -> None:
        line = self._add_row(grid, CHOICE, choice.row.field, choice.row.base, 500)
        grid.addWidget(choice.mine, line, MINE, MIDDLE)
        grid.addWidget(choice.theirs, line, THEIRS, MIDDLE)
        grid.addWidget(choice.edit, line, OTHER, MIDDLE)
        grid.addWidget(choice.other, line + 1, MINE, 1, 2)
        grid.addWidget(choice.below, line + 2, MINE)
        _add_line(grid, "hair")

    def _add_merged(self, grid: QGridLayout, rows: Sequence[FieldValues]) -> None:
        if not rows:
            return
        line = grid.rowCount()
        grid.setRowMinimumHeight(line, TITLE)
        grid.addWidget(_build_merged_title(len(rows)), line, FIELD, 1, OTHER - FIELD, MIDDLE)
        for number, row in enumerate(rows):
            if number:
                _add_line(grid, "hair")
            line = self._add_row(grid, ROW, row.field, row.base)
            for column, value, side, other in (
                (MINE, row.mine, Side.MINE, _("Not changed")),
                (THEIRS, row.theirs, Side.THEIRS, _("Not changed there")),
            ):
                shown = _build_winner(row.field, value) if row.who is side else text_label(other, "muted")
                grid.addWidget(shown, line, column, MIDDLE)

    # -- choices

    def choose_all(self, side: Side) -> None:
        """Choose one side for every field that needs a choice."""
        for choice in self.choices:
            choice.choose(side)

    @property
    def is_ready(self) -> bool:
        """Whether every choice is made."""
        return all(choice.side for choice in self.choices)

    def read_choices(self) -> Choices:
        """The choices, with the values that were shown."""
        named = {side: frozenset(c.row.field for c in self.choices if c.side is side) for side in Side}
        typed = {c.row.field: c.text.text().strip() for c in self.choices if c.side is Side.BOTH}
        return Choices(named[Side.MINE], named[Side.THEIRS], typed, seen=self.rows)


def _add_line(grid: QGridLayout, name: str) -> None:
    """Add a line of 1 px from edge to edge: `line` below titles, `hair` between rows."""
    line = QFrame()
    line.setObjectName(name)
    line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    grid.addWidget(line, grid.rowCount(), LEFT, 1, RIGHT + 1)


def _lay_out(*widgets: QWidget) -> QWidget:
    """Lay widgets side by side; the last one takes the room."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for number, widget in enumerate(widgets, 1):
        row.addWidget(widget, number == len(widgets))
    return holder


def _build_merged_title(number: int) -> QWidget:
    icon = QLabel()
    icon.setPixmap(icons.draw_pixmap("merge", "muted", scale=2))
    title = text_label(
        fill(_("Merged by itself: {count}"), count=words.format_count(number)), size=Size.SMALL, weight=600
    )
    return _lay_out(icon, title)


def _build_winner(field: str, value: str | None) -> QWidget:
    """The value that will be saved, with a tick."""
    shown = value_label(field, value)
    shown.setAccessibleName(fill(_("{value}: is kept"), value=shown.text()))
    return _lay_out(MarkLabel("saved"), shown)
