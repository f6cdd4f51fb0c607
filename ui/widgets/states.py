"""Paints a state: a glyph in a tinted disc, and a label."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.design import tokens

ROLE = Qt.ItemDataRole.UserRole + 1
DISC = 16


class StateDelegate(QStyledItemDelegate):
    """Paints the state that the model gives for its role; the label is the cell's text."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell's background as the style does, then disc, glyph and label."""
        sign = index.data(ROLE)
        drawn = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        text, drawn.text = drawn.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, drawn, painter, option.widget)
        if sign is not None:
            _paint(painter, QRectF(option.rect), sign, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The style's size with room for the disc."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + DISC + 12, max(hint.height(), DISC + 8))


def _paint(painter: QPainter, cell: QRectF, sign: tuple[str, str, str], text: str) -> None:
    glyph, token, word_token = sign
    ink = tokens.colour(token)
    tint = QColor(ink)
    tint.setAlpha(42)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    disc = QRectF(cell.left() + 9, cell.center().y() - DISC / 2, DISC, DISC)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawEllipse(disc)
    painter.setPen(ink)
    font = painter.font()
    word_font = painter.font()
    font.setBold(True)
    font.setPixelSize(11)
    painter.setFont(font)
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, glyph)
    painter.setFont(word_font)
    painter.setPen(tokens.colour(word_token))
    room = cell.adjusted(DISC + 16, 0, -4, 0)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()
