"""Read-only text with a narrow margin at its left where objects and lists are folded."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygonF, QResizeEvent, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui import theme

WIDTH = 16


class FoldMargin(QWidget):
    """A triangle at each line that opens something."""

    def __init__(self, edit: "CodeEdit"):
        super().__init__(edit)
        self._edit = edit
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Narrow."""
        return QSize(WIDTH, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Triangles beside the lines that are seen."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("faint"))
        for block, top, height in self._edit.seen():
            if block.blockNumber() in self._edit.folds:
                middle = QPointF(WIDTH / 2, top + height / 2)
                painter.drawPolygon(_triangle(middle, folded=block.blockNumber() in self._edit.folded))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold that line."""
        for block, top, height in self._edit.seen():
            if top <= event.position().y() < top + height:
                self._edit.toggle(block.blockNumber())
                return


def _triangle(middle: QPointF, *, folded: bool) -> QPolygonF:
    corners = ((-2, -4), (3, 0), (-2, 4)) if folded else ((-4, -2), (4, -2), (0, 3))
    return QPolygonF([middle + QPointF(x, y) for x, y in corners])


class CodeEdit(QPlainTextEdit):
    """`folds`: a line's number → the last line of what it opens."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("json", True)
        self.setFont(theme.mono())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        by_mouse, by_keys = (
            Qt.TextInteractionFlag.TextSelectableByMouse,
            Qt.TextInteractionFlag.TextSelectableByKeyboard,
        )
        self.setTextInteractionFlags(by_mouse | by_keys)
        self.folds: Mapping[int, int] = {}
        self.folded: set[int] = set()
        self._margin = FoldMargin(self)
        self.setViewportMargins(WIDTH, 0, 0, 0)
        self.updateRequest.connect(lambda *_: self._margin.update())

    def show_text(self, text: str, folds: Mapping[int, int]) -> None:
        """Another text, unfolded."""
        self.folds, self.folded = folds, set()
        self.setPlainText(text)

    def seen(self) -> list[tuple[QTextBlock, float, float]]:
        """The lines on the screen with their tops and heights."""
        lines, block = [], self.firstVisibleBlock()
        offset, bottom = self.contentOffset(), self.viewport().height()
        while block.isValid():
            rect = self.blockBoundingGeometry(block).translated(offset)
            if rect.top() > bottom:
                break
            if block.isVisible():
                lines.append((block, rect.top(), rect.height()))
            block = block.next()
        return lines

    def toggle(self, line: int) -> None:
        """Fold what a line opens, or unfold it with what is folded in it."""
        last = self.folds.get(line)
        if last is None:
            return
        fold = line not in self.folded
        if fold:
            self.folded.add(line)
        else:
            self.folded -= set(range(line, last))
        self._set_visible(line + 1, last, not fold)

    def reveal(self, line: int) -> None:
        """Unfold whatever hides that line."""
        for opener in sorted(n for n in self.folded if n < line <= self.folds[n]):
            self.folded.discard(opener)
            self._set_visible(opener + 1, self.folds[opener], True)

    def _set_visible(self, first: int, last: int, visible: bool) -> None:
        document = self.document()
        block = document.findBlockByNumber(first)
        begin = block.position()
        while block.isValid() and block.blockNumber() < last:
            block.setVisible(visible)
            block = block.next()
        document.markContentsDirty(begin, max(1, block.position() - begin))
        self.document().documentLayout().documentSizeChanged.emit(self.document().documentLayout().documentSize())
        self.viewport().update()
        self._margin.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The margin is as high as the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), WIDTH, inside.height()))
