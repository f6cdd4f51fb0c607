"""Steps one below the other, with a line from mark to mark: the attempts of an entry, the entries of a chain."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.design import fonts, marks, measures, tokens
from ui.design.fonts import Size
from ui.models.steps import STEP_ROLE, Step
from ui.widgets.row_delegate import BAR

Index = QModelIndex | QPersistentModelIndex
HEIGHT = 52  # px of a step
TOP = 8  # px above its first line
LINE = 18  # px of a line of text
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class StepDelegate(QStyledItemDelegate):
    """Paints the Step that an item holds. `left`: px before the mark. `is_joined`: a line goes from mark to mark."""

    def __init__(self, view: QListWidget, left: int, *, is_joined: bool):
        super().__init__(view)
        self._left, self._is_joined = left, is_joined

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The height of two lines; the list gives the width."""
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground, the line to its neighbours, the mark and the texts."""
        step: Step = index.data(STEP_ROLE)
        box = option.rect
        painter.save()
        self._paint_ground(painter, option, box)
        if self._is_joined:
            self._paint_line(painter, box, index)
        marks.paint_mark(painter, box.left() + self._left, box.top() + TOP + 1, step.mark)
        self._paint_texts(painter, box, step)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, box: QRect) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, tokens.colour("selection"))
            painter.fillRect(QRect(box.left(), box.top(), BAR, box.height()), tokens.colour("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, tokens.colour("raised"))
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(QPen(tokens.colour("focus"), measures.RING_LINE))
            painter.drawRect(box.adjusted(1, 1, -1, -1))

    def _paint_line(self, painter: QPainter, box: QRect, index: Index) -> None:
        """The line begins below this mark and ends above the next one."""
        middle, below = box.left() + self._left + measures.DISC // 2, box.top() + TOP + measures.DISC + 4
        painter.setPen(tokens.colour("field"))
        if index.row() < index.model().rowCount() - 1:
            painter.drawLine(middle, below, middle, box.bottom())
        if index.row() > 0:
            painter.drawLine(middle, box.top(), middle, box.top() + TOP - 3)

    def _paint_texts(self, painter: QPainter, box: QRect, step: Step) -> None:
        left = box.left() + self._left + measures.DISC + measures.GAP
        first = QRect(left, box.top() + TOP, box.right() - measures.GAP - left, LINE)
        second = first.translated(0, LINE)
        title, small = fonts.sans(weight=QFont.Weight.Medium), fonts.sans(Size.SMALL, tabular=True)
        for line, font, ink, text, end, tone in (
            (first, title, "text", step.title, step.when, step.tone),
            (second, small, "muted", step.rest, step.span, "muted"),
        ):
            room = self._paint_end(painter, line, small, end, tone)
            _paint_text(painter, room, font, tokens.colour(ink), text)

    def _paint_end(self, painter: QPainter, line: QRect, font: QFont, text: str, tone: str) -> QRect:
        """Paint what stands at the right end of a line; returns the room that is left."""
        painter.setFont(font)
        painter.setPen(tokens.colour(tone))
        painter.drawText(line, RIGHT, text)
        width = QFontMetrics(font).horizontalAdvance(text)
        return line.adjusted(0, 0, -width - (measures.GAP if text else 0), 0)


def _paint_text(painter: QPainter, room: QRect, font: QFont, ink: QColor, text: str) -> None:
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(room, LEFT, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width()))


class Timeline(QListWidget):
    """Steps that can be chosen; many of them scroll. The tip of a step has its whole text."""

    entered = Signal(int)  # Enter was pressed on this step, or it was double-clicked

    def __init__(self, name: str, left: int = measures.GAP, *, is_joined: bool = True):
        super().__init__()
        self.setObjectName("timeline")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(StepDelegate(self, left, is_joined=is_joined))
        self.itemDoubleClicked.connect(lambda item: self.entered.emit(self.row(item)))
        self.steps: tuple[Step, ...] = ()

    def fill(self, steps: Sequence[Step]) -> None:
        """Show these steps; the same number stays chosen."""
        if tuple(steps) == self.steps:
            return
        chosen, self.steps = self.currentRow(), tuple(steps)
        self.blockSignals(True)
        self.clear()
        for step in steps:
            item = QListWidgetItem(self)
            item.setData(STEP_ROLE, step)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, step.text)
            item.setToolTip(step.text)
        self.setCurrentRow(min(chosen, len(steps) - 1))
        self.blockSignals(False)

    def sizeHint(self) -> QSize:
        """The height of all steps."""
        return QSize(super().sizeHint().width(), HEIGHT * max(1, len(self.steps)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit `entered` for Enter where a slot is connected; otherwise the sheet gets the key."""
        is_connected = self.receivers("2entered(int)") and self.currentRow() >= 0
        if is_connected and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.currentRow())
        else:
            super().keyPressEvent(event)
