"""Paints the rows of a table: a mark and words on 32 px, hairlines, hover, selection, focus, sections, skeletons."""

from functools import lru_cache

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ui.design import fonts, icons, marks, measures, tokens
from ui.design.fonts import Size
from ui.models.cells import CELL_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex
BAR = 3  # px of the bar beside the selected row
AFTER_MARK = 8  # px
CHIP, CHIP_PADDING = 20, 6  # px of the ground behind a value
PENCIL_ROOM = 32  # px from the right end of the row
SKELETON_WIDTHS = (72, 56, 88, 64)  # px of the grey bars of an opening table, in turns
WIDE = 240  # px of a column whose bars are twice as long
SKELETON_FADE = 0.1  # of the opacity, from row to row


@lru_cache(maxsize=16)
def _font(weight: int, size: int, tabular: bool) -> tuple[QFont, QFontMetrics]:
    font = fonts.sans(Size(size), QFont.Weight(weight), tabular=tabular)
    return font, QFontMetrics(font)


@lru_cache(maxsize=1)
def _mono() -> tuple[QFont, QFontMetrics]:
    font = fonts.mono()
    return font, QFontMetrics(font)


class RowDelegate(QStyledItemDelegate):
    """Paints every cell of a table whose model gives a Cell. The row under the mouse, and the one with the keyboard's
    focus, shows a pencil at its right end where `has_pencil`."""

    link_pressed = Signal(int)  # the number of the row whose next action was pressed
    pencil_pressed = Signal(int)

    def __init__(self, table: QTableView, *, has_pencil: bool = False):
        super().__init__(table)
        self._table, self.has_pencil, self._hovered = table, has_pencil, -1
        self.feeds_preview = True
        table.setMouseTracking(True)
        table.entered.connect(self._hover)
        table.viewport().installEventFilter(self)

    def _hover(self, index: QModelIndex) -> None:
        self._hovered = index.row()
        self._table.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """No row is hovered once the mouse has left."""
        if event.type() is QEvent.Type.Leave:
            self._hovered = -1
            self._table.viewport().update()
        return super().eventFilter(watched, event)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Take a click on the next action or on the pencil of a row."""
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonRelease:
            cell: Cell | None = index.data(CELL_ROLE)
            if cell and cell.is_link:
                self.link_pressed.emit(index.row())
                return True
            if self._shows_pencil(index, cell) and event.position().x() > option.rect.right() - PENCIL_ROOM - 8:
                self.pencil_pressed.emit(index.row())
                return True
        return super().editorEvent(event, model, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The width of the words, and the height of a row."""
        cell = index.data(CELL_ROLE)
        width = QFontMetrics(option.font).horizontalAdvance(cell.lead + cell.rest) + 24 if cell else 24
        return QSize(width, measures.TALL_ROW if cell and cell.below else measures.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground, hairline, mark and words of a cell."""
        cell: Cell | None = index.data(CELL_ROLE)
        painter.save()
        self._paint_ground(painter, option, index, cell)
        if cell and cell.is_skeleton:
            self._paint_skeleton(painter, option.rect, index)
        elif cell:
            self._paint_words(painter, self._text_room(option.rect, index), cell, self._is_selected(option))
        if self._shows_pencil(index, cell):
            icon = icons.icon("pencil", "text")
            icon.paint(painter, QRect(option.rect.right() - PENCIL_ROOM, option.rect.top() + 8, 16, 16))
        painter.restore()

    # -- parts of a row

    @staticmethod
    def _is_selected(option: QStyleOptionViewItem) -> bool:
        return bool(option.state & QStyle.StateFlag.State_Selected)

    def _is_last(self, index: Index) -> bool:
        return index.column() == self._last_column()

    def _last_column(self) -> int:
        head = self._table.horizontalHeader()
        shown = [n for n in range(head.count()) if not head.isSectionHidden(n)]
        return max(shown, key=head.visualIndex, default=-1)

    def _is_first(self, index: Index) -> bool:
        head = self._table.horizontalHeader()
        shown = [n for n in range(head.count()) if not head.isSectionHidden(n)]
        return index.column() == min(shown, key=head.visualIndex, default=-1)

    def _shows_pencil(self, index: Index, cell: Cell | None) -> bool:
        if not self.has_pencil or cell is None or cell.is_section or cell.is_skeleton or not self._is_last(index):
            return False
        keyboard = self._table.hasFocus() and index.row() == self._table.currentIndex().row()
        return index.row() == self._hovered or keyboard

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, cell: Cell | None) -> None:
        rect = option.rect
        painter.fillRect(rect, tokens.colour(self._ground_token(option, index, cell)))
        if cell and cell.is_section:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.colour("hair"))
            return
        if index.row() < self._table.model().rowCount() - 1:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.colour("hair"))
        if self._is_selected(option) and self.feeds_preview and self._is_first(index):
            painter.fillRect(QRect(rect.left(), rect.top(), BAR, rect.height()), tokens.colour("accent"))
        if self._table.hasFocus() and index.row() == self._table.currentIndex().row():
            self._paint_focus(painter, rect, index)

    def _ground_token(self, option: QStyleOptionViewItem, index: Index, cell: Cell | None) -> str:
        if cell and cell.is_section:
            return "raised"
        if self._is_selected(option):
            return "selection" if self.feeds_preview else "neutral"
        return "raised" if index.row() == self._hovered else "surface"

    def _paint_focus(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Paint two px inside the row: above and below in each cell, left and right at its ends."""
        ink = tokens.colour("focus")
        line = measures.RING_LINE
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), line), ink)
        painter.fillRect(QRect(rect.left(), rect.bottom() - line + 1, rect.width(), line), ink)
        if self._is_first(index):
            painter.fillRect(QRect(rect.left(), rect.top(), line, rect.height()), ink)
        if self._is_last(index):
            painter.fillRect(QRect(rect.right() - line + 1, rect.top(), line, rect.height()), ink)

    def _text_room(self, rect: QRect, index: Index) -> QRect:
        left = measures.CARD_PADDING if self._is_first(index) else 0
        right = measures.CARD_PADDING if self._is_last(index) else measures.GAP
        return rect.adjusted(left, 0, -right, -1)

    def _paint_words(self, painter: QPainter, room: QRect, cell: Cell, selected: bool) -> None:
        if cell.mark:
            marks.paint_mark(painter, room.left(), room.top() + 8, cell.mark)
            room = room.adjusted(measures.DISC + AFTER_MARK, 0, 0, 0)
        weight = 600 if cell.is_section or (selected and cell.strong) else 500 if cell.strong else 400
        size = Size.SMALL if cell.is_section else Size.BODY
        tone = "accent" if cell.is_link else cell.tone
        font, metrics = _mono() if cell.mono else _font(500 if cell.is_link else weight, size, cell.tabular)
        if cell.below:
            self._paint_below(painter, room, cell)
            room = room.adjusted(0, 3, 0, -room.height() // 2)
        if cell.chip and cell.lead:
            room = self._paint_chip(painter, room, metrics.horizontalAdvance(cell.lead), cell.chip)
        lead = metrics.elidedText(cell.lead, Qt.TextElideMode.ElideRight, room.width())
        side = Qt.AlignmentFlag.AlignRight if cell.right or cell.is_link else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(tokens.colour(tone))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | side, lead)
        if cell.rest and lead == cell.lead:
            self._paint_rest(painter, room.adjusted(metrics.horizontalAdvance(lead), 0, 0, 0), cell, size)

    @staticmethod
    def _paint_below(painter: QPainter, room: QRect, cell: Cell) -> None:
        """Paint the second line of a cell."""
        font, metrics = _mono()
        painter.setFont(font)
        painter.setPen(tokens.colour("muted"))
        below = metrics.elidedText(cell.below, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(
            room.adjusted(0, room.height() // 2, 0, -2),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            below,
        )

    @staticmethod
    def _paint_chip(painter: QPainter, room: QRect, width: int, token: str) -> QRect:
        """Paint the ground of a value as wide as its words; returns the room of the words."""
        inner = room.adjusted(CHIP_PADDING, 0, -CHIP_PADDING, 0)
        top = room.center().y() - CHIP // 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour(token))
        box = QRectF(room.left(), top, min(width, inner.width()) + 2 * CHIP_PADDING, CHIP)
        painter.drawRoundedRect(box, measures.RADIUS_TAG, measures.RADIUS_TAG)
        return inner

    @staticmethod
    def _paint_rest(painter: QPainter, room: QRect, cell: Cell, size: Size) -> None:
        font, metrics = _font(400, size, True)
        painter.setFont(font)
        painter.setPen(tokens.colour("muted"))
        rest = metrics.elidedText(cell.rest, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, rest)

    def _paint_skeleton(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Paint a grey bar in place of words, and a disc in place of a mark; each row is fainter than the one above."""
        room = self._text_room(rect, index)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(max(0.0, 1 - index.row() * SKELETON_FADE))
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(tokens.colour("skeleton"))
        if self._is_first(index):
            painter.drawEllipse(QRectF(room.left(), room.top() + 8, measures.DISC, measures.DISC))
            room = room.adjusted(measures.DISC + AFTER_MARK, 0, 0, 0)
        width = SKELETON_WIDTHS[(index.row() + index.column()) % len(SKELETON_WIDTHS)]
        if room.width() > WIDE:
            width *= 2
        bar = QRectF(room.left(), room.center().y() - 3, min(width, room.width()), 8)
        side = index.model().headerData(index.column(), Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        if side and side & Qt.AlignmentFlag.AlignRight.value:
            bar.setWidth(bar.width() / 2)
            bar.moveRight(room.right())
        painter.drawRoundedRect(bar, 3, 3)
