"""A card: the frame of a pane with a title, its buttons on the right, and its body."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import N_
from ui.design import measures, tokens


def plain_label(text: str = "", name: str = "") -> QLabel:
    """A label that never takes its text for HTML: names and servers' answers are shown as they are."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        label.setObjectName(name)
    return label


class ElidedLabel(QLabel):
    """Plain text on one line; where the room is narrow it ends in an ellipsis, and the tool tip has the whole text."""

    def __init__(self, name: str):
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)

    def minimumSizeHint(self) -> QSize:
        """A small width, because the text can be elided."""
        return QSize(min(110, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much of the text as there is room for."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class HeadBar(QFrame):
    """The head of a card. A dock asks its title bar for its size hint alone, so that tells its fixed height."""

    def sizeHint(self) -> QSize:
        """As wide as what it holds, and of its fixed height."""
        return QSize(super().sizeHint().width(), self.minimumHeight())


class Card(QFrame):
    """A frame with a head (title, what belongs to it, buttons at the right) and a body. As a pane of the window its
    head is the bar by which the dock is moved. `menu_tip`: what the … in its head is for."""

    menu_tip = N_("Arrange this pane")

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("card")
        self.title = ElidedLabel("title")
        self.head_bar = HeadBar()
        self.head_bar.setObjectName("cardHead")
        self.head_bar.setFixedHeight(measures.CARD_HEAD)
        self.head = QHBoxLayout(self.head_bar)
        self.head.setContentsMargins(measures.CARD_PADDING, 3, measures.GAP - measures.RING - 1, 3)
        self.head.setSpacing(4)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        self.body.addWidget(self.head_bar)
        self._corners = Corners(self)

    def take_head(self) -> QFrame:
        """Give the head away, to be the title bar of a dock: the card begins below it."""
        self.body.removeWidget(self.head_bar)
        self.body.setContentsMargins(1, 0, 1, 1)
        self.setProperty("docked", True)
        return self.head_bar

    def add_row(self, *widgets: QWidget) -> None:
        """Add widgets side by side under the title."""
        row = QHBoxLayout()
        row.setContentsMargins(measures.GAP - measures.RING, 0, measures.GAP, 4)
        row.setSpacing(0)
        for widget in widgets:
            row.addWidget(widget)
        self.body.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        self._corners.setGeometry(self.rect())
        self._corners.raise_()

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the corners above every child."""
        super().showEvent(event)
        self._corners.raise_()


class Corners(QWidget):
    """Paints the lower corners of a card over its children: a style sheet rounds the frame, and clips no child."""

    def __init__(self, card: QWidget):
        super().__init__(card)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground outside both lower corners, and the line along them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = measures.RADIUS_CARD
        area = QRectF(self.rect())
        rounded, corners = QPainterPath(), QPainterPath()
        rounded.addRoundedRect(area, radius, radius)
        corners.addRect(QRectF(0, area.height() - radius, radius, radius))
        corners.addRect(QRectF(area.width() - radius, area.height() - radius, radius, radius))
        painter.fillPath(corners.subtracted(rounded), tokens.colour("ground"))
        painter.setClipPath(corners)
        painter.setPen(tokens.colour("line"))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
