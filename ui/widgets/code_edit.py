"""Read-only text with a narrow margin at its left where objects and lists are folded. A resource may have hundreds of
thousands of lines: they are inserted part by part while the window stays responsive, and only the lines on the screen
are coloured."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QShowEvent,
    QTextBlock,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.design import fonts, tokens

WIDTH = 16
PART = 100_000  # characters that are given at once: a few milliseconds


class FoldMargin(QWidget):
    """Paints a triangle beside each line that opens an object or a list."""

    def __init__(self, edit: "CodeEdit"):
        super().__init__(edit)
        self._edit = edit
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """The fixed width of the margin."""
        return QSize(WIDTH, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint triangles beside the lines on the screen."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), tokens.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("faint"))
        for block, top, height in self._edit.visible_lines():
            if is_opener(block):
                middle = QPointF(WIDTH / 2, top + height / 2)
                painter.drawPolygon(_build_triangle(middle, folded=block.blockNumber() in self._edit.folded))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold the clicked line."""
        for block, top, height in self._edit.visible_lines():
            if top <= event.position().y() < top + height:
                self._edit.toggle(block.blockNumber())
                return


def _build_triangle(middle: QPointF, *, folded: bool) -> QPolygonF:
    corners = ((-2, -4), (3, 0), (-2, 4)) if folded else ((-4, -2), (4, -2), (0, 3))
    return QPolygonF([middle + QPointF(x, y) for x, y in corners])


def is_opener(block: QTextBlock) -> bool:
    """Whether a line opens an object or a list that goes on below it."""
    return block.text().endswith(("{", "["))


def _count_indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


class CodeEdit(QPlainTextEdit):
    """`colour` returns the formats of one line of JSON."""

    def __init__(self, colour: Callable[[str], Sequence[QTextLayout.FormatRange]], parent: QWidget | None = None):
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("json", True)
        self.setFont(fonts.mono())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        by_mouse, by_keys = (
            Qt.TextInteractionFlag.TextSelectableByMouse,
            Qt.TextInteractionFlag.TextSelectableByKeyboard,
        )
        self.setTextInteractionFlags(by_mouse | by_keys)
        self.folded: dict[int, int] = {}  # line → the last line of what it is_opener
        self._colour, self._begins = colour, 0
        self._theme_round = 1  # lines whose state says less have colours of before
        self._rest = ""
        self._give = QTimer(self, interval=0)
        self._give.timeout.connect(self._give_part)
        self._margin = FoldMargin(self)
        self.setViewportMargins(WIDTH, 0, 0, 0)
        self.updateRequest.connect(lambda *_: self._margin.update())

    # -- the text

    def show_text(self, text: str, begins: int) -> None:
        """Show another text, unfolded; the JSON in it begins at position `begins`."""
        self.folded, self._begins = {}, begins
        end = _find_part_end(text)
        self._rest = text[end:]
        self.setPlainText(text[:end])
        self._give.start() if self._rest and self.isVisible() else self._give.stop()

    @property
    def is_filling(self) -> bool:
        """Whether parts of the text are not inserted yet."""
        return bool(self._rest)

    def _give_part(self) -> None:
        end = _find_part_end(self._rest)
        self._append(self._rest[:end])
        self._rest = self._rest[end:]
        if not self._rest:
            self._give.stop()

    def _append(self, text: str) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)

    def finish(self) -> None:
        """Insert the rest of the text at once."""
        self._give.stop()
        rest, self._rest = self._rest, ""
        if rest:
            self._append(rest)

    def showEvent(self, event: QShowEvent) -> None:
        """Insert the rest of the text part by part: it is on the screen now."""
        super().showEvent(event)
        if self._rest:
            self._give.start()

    # -- its colours

    def apply_theme(self) -> None:
        """Colour the lines anew in the theme that is shown."""
        self._theme_round += 1
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Colour the lines that are painted for the first time."""
        for block, *_ in self.visible_lines():
            if block.userState() != self._theme_round:
                block.setUserState(self._theme_round)
                inside = block.position() >= self._begins
                block.layout().setFormats(list(self._colour(block.text())) if inside else [])
        super().paintEvent(event)

    # -- its lines

    def visible_lines(self) -> list[tuple[QTextBlock, float, float]]:
        """The lines on the screen, each with its top and height."""
        lines, block = [], self.firstVisibleBlock()
        top, bottom = self.blockBoundingGeometry(block).translated(self.contentOffset()).top(), self.viewport().height()
        while block.isValid() and top <= bottom:
            if block.isVisible():
                height = self.blockBoundingRect(block).height()
                lines.append((block, top, height))
                top += height
            block = self._next_visible(block)
        return lines

    def _next_visible(self, block: QTextBlock) -> QTextBlock:
        """The next line, past folded ones: a fold may hide all of a large resource."""
        last = self.folded.get(block.blockNumber())
        return block.next() if last is None else self.document().findBlockByNumber(last)

    def _find_last(self, line: int) -> int:
        """The last line of what a line opens; a resource's lines are indented by their depth."""
        self.finish()
        block = self.document().findBlockByNumber(line)
        depth = _count_indent(block.text())
        while block.next().isValid():
            block = block.next()
            if _count_indent(block.text()) <= depth:
                break
        return block.blockNumber()

    def toggle(self, line: int) -> None:
        """Fold what a line is_opener, or unfold it with every fold inside."""
        if not is_opener(self.document().findBlockByNumber(line)):
            return
        if line in self.folded:
            self._unfold(line)
        else:
            self.folded[line] = last = self._find_last(line)
            self._set_visible(line + 1, last, False)

    def _unfold(self, line: int) -> None:
        last = self.folded[line]
        self.folded = {n: end for n, end in self.folded.items() if not line <= n < last}
        self._set_visible(line + 1, last, True)

    def reveal(self, line: int) -> None:
        """Unfold every fold that hides that line."""
        for opener, last in sorted(self.folded.items()):
            if opener < line <= last and opener in self.folded:
                self._unfold(opener)

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
        """Make the margin as high as the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), WIDTH, inside.height()))


def _find_part_end(text: str) -> int:
    """The position where a part of the text ends: after a whole line."""
    return len(text) if len(text) <= PART else text.find("\n", PART) + 1 or len(text)
