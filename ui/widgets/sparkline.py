"""A small line of the last answers' times, the newest at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.design import tokens

SIZE = QSize(56, 16)  # px
AROUND = 2  # px
FEWEST = 2  # values that make a line
ABOVE = 1.5  # the room above the largest value: equal ones then lie in the middle of their line of text


class Sparkline(QWidget):
    """Shows how a value went; nothing while there are fewer than two. The base line is 0."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_values(self, values: Sequence[float]) -> None:
        """Show these values, milliseconds, the oldest first."""
        self._values = tuple(values)
        self.setVisible(len(values) >= FEWEST)
        if values:
            text = _("The last {count} answers took {least} to {most} ms")
            told = fill(text, count=len(values), least=round(min(values)), most=round(max(values)))
            self.setToolTip(told)
            self.setAccessibleName(told)
        self.update()

    def sizeHint(self) -> QSize:
        """Always the same, so that the numbers beside it do not move."""
        return SIZE

    def find_points(self) -> list[QPointF]:
        """Where the line goes, in px."""
        width, height = self.width() - 2 * AROUND, self.height() - 2 * AROUND
        most, last = max(self._values, default=0.0) * ABOVE or 1.0, max(1, len(self._values) - 1)
        return [
            QPointF(AROUND + width * number / last, AROUND + height * (1 - value / most))
            for number, value in enumerate(self._values)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.colour("muted"), 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF(self.find_points()))
