"""A row of segments of which one is chosen, tags, and links."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from ui.design import fonts, measures, tokens
from ui.design.fonts import Size
from ui.widgets.button import paint_focus_ring

SEGMENT_PADDING = 10


class Segments(QWidget):
    """Choices side by side, such as light and dark; the arrow keys go from one to the next."""

    chosen = Signal(int)

    def __init__(self, texts: Sequence[str], name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._texts, self.current = list(texts), 0
        self.setFont(fonts.sans(Size.SMALL, QFont.Weight.Medium, tabular=True))
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_texts(self, texts: Sequence[str]) -> None:
        """Say the same choices otherwise, as in another language or with other numbers."""
        self._texts = list(texts)
        self.updateGeometry()
        self.update()

    def choose(self, number: int) -> None:
        """Choose one and say so, if it was not chosen."""
        if number != self.current and 0 <= number < len(self._texts):
            self.mark(number)
            self.chosen.emit(number)

    def mark(self, number: int) -> None:
        """Show which one is chosen, without saying so; -1: none."""
        self.current = number
        self.setAccessibleDescription(self._texts[number] if number >= 0 else "")
        self.update()

    def _boxes(self) -> list[QRect]:
        left, boxes = measures.RING + 2, []
        for text in self._texts:
            width = self.fontMetrics().horizontalAdvance(text) + 2 * SEGMENT_PADDING
            boxes.append(QRect(left, measures.RING + 2, width, measures.CONTROL - 4))
            left += width + 2
        return boxes

    def sizeHint(self) -> QSize:
        """All choices side by side, and the room of the ring."""
        return QSize(self._boxes()[-1].right() + 3 + measures.RING, measures.CONTROL + 2 * measures.RING)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was pressed."""
        for number, box in enumerate(self._boxes()):
            if box.contains(event.position().toPoint()):
                self.choose(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the choice beside this one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self.current + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the chosen segment and the texts."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ring = measures.RING
        ground = self.rect().adjusted(ring, ring, -ring, -ring)
        painter.setBrush(tokens.colour("neutral"))
        painter.drawRoundedRect(QRectF(ground), measures.RADIUS_CONTROL, measures.RADIUS_CONTROL)
        for number, (text, box) in enumerate(zip(self._texts, self._boxes(), strict=True)):
            if number == self.current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.colour("segment_on"))
                painter.drawRoundedRect(QRectF(box), measures.RADIUS_TAG, measures.RADIUS_TAG)
            painter.setPen(tokens.colour("text" if number == self.current else "muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if self.hasFocus():
            paint_focus_ring(painter, ground, measures.RADIUS_CONTROL)


def practice_tag(text: str) -> QLabel:
    """Build the amber tag of a practice server."""
    tag = QLabel(text)
    tag.setTextFormat(Qt.TextFormat.PlainText)
    tag.setFont(fonts.sans(Size.SMALL, QFont.Weight.Medium))
    tag.setObjectName("practiceTag")
    return tag


class LinkButton(QPushButton):
    """The next action as a link: text in the accent's colour, underlined while the mouse or the focus is on it."""

    def __init__(self, text: str, parent: QWidget | None = None):
        super().__init__(text, parent)
        self.setObjectName("link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(fonts.sans(weight=QFont.Weight.Medium))
