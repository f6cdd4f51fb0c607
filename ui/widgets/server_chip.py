"""The server's chip: a dot in the profile's colour, its name, whether it is connected, how fast it answers."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from fhirdesk.core.views import Link, ServerView
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design import fonts, icons, marks, measures, tokens
from ui.design.fonts import Size
from ui.widgets.button import paint_focus_ring
from ui.widgets.server_dot import DOT, paint_dot
from ui.words_servers import describe_link, name_server

TAG_HEIGHT, TAG_PADDING = 18, 6
PADDING, BETWEEN, CHEVRON = 10, 8, 12


class ServerChip(QPushButton):
    """A button. Its dot is filled while the server is connected, a ring while it is not, two bars while sending is
    paused; a practice server has a tag instead of a latency."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._view = ServerView("", None, Link.UNSET, False)
        self._name = self._state = self._tag = ""
        self.show_server(self._view)

    def show_server(self, view: ServerView) -> None:
        """Show the state of the connection."""
        self._view = view
        self._name = name_server(view.profile, view.url, is_practice=view.demo)
        self._tag = _("Practice") if view.demo else ""
        self._state = describe_link(view)
        self.setText(f"{self._name}  {self._state}".replace("&", "&&"))
        self.setAccessibleName(fill(_("Server: {name}, {state}"), name=self._name, state=self._state))
        self.updateGeometry()
        self.update()

    def apply_theme(self) -> None:
        """Show the chip anew: another theme or language is shown."""
        self.show_server(self._view)

    # -- painting

    def _list_parts(self) -> list[tuple[str, QFont, str]]:
        loud = self._view.link in (Link.OFFLINE, Link.PAUSED)
        name = (self._name, fonts.sans(weight=QFont.Weight.DemiBold), "text")
        state = (self._state, fonts.sans(tabular=True), "conflict" if loud else "muted")
        return [part for part in (name, state) if part[0]]

    def _width_of_tag(self) -> int:
        font = fonts.sans(Size.SMALL, QFont.Weight.Medium)
        return QFontMetrics(font).horizontalAdvance(self._tag) + 2 * TAG_PADDING if self._tag else 0

    def sizeHint(self) -> QSize:
        """Dot, name, state, tag and chevron side by side, and the room of the focus ring."""
        widths = [DOT, *(QFontMetrics(font).horizontalAdvance(text) for text, font, _ in self._list_parts())]
        widths += [w for w in (self._width_of_tag(), CHEVRON) if w]
        inner = sum(widths) + BETWEEN * (len(widths) - 1) + 2 * PADDING
        return QSize(inner + 2 * measures.RING, measures.CONTROL + 2 * measures.RING)

    def minimumSizeHint(self) -> QSize:
        """The size hint: the server's name is always readable."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, the dot, the texts, the tag and the chevron."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = measures.RING
        box = self.rect().adjusted(ring, ring, -ring, -ring)
        hovered = self.underMouse() or self.isDown()
        painter.setPen(QPen(tokens.colour("field" if hovered else "line"), 1))
        painter.setBrush(tokens.colour("raised" if hovered else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        left = box.left() + PADDING
        self._paint_dot(painter, left, box.center().y() + 1)
        left += DOT + BETWEEN
        for text, font, token in self._list_parts():
            width = QFontMetrics(font).horizontalAdvance(text)
            painter.setFont(font)
            painter.setPen(tokens.colour(token))
            painter.drawText(QRect(left, box.top(), width + 1, box.height()), Qt.AlignmentFlag.AlignVCenter, text)
            left += width + BETWEEN
        if self._tag:
            self._paint_tag(painter, QRect(left, box.center().y() - 8, self._width_of_tag(), TAG_HEIGHT))
            left += self._width_of_tag() + BETWEEN
        icons.icon("chevron-down").paint(painter, QRect(left - 2, box.center().y() - 7, 16, 16))
        if self.hasFocus():
            paint_focus_ring(painter, box, measures.RADIUS_CONTROL)

    def _paint_dot(self, painter: QPainter, left: int, middle: int) -> None:
        if self._view.link is Link.PAUSED:
            marks.paint_mark(painter, left - 4, middle - 8, "waiting")
            return
        ink = self._dot_colour()
        filled = self._view.link in (Link.ONLINE, Link.ELSEWHERE)
        paint_dot(painter, left, middle, ink, filled=filled)

    def _dot_colour(self) -> QColor:
        if self._view.demo:
            return tokens.colour("practice_line")
        if self._view.colour and QColor(self._view.colour).isValid():
            return QColor(self._view.colour)
        return tokens.colour(words.LINKS[self._view.link][0])

    def _paint_tag(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("practice"))
        painter.drawRoundedRect(QRectF(box), measures.RADIUS_TAG, measures.RADIUS_TAG)
        painter.setPen(tokens.colour("on_practice"))
        painter.setFont(fonts.sans(Size.SMALL, QFont.Weight.Medium))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._tag)
