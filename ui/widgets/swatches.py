"""A row of colours of which one is chosen, to tell servers apart."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.design import measures, tokens
from ui.widgets.button import paint_focus_ring

DISC, STEP = 16, 32  # px


class Swatches(QWidget):
    """Discs side by side; the arrow keys go from one to the next. A chosen colour that is none of them is added."""

    chosen = Signal(str)

    def __init__(self, colours: Sequence[str], chosen: str, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._colours = list(dict.fromkeys([*colours, chosen]))
        self._current = self._colours.index(chosen)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    @property
    def colour(self) -> str:
        """The colour that is chosen, #rrggbb."""
        return self._colours[self._current]

    def choose(self, number: int) -> None:
        """Choose one and say so, if it was not chosen."""
        if number != self._current and 0 <= number < len(self._colours):
            self._current = number
            self._tell()
            self.update()
            self.chosen.emit(self.colour)

    def _tell(self) -> None:
        place = fill(_("{number} of {count}"), number=self._current + 1, count=len(self._colours))
        self.setAccessibleDescription(place)

    def sizeHint(self) -> QSize:
        """All discs, and the room of the focus ring."""
        return QSize(STEP * len(self._colours) + 2 * measures.RING, measures.CONTROL + 2 * measures.RING)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was pressed."""
        self.choose((int(event.position().x()) - measures.RING) // STEP)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the colour beside this one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._current + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the discs, and a ring around the chosen one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - DISC) / 2
        for number, colour in enumerate(self._colours):
            disc = QRectF(measures.RING + number * STEP + (STEP - DISC) / 2, top, DISC, DISC)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(disc)
            if number == self._current:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tokens.colour("text"), 2))
                painter.drawEllipse(disc.adjusted(-4, -4, 4, 4))
        if self.hasFocus():
            ring = measures.RING
            paint_focus_ring(painter, self.rect().adjusted(ring, ring, -ring, -ring), measures.RADIUS_CONTROL)
