"""Both sides of a conflict, field by field: a choice where both changed a field, and the fields that are merged without
one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.models.tables import visible
from ui.widgets.card import plain_label

FIELD, SEEN, MINE, THEIRS, OTHER = range(5)


class Option(QFrame):
    """A value that can be chosen; the whole card is the button."""

    def __init__(self, name: str, shown: QWidget):
        super().__init__()
        self.setObjectName("option")
        self.radio = QRadioButton()
        self.radio.setAccessibleName(name)
        self.radio.installEventFilter(self)
        self.radio.toggled.connect(lambda on: self._set_look("chosen", on))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self.radio)
        row.addWidget(shown, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the value by a click anywhere on the card."""
        self.radio.setFocus(Qt.FocusReason.MouseFocusReason)
        self.radio.click()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show on the card that the keyboard focus is on its button."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._set_look("focus", event.type() is QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _set_look(self, name: str, on: bool) -> None:
        self.setProperty(name, on)
        self.style().polish(self)


class Choice(QObject):
    """One field that both sides changed: my value, their value, or a third one."""

    changed = Signal()

    def __init__(self, row: FieldValues, typed: bool, parent: "Sides"):
        super().__init__(parent)
        self.row = row
        name = field_label(row.field)
        self.mine = Option(fill(_("{field}: as typed here"), field=name), _value_label(row.field, row.mine))
        self.theirs = Option(fill(_("{field}: as on the server"), field=name), _value_label(row.field, row.theirs))
        self.text = QLineEdit()
        self.text.setAccessibleName(fill(_("{field}: another value"), field=name))
        self.other = Option(self.text.accessibleName(), self.text)
        self.text.textEdited.connect(self.other.radio.click)
        self.other.hide()
        self.edit = QPushButton("✎")
        self.edit.setAutoDefault(False)
        self.edit.clicked.connect(self._type)
        self.edit.setProperty("quiet", True)
        self.edit.setToolTip(_("Type another value"))
        self.edit.setAccessibleName(self.text.accessibleName())
        self.edit.setVisible(typed)
        self._group = QButtonGroup(self)
        for option in (self.mine, self.theirs, self.other):
            self._group.addButton(option.radio)
        self._group.buttonToggled.connect(lambda *_: self.changed.emit())

    def _type(self) -> None:
        """Open the input of a third value; it begins with the value that was chosen."""
        self.text.setText((self.row.theirs if self.theirs.radio.isChecked() else self.row.mine) or "")
        self.other.show()
        self.other.radio.click()
        self.text.setFocus()
        self.text.selectAll()

    @property
    def side(self) -> Side | None:
        """The chosen side: MINE, THEIRS, BOTH for a third value; None: not chosen yet."""
        options = {Side.MINE: self.mine, Side.THEIRS: self.theirs, Side.BOTH: self.other}
        return next((side for side, option in options.items() if option.radio.isChecked()), None)

    def choose(self, side: Side) -> None:
        """Choose a side as a click does."""
        (self.mine if side is Side.MINE else self.theirs).radio.setChecked(True)

    def choose_again(self, row: FieldValues, side: Side | None, text: str) -> None:
        """Make the choice again that was made between the same values before they were read again."""
        if row == self.row and side is Side.BOTH:
            self._type()
            self.text.setText(text)
        elif row == self.row and side:
            self.choose(side)


class Sides(QScrollArea):
    """Scrolls where the fields are many; a choice between the same values stays when they are read again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sides")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Fields that differ"))
        self.rows: tuple[FieldValues, ...] = ()
        self.choices: list[Choice] = []

    def fill(self, rows: Sequence[FieldValues], typed: Callable[[str], bool]) -> None:
        """Show the fields that differ. `typed`: whether a third value of a field can be typed."""
        before = {c.row.field: (c.row, c.side, c.text.text()) for c in self.choices}
        self.rows = tuple(rows)
        both = [row for row in rows if row.who is Side.BOTH]
        self.choices = [Choice(row, typed(row.field), self) for row in both]
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        for column, stretch in ((SEEN, 3), (MINE, 4), (THEIRS, 4)):
            grid.setColumnStretch(column, stretch)
        grid.setColumnMinimumWidth(FIELD, 92)
        self._add_titles(grid)
        for choice in self.choices:
            self._add_choice(grid, choice)
        self._add_merged(grid, [row for row in rows if row.who is not Side.BOTH])
        grid.setRowStretch(grid.rowCount(), 1)
        self.setWidget(holder)
        for choice in self.choices:
            if choice.row.field in before:
                choice.choose_again(*before[choice.row.field])
            choice.changed.connect(self.changed)
        self.changed.emit()

    def _add_titles(self, grid: QGridLayout) -> None:
        titles = [_("Field"), _("As loaded"), _("Typed here"), _("Server now")]
        for column, title in enumerate(titles):
            grid.addWidget(plain_label(title, "muted"), 0, column)

    def _add_choice(self, grid: QGridLayout, choice: Choice) -> None:
        line = grid.rowCount()
        grid.addWidget(plain_label(field_label(choice.row.field)), line, FIELD)
        grid.addWidget(_value_label(choice.row.field, choice.row.base, "muted"), line, SEEN)
        grid.addWidget(choice.mine, line, MINE)
        grid.addWidget(choice.theirs, line, THEIRS)
        grid.addWidget(choice.edit, line, OTHER)
        grid.addWidget(choice.other, line + 1, MINE, 1, 2)

    def _add_merged(self, grid: QGridLayout, rows: Sequence[FieldValues]) -> None:
        if not rows:
            return
        title = plain_label(fill(_("Merged by itself: {count}"), count=words.format_count(len(rows))), "part")
        title.setIndent(0)
        grid.addWidget(title, grid.rowCount(), FIELD, 1, 4)
        for row in rows:
            line = grid.rowCount()
            sides = {MINE: (row.mine, row.who is Side.MINE), THEIRS: (row.theirs, row.who is Side.THEIRS)}
            grid.addWidget(plain_label(field_label(row.field)), line, FIELD)
            grid.addWidget(_value_label(row.field, row.base, "muted"), line, SEEN)
            for column, (value, wins) in sides.items():
                shown = _value_label(row.field, value, sign="✓  ") if wins else plain_label(_("Not changed"), "muted")
                grid.addWidget(shown, line, column)

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

    def fit_height(self, most: int) -> None:
        """Ask for the height of all rows, at most `most` px."""
        holder = self.widget()
        self.setMinimumHeight(min(most, holder.sizeHint().height() + 4 if holder else 0))


def _value_label(field: str, value: str | None, name: str = "", sign: str = "") -> QLabel:
    """A label with a value as people say it, broken into lines where it is long."""
    label = plain_label(sign + visible(words.format_value(field, value)), name if value else "muted")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    return label
