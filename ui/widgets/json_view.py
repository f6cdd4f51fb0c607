"""JSON as it goes over the wire: read only, highlighted, with a find bar."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ui import theme

TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\d.eE+-]*|true|false|null)'
    r"|(?P<punctuation>[{}\[\],:])"
)


class Highlighter(QSyntaxHighlighter):
    """Colours keys, text, numbers and punctuation; JSON text never spans lines."""

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
        for found in TOKEN.finditer(text):
            kind = found.lastgroup or "punctuation"
            self.setFormat(found.start(), found.end() - found.start(), self._formats[kind])


class JsonView(QWidget):
    """Text of a resource. Ctrl+F finds, Enter goes on to the next."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._edit = QPlainTextEdit(self)
        self._edit.setReadOnly(True)
        self._edit.setProperty("json", True)
        self._edit.setFont(theme.mono())
        self._edit.setAccessibleName(name)
        self._edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._edit.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._find = QLineEdit(self)
        self._find.setAccessibleName(self.tr("Find in the resource"))
        self._find.setPlaceholderText(self.tr("Find in the resource"))
        self._find.hide()
        self._find.returnPressed.connect(self._next)
        self._highlighter = Highlighter(self._edit.document())
        self.setFocusProxy(self._edit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._find)
        layout.addWidget(self._edit)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._edit.toPlainText()

    def show_text(self, text: str) -> None:
        """Show another document; the place is kept when it is the same one again."""
        if text != self.text:
            self._edit.setPlainText(text)

    def dress(self) -> None:
        """Another theme is shown."""
        self._highlighter.dress()

    def open_find(self) -> None:
        """Open the find bar."""
        self._find.show()
        self._find.setFocus()
        self._find.selectAll()

    def _next(self) -> None:
        wanted = self._find.text()
        if wanted and not self._edit.find(wanted):
            self._edit.moveCursor(self._edit.textCursor().MoveOperation.Start)
            self._edit.find(wanted)
