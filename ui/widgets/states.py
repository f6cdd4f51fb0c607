"""Paints the state of a row in a short table: its mark, and a label."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.design import marks, tokens
from ui.design.measures import DISC

ROLE = Qt.ItemDataRole.UserRole + 1
LEFT, AFTER = 8, 8  # px beside the mark
Sign = tuple[str, str]  # the mark, and the colour token of the label


class StateDelegate(QStyledItemDelegate):
    """Paints the sign that the item holds for its role; the label is the cell's text."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell's background as the style does, then mark and label."""
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        text, drawn.text = drawn.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, drawn, painter, option.widget)
        sign: Sign | None = index.data(ROLE)
        if sign is None:
            return
        mark, tone = sign
        painter.save()
        rect = option.rect
        marks.paint_mark(painter, rect.left() + LEFT, rect.center().y() - DISC // 2 + 1, mark)
        painter.setPen(tokens.colour(tone))
        room = rect.adjusted(LEFT + DISC + AFTER, 0, -4, 0)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The style's size with room for the mark."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + DISC + LEFT + AFTER, max(hint.height(), DISC + 8))
