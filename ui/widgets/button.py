"""Buttons: one primary in a window or sheet, normal ones with a line, quiet ones without, dangerous ones in red."""

from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFocusEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.design import fonts, icons, measures, tokens

SPIN_STEP = 40  # milliseconds between two pictures of a busy button
SPIN_ANGLE = 18  # degrees that its circle turns in a step


class Kind(StrEnum):
    """What a button is for; it decides its fill, line and ink."""

    PRIMARY = "primary"
    NORMAL = "normal"
    QUIET = "quiet"
    DANGER = "danger"


INK = {Kind.PRIMARY: "on_accent", Kind.NORMAL: "text", Kind.QUIET: "muted", Kind.DANGER: "refused"}
ICON_INK = INK | {Kind.NORMAL: "muted"}
FILL = {  # kind → token at rest, under the mouse, pressed; None: nothing
    Kind.PRIMARY: ("accent", "accent_hover", "accent_pressed"),
    Kind.NORMAL: ("surface", "raised", "neutral"),
    Kind.QUIET: (None, "neutral", "neutral"),
    Kind.DANGER: (None, "refused_tint", "neutral"),
}
LINE = {
    Kind.PRIMARY: (None, None, None),
    Kind.NORMAL: ("line", "field", "field"),
    Kind.QUIET: (None, None, "field"),
    Kind.DANGER: (None, None, "field"),
}
PADDING = {Kind.PRIMARY: 12, Kind.NORMAL: 10, Kind.QUIET: 8, Kind.DANGER: 8}
BETWEEN = 6  # px between icon and text


def paint_focus_ring(painter: QPainter, box: QRect, radius: float) -> None:
    """Paint the ring that shows the keyboard's focus: a line of 2 px, 2 px outside the box."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tokens.colour("focus"), measures.RING_LINE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    away = measures.RING - measures.RING_LINE / 2
    painter.drawRoundedRect(QRectF(box).adjusted(-away, -away, away, away), radius + away, radius + away)


class Button(QPushButton):
    """A button of 28 px (32 in sheets), with 4 px around it for the focus ring: layouts set their gaps 4 px smaller.

    Without a text it is a square with its icon. Disabled it has no fill and no line; its tip says why."""

    def __init__(
        self,
        text: str = "",
        kind: Kind = Kind.NORMAL,
        *,
        icon: str = "",
        tall: bool = False,
        parent: QWidget | None = None,
    ):
        super().__init__(text, parent)
        self.kind, self._icon, self._number = kind, icon, ""
        self._height = measures.SHEET_CONTROL if tall else measures.CONTROL
        self.setProperty("tall", tall)
        self._angle = 0
        self._by_mouse = False
        self._spin = QTimer(self, interval=SPIN_STEP)
        self._spin.timeout.connect(self._turn)
        self.setFont(fonts.sans(weight=QFont.Weight.DemiBold if kind is Kind.PRIMARY else QFont.Weight.Medium))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_kind(self, kind: Kind) -> None:
        """Make it another kind: the primary one of a sheet can change with what it is about."""
        self.kind = kind
        self.setFont(fonts.sans(weight=QFont.Weight.DemiBold if kind is Kind.PRIMARY else QFont.Weight.Medium))
        self.updateGeometry()
        self.update()

    def set_icon(self, name: str) -> None:
        """Show another of Lucide's icons; an empty name: none."""
        self._icon = name
        self.updateGeometry()
        self.update()

    def set_number(self, number: str) -> None:
        """Show a number behind the text, such as how many entries a press would send."""
        self._number = number
        self.updateGeometry()
        self.update()

    def set_busy(self, busy: bool) -> None:
        """Turn a circle in place of the icon and take no presses; the width stays."""
        self.setEnabled(not busy)
        if busy:
            self._spin.start()
        else:
            self._spin.stop()
        self.update()

    @property
    def is_busy(self) -> bool:
        """True while its circle turns."""
        return self._spin.isActive()

    def _turn(self) -> None:
        self._angle = (self._angle + SPIN_ANGLE) % 360
        self.update()

    def sizeHint(self) -> QSize:
        """The size of icon, text and number with the padding of its kind, and the room of the ring."""
        around = 2 * measures.RING
        if not self.text():
            return QSize(self._height + around, self._height + around)
        return QSize(self._content_width() + 2 * PADDING[self.kind] + around, self._height + around)

    def minimumSizeHint(self) -> QSize:
        """The size hint: a button is never cut. A quiet one with an icon can do without its words."""
        if self.kind is Kind.QUIET and self._icon:
            return QSize(self._height + 2 * measures.RING, self._height + 2 * measures.RING)
        return self.sizeHint()

    def _content_width(self) -> int:
        parts = [self.fontMetrics().horizontalAdvance(t) for t in (self._plain_text(), self._number) if t]
        if self._icon or self.is_busy:
            parts.append(measures.ICON)
        return sum(parts) + BETWEEN * (len(parts) - 1)

    def _plain_text(self) -> str:
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _state(self) -> int:
        if self.isDown() or self.isChecked():
            return 2
        return 1 if self.underMouse() else 0

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keep how the focus came: after a mere click the ring is not shown."""
        self._by_mouse = event.reason() is Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint fill, line, icon, text, number and the focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = measures.RING
        box = self.rect().adjusted(ring, ring, -ring, -ring)
        if self.isEnabled():
            self._paint_box(painter, box)
        self._paint_content(painter, box)
        if self.hasFocus() and not self._by_mouse:
            paint_focus_ring(painter, box, measures.RADIUS_CONTROL)

    def _paint_box(self, painter: QPainter, box: QRect) -> None:
        fill, line = FILL[self.kind][self._state()], LINE[self.kind][self._state()]
        painter.setBrush(tokens.colour(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.colour(line), 1) if line else Qt.PenStyle.NoPen)
        inner = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5) if line else QRectF(box)
        painter.drawRoundedRect(inner, measures.RADIUS_CONTROL, measures.RADIUS_CONTROL)

    def _paint_content(self, painter: QPainter, box: QRect) -> None:
        ink = tokens.colour(INK[self.kind] if self.isEnabled() else "faint")
        left = box.left() + (box.width() - self._content_width()) // 2
        if self.is_busy:
            self._paint_circle(painter, left, box)
        elif self._icon:
            mode = icons.icon(self._icon, ICON_INK[self.kind])
            state = mode.Mode.Normal if self.isEnabled() else mode.Mode.Disabled
            mode.paint(painter, QRect(left, box.center().y() - 7, 16, 16), Qt.AlignmentFlag.AlignCenter, state)
        if self._icon or self.is_busy:
            left += measures.ICON + BETWEEN
        painter.setFont(self.font())
        self._paint_text(painter, left, box, ink)

    def _paint_text(self, painter: QPainter, left: int, box: QRect, ink: QColor) -> None:
        painter.setPen(ink)
        for text in (self._plain_text(), self._number):
            width = self.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRect(left, box.top(), width + 1, box.height()), Qt.AlignmentFlag.AlignVCenter, text)
            left += width + BETWEEN

    def _paint_circle(self, painter: QPainter, left: int, box: QRect) -> None:
        painter.save()
        painter.translate(left + measures.ICON / 2, box.center().y() + 1)
        painter.rotate(self._angle)
        painter.drawPixmap(-8, -8, icons.draw_pixmap("loader-circle", "faint", scale=1))
        painter.restore()
