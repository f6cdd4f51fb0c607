"""The list of servers: a dot in the profile's colour, the name, how it stands, and a tag for the one in use."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.design import fonts, measures, tokens
from ui.design.fonts import Size
from ui.widgets.server_dot import paint_dot

LINE_ROLE = Qt.ItemDataRole.UserRole + 1
HEIGHT, BAR = 56, 3  # px
LEFT, TEXT_LEFT, RIGHT = 14, 32, 12  # px of a row
TAG_HEIGHT, TAG_PADDING = 18, 6


@dataclass(frozen=True, slots=True)
class ServerLine:
    """A server as a row shows it. `tone`: token of the second line's colour; `tag`: at the right."""

    name: str  # of the profile
    title: str
    state: str
    colour: QColor
    tone: str = "muted"
    is_connected: bool = False
    tag: str = ""
    is_practice: bool = False


class ServerList(QListWidget):
    """Rows of 56 px; the chosen one stays chosen when the rows are shown anew."""

    server_chosen = Signal(str)  # the profile's name

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._lines: list[ServerLine] = []
        self.setObjectName("serverList")
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(ServerDelegate(self))
        self.currentItemChanged.connect(lambda *_: self._tell())

    @property
    def chosen(self) -> str:
        """The name of the profile that is chosen; empty while there is none."""
        item = self.currentItem()
        return item.data(LINE_ROLE).name if item else ""

    def show_servers(self, lines: Sequence[ServerLine]) -> None:
        """Show these rows; the row that was chosen stays so, else the first one is. Nothing moves where they are shown
        already."""
        if list(lines) == self._lines:
            return
        self._lines, chosen = list(lines), self.chosen
        self.blockSignals(True)
        self.clear()
        for line in lines:
            item = QListWidgetItem(self)
            item.setData(LINE_ROLE, line)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (line.title, line.state, line.tag)))
            )
            item.setToolTip(line.state)
        self.blockSignals(False)
        self.choose(chosen)

    def choose(self, name: str) -> None:
        """Choose the row of a profile; the first one where there is none of that name."""
        names = [self.item(row).data(LINE_ROLE).name for row in range(self.count())]
        self.setCurrentRow(names.index(name) if name in names else 0)

    def _tell(self) -> None:
        if self.chosen:
            self.server_chosen.emit(self.chosen)


class ServerDelegate(QStyledItemDelegate):
    """Paints a row of the list."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are equally high."""
        return QSize(200, HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint ground, dot, two lines of text, and the tag."""
        line: ServerLine = index.data(LINE_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        box = option.rect
        paint_dot(painter, box.left() + LEFT, box.top() + 20, line.colour, filled=line.is_connected)
        right = self._paint_tag(painter, box, line) if line.tag else box.right() - RIGHT
        name, state = fonts.sans(weight=QFont.Weight.DemiBold), fonts.sans(Size.SMALL, tabular=True)
        _write(painter, QRect(box.left() + TEXT_LEFT, box.top() + 9, right - TEXT_LEFT, 20), line.title, name, "text")
        below = QRect(box.left() + TEXT_LEFT, box.top() + 29, box.width() - TEXT_LEFT - RIGHT, 18)
        _write(painter, below, line.state, state, line.tone)
        painter.restore()

    @staticmethod
    def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
        box, selected = option.rect, bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.fillRect(box, tokens.colour("selection" if selected else "raised" if hovered else "surface"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), tokens.colour("hair"))
        if selected:
            painter.fillRect(QRect(box.left(), box.top(), BAR, box.height()), tokens.colour("accent"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(tokens.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))

    @staticmethod
    def _paint_tag(painter: QPainter, box: QRect, line: ServerLine) -> int:
        """Paint the tag at the right; returns where the room for the name ends."""
        font = fonts.sans(Size.SMALL, QFont.Weight.Medium)
        width = QFontMetrics(font).horizontalAdvance(line.tag) + 2 * TAG_PADDING
        tag = QRect(box.right() - RIGHT - width, box.top() + 11, width, TAG_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("practice" if line.is_practice else "neutral"))
        painter.drawRoundedRect(QRectF(tag), measures.RADIUS_TAG, measures.RADIUS_TAG)
        painter.setPen(tokens.colour("on_practice" if line.is_practice else "muted"))
        painter.setFont(font)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, line.tag)
        return tag.left() - box.left() - 8


def _write(painter: QPainter, box: QRect, text: str, font: QFont, token: str) -> None:
    """Write one line, which ends in an ellipsis where the room is narrow."""
    painter.setFont(font)
    painter.setPen(tokens.colour(token))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
