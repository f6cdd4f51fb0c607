"""A patient's chain in one line: the person, then each type of record that is not on the server yet, with its state."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from ui.design import fonts, marks, measures, tokens
from ui.design.fonts import Size
from ui.models.chain import ChainNode
from ui.widgets.button import paint_focus_ring

AFTER_MARK, BETWEEN = 8, 6  # px
LINE = 24  # px of the line between two nodes
LEAST = 72  # px of a node whose state is elided


class NodeButton(QAbstractButton):
    """A step as a link: mark, what it is, and its state, which is elided where the room is narrow."""

    def __init__(self, node: ChainNode, parent: QWidget | None = None):
        super().__init__(parent)
        self.node = node
        self._label_font = fonts.sans(Size.SMALL, QFont.Weight.Medium)
        self._state_font = fonts.sans(Size.SMALL, tabular=True)
        self.setText(f"{node.label} {node.state}")
        self.setToolTip(self.text())
        self.setFont(self._state_font)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def _label_width(self) -> int:
        return QFontMetrics(self._label_font).horizontalAdvance(self.node.label)

    def sizeHint(self) -> QSize:
        """Mark, label and state side by side, and the room of the focus ring."""
        state = self.fontMetrics().horizontalAdvance(self.node.state)
        width = measures.DISC + AFTER_MARK + self._label_width() + BETWEEN + state + 2
        return QSize(width + 2 * measures.RING, measures.CONTROL)

    def minimumSizeHint(self) -> QSize:
        """The state may be elided."""
        return QSize(min(LEAST, self.sizeHint().width()), measures.CONTROL)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint mark, label, state and the focus ring."""
        painter, ring = QPainter(self), measures.RING
        marks.paint_mark(painter, ring, (self.height() - measures.DISC) // 2, self.node.mark)
        left = ring + measures.DISC + AFTER_MARK
        room = QRect(left, 0, self.width() - left - ring, self.height())
        painter.setFont(self._label_font)
        painter.setPen(tokens.colour("accent" if self.underMouse() else "text"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.node.label)
        room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(self.node.label) + BETWEEN)
        painter.setFont(self._state_font)
        painter.setPen(tokens.colour("muted"))
        shown = painter.fontMetrics().elidedText(self.node.state, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect().adjusted(ring, ring, -ring, -ring), measures.RADIUS_TAG)


class Link(QWidget):
    """The line between two nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(LINE, measures.CONTROL)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter, middle = QPainter(self), self.height() // 2
        painter.setPen(tokens.colour("field"))
        painter.drawLine(QPoint(0, middle), QPoint(self.width(), middle))


class ChainBar(QFrame):
    """Nodes from left to right; a press on one shows its record."""

    chosen = Signal(str, str)  # type, key

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.nodes: tuple[ChainNode, ...] = ()
        self.setObjectName("chainBar")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(measures.CARD_PADDING - measures.RING, 0, measures.CARD_PADDING, 0)
        self._row.setSpacing(4)

    def show_nodes(self, nodes: Sequence[ChainNode]) -> None:
        """Show these nodes instead of those before."""
        if tuple(nodes) == self.nodes:
            return
        self.nodes = tuple(nodes)
        while item := self._row.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for number, node in enumerate(self.nodes):
            if number:
                self._row.addWidget(Link())
            button = NodeButton(node)
            button.clicked.connect(lambda _=False, n=node: self.chosen.emit(n.type, n.key))
            self._row.addWidget(button)
        self._row.addStretch(1)
