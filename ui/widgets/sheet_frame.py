"""A sheet: a dialog without a frame of the system over a scrim, with its title, its content and a footer."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.design import measures, tokens
from ui.design.fonts import Size
from ui.widgets.button import Button, Kind
from ui.widgets.fields import text_label

PADDING = 24
EDGE = 48  # px of the window that stay free around the tallest sheet


class Scrim(QWidget):
    """Darkens the window under a sheet and follows its size."""

    def __init__(self, window: QWidget):
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        shade = tokens.colour("scrim")
        self.setStyleSheet(f"background: rgba({shade.red()}, {shade.green()}, {shade.blue()}, {shade.alpha()})")
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window after it was resized."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False


class SheetFrame(QDialog):
    """The frame of all sheets. `content` is the column to fill; buttons go into the footer by `add_rare` (left) and
    `add_button` (right, the primary last). Esc does what the harmless button does: it closes."""

    def __init__(self, window: QWidget, title: str, width: int = 520):
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(title)
        self._window = window
        self._scrim: Scrim | None = None
        self.setFixedWidth(width)
        self._frame = QFrame()
        self._frame.setObjectName("sheet")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._frame)
        column = QVBoxLayout(self._frame)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._build_head(title))
        column.addWidget(self._build_content(), 1)
        column.addWidget(self._build_footer())

    def _build_head(self, title: str) -> QHBoxLayout:
        self.head = QHBoxLayout()
        self.head.setContentsMargins(PADDING - 1, PADDING - 1, PADDING - measures.RING - 8, 8)
        self.head.setSpacing(8)
        self.title = text_label(title, "text", Size.PERSON, 600)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.close_button = Button("", Kind.QUIET, icon="x")
        self.close_button.clicked.connect(self.reject)
        self.close_button.setAutoDefault(False)
        self.head.addWidget(self.close_button)
        return self.head

    def _build_content(self) -> QScrollArea:
        inner = QWidget()
        self.content = QVBoxLayout(inner)
        self.content.setContentsMargins(PADDING - 1, 0, PADDING - 1, PADDING - 8)
        self.content.setSpacing(measures.GAP)
        self.content.setAlignment(Qt.AlignmentFlag.AlignTop)  # spare room falls below the content
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self._area, self._inner = area, inner
        return area

    def _build_footer(self) -> QFrame:
        footer = QFrame()
        footer.setObjectName("sheetFooter")
        footer.setFixedHeight(measures.SHEET_FOOTER)
        row = QHBoxLayout(footer)
        row.setContentsMargins(PADDING - 1 - measures.RING, 0, PADDING - 1 - measures.RING, 0)
        row.setSpacing(0)
        self._rare, self._buttons = QHBoxLayout(), QHBoxLayout()
        row.addLayout(self._rare)
        row.addStretch(1)
        row.addLayout(self._buttons)
        return footer

    def add_rare(self, text: str, kind: Kind = Kind.QUIET, icon: str = "") -> Button:
        """Add a rare action at the left of the footer."""
        return self._add(self._rare, text, kind, icon)

    def add_button(self, text: str, kind: Kind = Kind.NORMAL, icon: str = "") -> Button:
        """Add a button at the right of the footer; the primary one is added last, and Enter presses it."""
        return self._add(self._buttons, text, kind, icon)

    @staticmethod
    def _add(row: QHBoxLayout, text: str, kind: Kind, icon: str) -> Button:
        button = Button(text, kind, icon=icon, tall=True)
        button.setDefault(kind is Kind.PRIMARY)
        button.setAutoDefault(kind is Kind.PRIMARY)
        row.addWidget(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Darken the window, take the height of the content within the window's, and stand in its middle."""
        super().showEvent(event)
        self._scrim = self._scrim or Scrim(self._window)
        wanted = self._inner.sizeHint().height() + self.head.sizeHint().height() + measures.SHEET_FOOTER + 2
        height = min(max(wanted, self.minimumHeight()), self._window.height() - EDGE)
        self.setFixedHeight(height)
        middle = self._window.mapToGlobal(self._window.rect().center())
        self.move(middle - QPoint(self.width() // 2, height // 2))

    def done(self, result: int) -> None:
        """Close, and take the scrim away."""
        if self._scrim:
            self._scrim.deleteLater()
            self._scrim = None
        super().done(result)
