"""One field that both sides changed: my value, the server's, or a third one, each a card that can be chosen."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QLineEdit, QRadioButton, QWidget

from fhirdesk.core.views import FieldValues, Side
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design.measures import GAP
from ui.models.tables import visible
from ui.widgets.button import Button, Kind
from ui.widgets.fields import text_label

HEIGHT = 40  # px of a card


class Option(QFrame):
    """A value that can be chosen; the whole card is the button."""

    def __init__(self, name: str, shown: QWidget):
        super().__init__()
        self.setObjectName("option")
        self.setMinimumHeight(HEIGHT)
        self.radio = QRadioButton()
        self.radio.setAccessibleName(name)
        self.radio.installEventFilter(self)
        self.radio.toggled.connect(lambda on: self._set_look("chosen", on))
        row = QHBoxLayout(self)
        row.setContentsMargins(11, 4, 11, 4)
        row.setSpacing(4)
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
    """Nothing is chosen at first. `can_type`: a third value can be typed."""

    changed = Signal()

    def __init__(self, row: FieldValues, can_type: bool, parent: QWidget):
        super().__init__(parent)
        self.row = row
        name = field_label(row.field)
        self.mine = Option(fill(_("{field}: as typed here"), field=name), value_label(row.field, row.mine))
        self.theirs = Option(fill(_("{field}: as on the server"), field=name), value_label(row.field, row.theirs))
        self.text = QLineEdit()
        self.text.setAccessibleName(fill(_("{field}: another value"), field=name))
        self.other = Option(self.text.accessibleName(), self.text)
        self.text.textEdited.connect(self.other.radio.click)
        self.below = QWidget()  # the room below it
        self.below.setFixedHeight(GAP)
        self.other.hide()
        self.below.hide()
        self.edit = self._build_pencil()
        self.edit.setVisible(can_type)
        self._group = QButtonGroup(self)
        for option in (self.mine, self.theirs, self.other):
            self._group.addButton(option.radio)
        self._group.buttonToggled.connect(lambda *_: self.changed.emit())

    def _build_pencil(self) -> Button:
        pencil = Button("", Kind.QUIET, icon="pencil")
        pencil.setAutoDefault(False)
        pencil.clicked.connect(lambda _=False: self._type())
        pencil.setToolTip(_("Type another value"))
        pencil.setAccessibleName(self.text.accessibleName())
        return pencil

    def _type(self) -> None:
        """Open the input of a third value; it begins with the value that was chosen."""
        self.text.setText((self.row.theirs if self.theirs.radio.isChecked() else self.row.mine) or "")
        self.other.show()
        self.below.show()
        self.other.radio.setChecked(True)
        self.text.setFocus()
        self.text.selectAll()

    @property
    def side(self) -> Side | None:
        """The chosen side: MINE, THEIRS, BOTH for a third value; None: not chosen yet."""
        options = {Side.MINE: self.mine, Side.THEIRS: self.theirs, Side.BOTH: self.other}
        return next((side for side, option in options.items() if option.radio.isChecked()), None)

    def choose(self, side: Side) -> None:
        """Choose a side, also while nothing can be clicked."""
        (self.mine if side is Side.MINE else self.theirs).radio.setChecked(True)

    def choose_again(self, row: FieldValues, side: Side | None, text: str) -> None:
        """Choose what was chosen between the same values before they were read again."""
        if row == self.row and side is Side.BOTH:
            self._type()
            self.text.setText(text)
        elif row == self.row and side:
            self.choose(side)


def value_label(field: str, value: str | None, *, is_quiet: bool = False) -> QLabel:
    """A label with a value as people say it, broken into lines where it is long."""
    label = text_label(visible(words.format_value(field, value)), "muted" if is_quiet or not value else "text")
    label.setWordWrap(True)
    return label
