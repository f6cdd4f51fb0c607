"""The number of entries in each state; each number is a filter."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import STATE_OF, Counts
from fhirdesk.i18n.labels import inside_sentence, status_label
from ui import words
from ui.design import fonts, tokens

GAP = 6  # px
BETWEEN = 7  # px between number and word
WIDE, NARROW = 20, 4  # px beside the words: nothing is cut where the window is narrow


class Counter(QPushButton):
    """A button with a number in its state's colour, and a label."""

    def __init__(self, status: Status, parent: QWidget | None = None):
        super().__init__(parent)
        self.status, self.number, self._room = status, 0, WIDE
        self.is_known = True
        self.setCheckable(True)
        self.setProperty("counter", True)
        self.show_number(0)

    def show_number(self, number: int | None) -> None:
        """Show another number, or the same in another language; None: the number is not known yet."""
        self.number, self.is_known = number or 0, number is not None
        self._shown = words.format_count(self.number) if self.is_known else "–"
        self._word = inside_sentence(status_label(self.status))
        self.setText(f"{self._shown}  {self._word}")
        self.setAccessibleName(f"{self._word}: {self._shown}")
        self.set_margin(self._room)
        self.update()

    def set_margin(self, room: int) -> None:
        """Leave that many pixels beside the text."""
        self._room = room
        words_ = self.fontMetrics().horizontalAdvance(self._word)
        self.setMinimumWidth(QFontMetrics(self._bold_font()).horizontalAdvance(self._shown) + BETWEEN + words_ + room)

    def _bold_font(self) -> QFont:
        return fonts.sans(weight=QFont.Weight.DemiBold, tabular=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button as the style does, with its text in two colours."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setFont(self._bold_font())
        width = painter.fontMetrics().horizontalAdvance(self._shown)
        word = self.fontMetrics().horizontalAdvance(self._word)
        left = (self.width() - width - BETWEEN - word) // 2
        base = (self.height() + painter.fontMetrics().ascent() - painter.fontMetrics().descent()) // 2
        token = words.STYLES[STATE_OF[self.status]][1]
        painter.setPen(tokens.colour(token if self.number else "faint"))
        painter.drawText(left, base, self._shown)
        painter.setFont(self.font())
        painter.setPen(tokens.colour("muted"))
        painter.drawText(left + width + BETWEEN, base, self._word)


class Counters(QWidget):
    """One counter for each state. Choosing one filters by its state; choosing it again shows all."""

    chosen = Signal(object)  # frozenset[Status]

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._buttons = {status: Counter(status) for status in STATE_OF}
        for status, button in self._buttons.items():
            button.clicked.connect(lambda on, s=status: self.choose(s if on else None))
            layout.addWidget(button)
        layout.addStretch(1)

    def choose(self, status: Status | None) -> None:
        """Filter by that state; None: show all."""
        self.mark(status)
        self.chosen.emit(frozenset({status}) if status else frozenset())

    def mark(self, status: Status | None) -> None:
        """Show which counter filters, without asking for a filter."""
        for each, button in self._buttons.items():
            button.setChecked(each is status)

    @property
    def are_known(self) -> bool:
        """Whether the numbers were read."""
        return all(b.is_known for b in self._buttons.values())

    def show_counts(self, counts: Counts | None) -> None:
        """Show the numbers of one snapshot; None: they were not read yet."""
        for status, button in self._buttons.items():
            number = counts[status] if counts else None
            if (button.number if button.is_known else None) != number:
                button.show_number(number)
        self._fit()

    def _fit(self) -> None:
        """Where the room is too narrow for all, hide the counters of 0, then leave less room beside the text."""
        self._set_margins(WIDE)
        narrow = self._measure(self._buttons.values()) > self.width()
        shown = [b for b in self._buttons.values() if not narrow or b.number > 0 or b.isChecked()]
        for button in self._buttons.values():
            button.setVisible(button in shown)
        if self._measure(shown) > self.width():
            self._set_margins(NARROW)

    def _set_margins(self, room: int) -> None:
        self._row.setSpacing(GAP if room == WIDE else GAP // 2)
        for button in self._buttons.values():
            button.set_margin(room)

    @staticmethod
    def _measure(buttons: Iterable[Counter]) -> int:
        return sum(b.minimumWidth() + GAP for b in buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def retranslate(self) -> None:
        for button in self._buttons.values():
            button.show_number(button.number if button.is_known else None)
