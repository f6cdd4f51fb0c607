"""JSON as it goes over the wire: read only, highlighted, folded, with a find bar and marked places."""

import re
from bisect import bisect_left

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QKeyEvent, QSyntaxHighlighter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTextEdit, QVBoxLayout, QWidget

from ui import theme
from ui.models.places import Places, Span
from ui.widgets.card import plain
from ui.widgets.code_edit import CodeEdit

TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\d.eE+-]*|true|false|null)'
    r"|(?P<punctuation>[{}\[\],:])"
)
LONGEST = 4000  # characters of one line that are shown: a picture in base64 is not read by eye
MOST_FOUND = 2000


class Highlighter(QSyntaxHighlighter):
    """Colours keys, text, numbers and punctuation; JSON text never spans lines. Lines above the JSON stay plain."""

    def __init__(self, document: QTextDocument):
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.dress()

    def dress(self) -> None:
        """Take the colours of the theme that is shown."""
        for kind in ("key", "text", "number", "punctuation"):
            style = QTextCharFormat()
            style.setForeground(QColor(theme.colour(f"json_{kind}")))
            self._formats[kind] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line."""
        inside = self.previousBlockState() == 1 or text[:1] in ("{", "[")
        self.setCurrentBlockState(1 if inside else 0)
        for found in TOKEN.finditer(text) if inside else ():
            kind = found.lastgroup or "punctuation"
            self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])


class FindLine(QLineEdit):
    """Enter: next, Shift+Enter: the one before, Esc: end."""

    stepped = Signal(int)
    ended = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The three keys."""
        if event.text() == "\r":
            self.stepped.emit(-1 if event.modifiers() & event.modifiers().ShiftModifier else 1)
        elif event.text() == "\x1b":
            self.ended.emit()
        else:
            super().keyPressEvent(event)


class JsonView(QWidget):
    """Text of a resource."""

    pointed = Signal(object)  # the Path that the user put the cursor on

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._text, self._offset = "", 0
        self.places = Places()
        self.edit = CodeEdit(self)
        self.edit.setAccessibleName(name)
        self.edit.cursorPositionChanged.connect(self._point)
        self._highlighter = Highlighter(self.edit.document())
        self._mark: Span | None = None
        self._found: list[Span] = []
        self.setFocusProxy(self.edit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_find())
        layout.addWidget(self.edit)

    def _build_find(self) -> QWidget:
        self.find_bar = QWidget()
        row = QHBoxLayout(self.find_bar)
        row.setContentsMargins(12, 6, 12, 6)
        self._find, self._number = FindLine(), plain(name="muted")
        self._find.setAccessibleName(self.tr("Find in the resource"))
        self._find.setPlaceholderText(self.tr("Find in the resource"))
        self._find.textChanged.connect(lambda _: self._search())
        self._find.stepped.connect(self._step)
        self._find.ended.connect(self.close_find)
        row.addWidget(self._find, 1)
        row.addWidget(self._number)
        self.find_bar.hide()
        return self.find_bar

    @property
    def text(self) -> str:
        """The whole text, also where a line is shown cut."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show another document; the place is kept when it is the same one again."""
        if text == self._text:
            return
        self._text, self._mark = text, None
        shown = "\n".join(line if len(line) <= LONGEST else f'{line[:LONGEST]}…"' for line in text.split("\n"))
        begins = re.search(r"^[{\[]", shown, re.MULTILINE)
        self._offset = begins.start() if begins else 0
        self.places = Places(shown[self._offset :] if begins else "")
        self.edit.show_text(shown, self._folds(shown))
        self._search()

    def _folds(self, shown: str) -> dict[int, int]:
        """Line → last line of each object and list that spans lines."""
        ends = [i for i, char in enumerate(shown) if char == "\n"]
        lines = _line_numbers(ends, [self._offset + p for s in self.places.spans.values() for p in (s.start, s.end)])
        pairs = zip(lines[::2], lines[1::2], strict=True)
        return {first: last for first, last in pairs if last > first}

    def dress(self) -> None:
        """Another theme is shown."""
        self._highlighter.dress()
        self._paint_marks()

    # -- places

    def mark(self, span: Span | None, *, go: bool = True) -> None:
        """Tint a place, and bring it into view."""
        self._mark = span
        self._paint_marks()
        if span and go:
            self._go(span)

    def _go(self, span: Span) -> None:
        cursor = self.edit.textCursor()
        cursor.setPosition(min(self._offset + span.start, self.edit.document().characterCount() - 1))
        self.edit.reveal(cursor.blockNumber())
        self.edit.blockSignals(True)
        self.edit.setTextCursor(cursor)
        self.edit.blockSignals(False)
        self.edit.centerCursor()

    def _point(self) -> None:
        path = self.places.at(self.edit.textCursor().position() - self._offset)
        if path is not None:
            self.pointed.emit(path)

    def _paint_marks(self) -> None:
        marks = [(s, "selection") for s in self._found] + ([(self._mark, "selection")] if self._mark else [])
        self.edit.setExtraSelections([self._selection(span, token) for span, token in marks])

    def _selection(self, span: Span, token: str) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.edit.document())
        most = self.edit.document().characterCount() - 1
        cursor.setPosition(min(self._offset + span.start, most))
        cursor.setPosition(min(self._offset + span.end, most), QTextCursor.MoveMode.KeepAnchor)
        made.cursor = cursor
        made.format.setBackground(theme.colour(token))
        return made

    # -- find

    def open_find(self) -> None:
        """Open the find bar."""
        self.find_bar.show()
        self._find.setFocus()
        self._find.selectAll()

    def close_find(self) -> None:
        """Back to the text."""
        self.find_bar.hide()
        self._find.clear()
        self.edit.setFocus()

    def _search(self) -> None:
        wanted, text = self._find.text().casefold(), self.edit.toPlainText().casefold()
        self._found, at = [], text.find(wanted) if wanted else -1
        while at >= 0 and len(self._found) < MOST_FOUND:
            self._found.append(Span(at - self._offset, at - self._offset + len(wanted)))
            at = text.find(wanted, at + len(wanted))
        self._now = -1
        self._paint_marks()
        if wanted:
            self._step(1)

    def _step(self, by: int) -> None:
        if self._found:
            self._now = (self._now + by) % len(self._found)
            self._go(self._found[self._now])
        self._number.setText(f"{self._now + 1} / {len(self._found)}" if self._find.text() else "")


def _line_numbers(ends: list[int], positions: list[int]) -> list[int]:
    return [bisect_left(ends, p) for p in positions]
