"""The dot of a server in its profile's colour: filled while it is in use and connected, a ring otherwise."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from fhirdesk.core.settings import Profile
from ui.design import tokens
from ui.design.measures import ICON

DOT = 8  # px
SCALE = 2


def find_colour(profile: Profile) -> QColor:
    """The colour of a profile; the practice server has one of its own."""
    colour = QColor(profile.colour)
    return colour if colour.isValid() and not profile.demo else tokens.colour("practice_line")


def paint_dot(painter: QPainter, left: int, middle: int, ink: QColor, *, filled: bool) -> None:
    """Paint the dot, its left edge and its middle at whole pixels."""
    inset = 0 if filled else 1
    painter.setBrush(ink if filled else Qt.BrushStyle.NoBrush)
    painter.setPen(Qt.PenStyle.NoPen if filled else QPen(ink, 2))
    painter.drawEllipse(QRectF(left, middle - DOT / 2, DOT, DOT).adjusted(inset, inset, -inset, -inset))


def build_dot_icon(ink: QColor, *, filled: bool) -> QIcon:
    """The dot as the icon of a menu's row."""
    pixmap = QPixmap(ICON * SCALE, ICON * SCALE)
    pixmap.setDevicePixelRatio(SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_dot(painter, (ICON - DOT) // 2, ICON // 2, ink, filled=filled)
    painter.end()
    return QIcon(pixmap)
