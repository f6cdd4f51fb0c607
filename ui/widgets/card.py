"""A card: the frame of a pane with a title, its buttons on the right, and its body."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget


def plain_label(text: str = "", name: str = "") -> QLabel:
    """A label that never takes its text for HTML: names and servers' answers are shown as they are."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        label.setObjectName(name)
    return label


def empty_label() -> QLabel:
    """A label in place of a table without rows. It takes the room that is left, so that the head stays where it is."""
    label = plain_label(name="empty")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
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


class Card(QFrame):
    """A frame with a title, buttons beside it, and a body."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("card")
        self.title = ElidedLabel("title")
        self.head = QHBoxLayout()
        self.head.setContentsMargins(14, 9, 10, 7)
        self.head.setSpacing(8)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)
        self.body.addLayout(self.head)

    def add_row(self, *widgets: QWidget) -> None:
        """Add widgets side by side under the title."""
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 8)
        row.setSpacing(7)
        for widget in widgets:
            row.addWidget(widget)
        self.body.addLayout(row)
