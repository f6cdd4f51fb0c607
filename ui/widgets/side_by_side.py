"""Two JSON texts side by side: lines that stand for each other on one height, those that differ tinted."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from ui.design import measures
from ui.models.line_diff import LineDiff, compare_lines
from ui.tasks import Tasks
from ui.widgets.card import ElidedLabel
from ui.widgets.json_view import JsonView

OURS, SERVER = "diff_ours", "diff_server"
SHORT = 20_000  # characters that are compared at once


class Swatch(QFrame):
    """The colour of one side."""

    def __init__(self, token: str):
        super().__init__()
        self.setObjectName("swatch")
        self.setProperty("side", token)
        self.setFixedSize(10, 10)


class SideText(QWidget):
    """One side: its head, and its text."""

    def __init__(self, token: str):
        super().__init__()
        self.token, self.head, self.text = token, ElidedLabel("sideHead"), JsonView("")
        self.text.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)  # else lines stand on other heights
        row = QHBoxLayout()
        row.setContentsMargins(measures.CARD_PADDING, 0, measures.CARD_PADDING, 0)
        row.setSpacing(8)
        row.addWidget(Swatch(token))
        row.addWidget(self.head, 1)
        bar = QFrame()
        bar.setObjectName("sideBar")
        bar.setFixedHeight(measures.TABLE_HEAD)
        bar.setLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.text, 1)

    def show_side(self, head: str, text: str, lines: tuple[int, ...]) -> None:
        """Show a text under its head, with those lines tinted."""
        self.head.setText(head)
        self.text.edit.setAccessibleName(head)
        self.text.show_text(text)
        self.text.tint_lines(lines, self.token)


class SideBySide(QSplitter):
    """Ours at the left, the server's at the right; they scroll together."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._tasks = tasks
        self._texts = ("", "")
        self.left, self.right = SideText(OURS), SideText(SERVER)
        self.setChildrenCollapsible(False)
        for side in (self.left, self.right):
            self.addWidget(side)
        left, right = self.left.text.edit, self.right.text.edit
        for one, other in ((left, right), (right, left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)

    def show_texts(self, heads: tuple[str, str], left: str, right: str) -> None:
        """Show both texts once they are compared, in a thread where they are long."""
        if (left, right) == self._texts:
            self.left.head.setText(heads[0])
            self.right.head.setText(heads[1])
            return
        self._texts = (left, right)
        if len(left) + len(right) > SHORT:
            self._tasks.start(self._compare(heads, left, right))
        else:
            self._show(heads, compare_lines(left, right))

    async def _compare(self, heads: tuple[str, str], left: str, right: str) -> None:
        diff = await asyncio.to_thread(compare_lines, left, right)
        if self._texts == (left, right):
            self._show(heads, diff)

    def _show(self, heads: tuple[str, str], diff: LineDiff) -> None:
        self.left.show_side(heads[0], diff.left, diff.left_lines)
        self.right.show_side(heads[1], diff.right, diff.right_lines)

    def apply_theme(self) -> None:
        for side in (self.left, self.right):
            side.text.apply_theme()
