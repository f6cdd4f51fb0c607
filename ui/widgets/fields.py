"""Inputs with a label above and room below, so that an error does not move the form."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.design import fonts, marks, measures
from ui.design.fonts import Size
from ui.models.tables import visible

HELP_HEIGHT = 20  # px kept free below an input for help or an error


class MarkLabel(QWidget):
    """The mark of a state, 16 px."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._name = name
        self.setFixedSize(measures.DISC, measures.DISC)

    def show_mark(self, name: str) -> None:
        """Show the mark of another state."""
        self._name = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        marks.paint_mark(QPainter(self), 0, 0, self._name)


def text_label(text: str = "", tone: str = "text", size: Size = Size.BODY, weight: int = 400) -> QLabel:
    """Build a label of plain text: names and servers' answers are never taken for HTML. `tone`: token of its colour."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(fonts.sans(size, QFont.Weight(weight)))
    label.setProperty("tone", tone)
    return label


def quote_server(text: str | None) -> str:
    """The server's own text, as a quotation in plain text; empty where there is none."""
    template = _("The server's answer: “{text}”")
    return fill(template, text="\n".join(map(visible, text.splitlines()))) if text else ""


class Field(QWidget):
    """An input with its label, a star where it must be filled in, and one line of help or of the error.

    The server's own sentence stands below the error, in quotes."""

    def __init__(self, label: str, control: QWidget, *, required: bool = False, help_text: str = ""):
        super().__init__()
        self.control, self._help = control, help_text
        self.label = text_label(label, "muted", Size.SMALL, 500)
        self.label.setBuddy(control)
        self.star = text_label("*" if required else "", "refused", Size.SMALL, 600)
        self.mark = MarkLabel("refused")
        self.note = text_label("", "muted", Size.SMALL)
        self.note.setWordWrap(True)
        self.quote = text_label("", "muted", Size.SMALL)
        self.quote.setWordWrap(True)
        self.quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        control.setProperty("tall", True)
        control.setAccessibleName(label)
        self._lay_out()
        self.clear_error()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(3)
        head.addWidget(self.label)
        head.addWidget(self.star)
        head.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(4)
        below.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.note, 1, Qt.AlignmentFlag.AlignTop)
        room = QWidget()
        room.setMinimumHeight(HELP_HEIGHT)
        room.setLayout(below)
        below.setContentsMargins(0, 4, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(4)
        column.addWidget(self.control)
        column.addWidget(room)
        column.addWidget(self.quote)
        column.addStretch(1)  # beside a field with more to say

    def show_error(self, sentence: str, quote: str = "") -> None:
        """Mark the input and say what is wrong with it; `quote`: the server's own words."""
        self._show(sentence, quote, is_error=True)

    def clear_error(self) -> None:
        """Show the help again."""
        self._show(self._help, "", is_error=False)

    def set_help(self, sentence: str) -> None:
        """Say something else below the input, such as the value as it will be stored."""
        self._help = sentence
        if not self.has_error:
            self.clear_error()

    @property
    def has_error(self) -> bool:
        """True while an error is shown."""
        return bool(self.control.property("wrong"))

    def _show(self, sentence: str, quote: str, *, is_error: bool) -> None:
        self.mark.setVisible(is_error)
        self.note.setText(sentence)
        self.note.setProperty("tone", "refused" if is_error else "muted")
        self.quote.setText(quote_server(quote))
        self.quote.setVisible(bool(quote))
        self.control.setProperty("wrong", is_error)
        self.control.setAccessibleDescription(" ".join(filter(None, (sentence, quote))))
        for each in (self.control, self.note):
            each.style().unpolish(each)
            each.style().polish(each)
