"""JSON as it goes over the wire: read only, highlighted, folded, with a find bar and marked spans."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor, QTextFormat, QTextLayout
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTextEdit, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _
from ui.design import tokens
from ui.models.json_spans import JsonSpans, Span
from ui.widgets.card import plain_label
from ui.widgets.code_edit import CodeEdit

TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\d.eE+-]*|true|false|null)'
    r"|(?P<punctuation>[{}\[\],:])"
)
LONGEST = 4000  # characters of one line that are shown: a picture in base64 is not read by eye
LONG = 500_000  # characters from which on places are not found beside the user's click
MOST_FOUND = 2000


def coloured(text: str) -> list[QTextLayout.FormatRange]:
    """The formats of one line: names, strings, numbers and punctuation in the theme's colours. A JSON string never
    spans lines."""
    ranges = []
    for token in TOKEN.finditer(text):
        part = QTextLayout.FormatRange()
        part.start, part.length = token.start(), token.end() - token.start()
        part.format = QTextCharFormat()
        part.format.setForeground(QColor(tokens.colour(f"json_{token.lastgroup}")))
        ranges.append(part)
    return ranges


class FindLine(QLineEdit):
    """The input of the find bar. Enter: next match, Shift+Enter: previous match, Esc: close."""

    stepped = Signal(int)
    ended = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit `stepped` or `ended` for Enter and Esc."""
        if event.text() == "\r":
            self.stepped.emit(-1 if event.modifiers() & event.modifiers().ShiftModifier else 1)
        elif event.text() == "\x1b":
            self.ended.emit()
        else:
            super().keyPressEvent(event)


class JsonView(QWidget):
    """Shows the text of a resource."""

    path_selected = Signal(object)  # the Path that the user put the cursor on

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._text, self._shown, self._offset = "", "", 0
        self._spans: JsonSpans | None = JsonSpans()
        self.edit = CodeEdit(coloured, self)
        self.edit.setAccessibleName(name)
        self.edit.cursorPositionChanged.connect(self._point)
        self._mark: Span | None = None
        self._matches: list[Span] = []
        self._tints: list[tuple[Span, str]] = []  # places that something is said about, each with its token
        self._lines: tuple[Sequence[int], str] = ((), "")  # lines that are tinted whole, and their token
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
        self._find, self._number = FindLine(), plain_label(name="muted")
        self._find.setAccessibleName(_("Find in the resource"))
        self._find.setPlaceholderText(_("Find in the resource"))
        self._find.textChanged.connect(lambda _: self._search())
        self._find.stepped.connect(self._step)
        self._find.ended.connect(self.close_find)
        row.addWidget(self._find, 1)
        row.addWidget(self._number)
        self.find_bar.hide()
        return self.find_bar

    @property
    def text(self) -> str:
        """The whole text, also where a long line is shown cut."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show another document; the same document again keeps its scroll position."""
        if text == self._text:
            return
        self._text, self._mark, self._spans, self._tints, self._lines = text, None, None, [], ((), "")
        self._shown = "\n".join(line if len(line) <= LONGEST else f'{line[:LONGEST]}…"' for line in text.split("\n"))
        begins = re.search(r"^[{\[]", self._shown, re.MULTILINE)
        self._offset = begins.start() if begins else len(self._shown)
        self.edit.show_text(self._shown, self._offset)
        self._search()

    def apply_theme(self) -> None:
        self.edit.apply_theme()
        self._paint_marks()

    # -- places

    @property
    def is_long(self) -> bool:
        """Whether the user would notice the time that finding the spans takes."""
        return len(self._shown) > LONG

    @property
    def spans(self) -> JsonSpans:
        """The span of each value, read when first asked for (in a thread, where the text is long)."""
        if self._spans is not None:
            return self._spans
        shown, spans = self._shown, JsonSpans(self._shown[self._offset :])
        if shown is self._shown:  # not meanwhile another text
            self._spans = spans
        return spans

    def mark(self, span: Span | None, *, go: bool = True) -> None:
        """Tint a span, and bring it into view; None removes the tint."""
        self._mark = span
        self._paint_marks()
        if span and go:
            self.go_to(span)

    def tint(self, places: Sequence[tuple[Span, str]]) -> None:
        """Tint spans of the text, each in the colour of its token, until another text is shown."""
        self._tints = list(places[:MOST_FOUND])
        self._paint_marks()

    def tint_lines(self, lines: Sequence[int], token: str) -> None:
        """Tint whole lines, from 0, until another text is shown."""
        self._lines = (lines[:MOST_FOUND], token)
        self._paint_marks()

    def go_to(self, span: Span) -> None:
        """Bring a span into view."""
        self.edit.finish()
        cursor = self.edit.textCursor()
        cursor.setPosition(min(self._offset + span.start, self.edit.document().characterCount() - 1))
        self.edit.reveal(cursor.blockNumber())
        self.edit.blockSignals(True)
        self.edit.setTextCursor(cursor)
        self.edit.blockSignals(False)
        self.edit.centerCursor()

    def _point(self) -> None:
        if self.is_long:
            return
        path = self.spans.at(self.edit.textCursor().position() - self._offset)
        if path is not None:
            self.path_selected.emit(path)

    def _paint_marks(self) -> None:
        marks = [*self._tints, *((s, "selection") for s in self._matches)]
        marks += [(self._mark, "selection")] if self._mark else []
        lines, token = self._lines
        whole = [self._line_selection(line, token) for line in lines]
        self.edit.setExtraSelections([*whole, *(self._selection(span, each) for span, each in marks)])

    def _line_selection(self, line: int, token: str) -> QTextEdit.ExtraSelection:
        self.edit.finish()
        selection = QTextEdit.ExtraSelection()
        selection.cursor = QTextCursor(self.edit.document().findBlockByNumber(line))
        selection.format.setBackground(tokens.colour(token))
        selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return selection

    def _selection(self, span: Span, token: str) -> QTextEdit.ExtraSelection:
        self.edit.finish()
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.edit.document())
        most = self.edit.document().characterCount() - 1
        cursor.setPosition(min(self._offset + span.start, most))
        cursor.setPosition(min(self._offset + span.end, most), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        selection.format.setBackground(tokens.colour(token))
        return selection

    # -- find

    def open_find(self) -> None:
        """Open the find bar and select its text."""
        self.find_bar.show()
        self._find.setFocus()
        self._find.selectAll()

    def close_find(self) -> None:
        """Close the find bar and give the focus back to the text."""
        self.find_bar.hide()
        self._find.clear()
        self.edit.setFocus()

    def _search(self) -> None:
        pattern = self._find.text().lower()
        text = self._shown.lower() if pattern else ""
        self._matches, at = [], text.find(pattern) if pattern else -1
        while at >= 0 and len(self._matches) < MOST_FOUND:
            self._matches.append(Span(at - self._offset, at - self._offset + len(pattern)))
            at = text.find(pattern, at + len(pattern))
        self._now = -1
        self._paint_marks()
        if pattern:
            self._step(1)

    def _step(self, by: int) -> None:
        if self._matches:
            self._now = (self._now + by) % len(self._matches)
            self.go_to(self._matches[self._now])
        self._number.setText(f"{self._now + 1} / {len(self._matches)}" if self._find.text() else "")
