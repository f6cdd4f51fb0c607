"""The number of entries in each state; each number is a filter."""

from collections.abc import Iterable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from fhirdesk.core.queue_entry import OPEN, Status
from fhirdesk.core.views import Counts
from fhirdesk.i18n.labels import status_label
from fhirdesk.i18n.translation import _
from ui import words
from ui.design import fonts, measures, tokens
from ui.widgets.button import paint_focus_ring

BETWEEN = 5  # px between word and number
WIDE, NARROW = 8, 3  # px beside the words: nothing is cut where the window is narrow
ORDER = (  # those that need a person first
    Status.FAILED,
    Status.CONFLICT,
    Status.UNKNOWN,
    Status.PROCESSING,
    Status.HELD,
    Status.PENDING,
    Status.COMPLETED,
)
LOUD = {Status.FAILED: "refused", Status.CONFLICT: "conflict"}  # the only numbers with a colour


class Counter(QPushButton):
    """A word and a number without a frame, filled while it filters. No status: all open entries."""

    def __init__(self, status: Status | None, parent: QWidget | None = None):
        super().__init__(parent)
        self.status, self.number, self._padding = status, 0, WIDE
        self.is_known = True
        self.setCheckable(True)
        self.setObjectName("counter")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_number(0)

    def show_number(self, number: int | None) -> None:
        """Show another number, or the same in another language; None: the number is not known yet."""
        self.number, self.is_known = number or 0, number is not None
        self.setEnabled(self.is_known)
        self._shown = words.format_count(self.number) if self.is_known else "–"
        self._word = status_label(self.status) if self.status else _("Open")
        self.setText(f"{self._word} {self._shown}")
        self.setAccessibleName(f"{self._word}: {self._shown}")
        self.updateGeometry()
        self.update()

    def set_padding(self, padding: int) -> None:
        """Leave that many pixels beside the words."""
        self._padding = padding
        self.updateGeometry()

    def _fonts(self) -> tuple[QFont, QFont]:
        weight = QFont.Weight.DemiBold if self.number else QFont.Weight.Normal
        return fonts.sans(), fonts.sans(weight=weight, tabular=True)

    def sizeHint(self) -> QSize:
        """Word and number side by side, and the room of the focus ring."""
        word, number = (QFontMetrics(font) for font in self._fonts())
        width = word.horizontalAdvance(self._word) + BETWEEN + number.horizontalAdvance(self._shown)
        return QSize(width + 2 * (self._padding + measures.RING), measures.CONTROL + 2 * measures.RING)

    def minimumSizeHint(self) -> QSize:
        """The size hint: a number is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the fill of a filter, then the word and the number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = measures.RING
        box = self.rect().adjusted(ring, ring, -ring, -ring)
        if not self.is_known:
            paint_skeleton(painter, box)
            return
        fill = "selection" if self.isChecked() else "neutral" if self.underMouse() or self.isDown() else ""
        if fill:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.colour(fill))
            painter.drawRoundedRect(QRectF(box), measures.RADIUS_CONTROL, measures.RADIUS_CONTROL)
        left = box.left() + self._padding
        word, number = self._fonts()
        for text, font, token in (
            (self._word, word, "text" if self.isChecked() else "muted"),
            (self._shown, number, self._number_token()),
        ):
            width = QFontMetrics(font).horizontalAdvance(text)
            painter.setFont(font)
            painter.setPen(tokens.colour(token))
            painter.drawText(QRect(left, box.top(), width + 1, box.height()), Qt.AlignmentFlag.AlignVCenter, text)
            left += width + BETWEEN
        if self.hasFocus():
            paint_focus_ring(painter, box, measures.RADIUS_CONTROL)

    def _number_token(self) -> str:
        if not self.number:
            return "muted"
        if self.status in LOUD:
            return LOUD[self.status]
        return "accent" if self.isChecked() else "text"


def paint_skeleton(painter: QPainter, box: QRect) -> None:
    """Paint a quiet box in place of a counter whose number is not known yet."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.colour("raised"))
    painter.drawRoundedRect(QRectF(box.adjusted(2, 0, -2, 0)), measures.RADIUS_CONTROL, measures.RADIUS_CONTROL)


class Counters(QWidget):
    """One counter for all open entries and one for each state. Choosing one filters; choosing it again shows all open
    ones."""

    chosen = Signal(object)  # frozenset[Status]; empty: all open ones

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._buttons = {status: Counter(status) for status in (None, *ORDER)}
        for status, button in self._buttons.items():
            button.clicked.connect(lambda on, s=status: self.choose(s if on else None))
            row.addWidget(button)
        row.addStretch(1)
        self.mark(None)

    def choose(self, status: Status | None) -> None:
        """Filter by that state; None: show all open ones."""
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
            number = _count(counts, status) if counts else None
            if (button.number if button.is_known else None) != number:
                button.show_number(number)
        self._fit()

    def _fit(self) -> None:
        """Where the room is too narrow for all, hide the counters of 0, then leave less room beside the words."""
        self._set_padding(WIDE)
        narrow = self._measure(self._buttons.values()) > self.width()
        shown = [b for b in self._buttons.values() if not narrow or b.number > 0 or b.isChecked()]
        for button in self._buttons.values():
            button.setVisible(button in shown)
        if self._measure(shown) > self.width():
            self._set_padding(NARROW)

    def minimumSizeHint(self) -> QSize:
        """Little width: where it is narrow, counters of 0 are hidden."""
        return QSize(120, measures.CONTROL + 2 * measures.RING)

    def _set_padding(self, padding: int) -> None:
        for button in self._buttons.values():
            button.set_padding(padding)

    @staticmethod
    def _measure(buttons: Iterable[Counter]) -> int:
        return sum(button.sizeHint().width() for button in buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def retranslate(self) -> None:
        for button in self._buttons.values():
            button.show_number(button.number if button.is_known else None)


def _count(counts: Counts, status: Status | None) -> int:
    return counts[status] if status else sum(counts[each] for each in OPEN)
