"""What happened, in one line: a mark, a sentence, what or who it is about, and one action. In a pane and as a toast."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design import measures
from ui.design.fonts import Size
from ui.widgets.button import Button, Kind
from ui.widgets.chips import LinkButton
from ui.widgets.fields import MarkLabel, text_label

TOAST_WIDTH = 360  # px


class NoticeRow(QFrame):
    """A tinted line at the head of a pane: shown while there is something to do, one in a pane."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("banner")
        self.setFixedHeight(measures.BANNER)
        self.mark = MarkLabel("refused")
        self.sentence = text_label("", "text", Size.BODY, 600)
        self.rest = text_label("", "muted")
        self.rest.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.action = LinkButton("")
        self.action.clicked.connect(lambda _=False: self.pressed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.sentence)
        row.addWidget(self.rest, 1)
        row.addWidget(self.action)
        self.hide()

    def show_notice(self, mark: str, sentence: str, rest: str = "", action: str = "") -> None:
        """Show what happened; `mark` is a name of ui/design/marks and gives the tint."""
        self.mark.show_mark(mark)
        self.sentence.setText(sentence)
        self.rest.setText(rest)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setProperty("tone", mark)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(" ".join(filter(None, (sentence, rest))))
        self.show()


class ToastFrame(QFrame):
    """A card at the bottom right, above the status bar; an error stays until it is closed."""

    pressed = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("toast")
        self.setFixedWidth(TOAST_WIDTH)
        self.mark = MarkLabel("done")
        self.sentence = text_label("", "text", Size.BODY, 500)
        self.sentence.setWordWrap(True)
        self.action = LinkButton("")
        self.action.clicked.connect(lambda _=False: self.pressed.emit())
        self.close_button = Button("", Kind.QUIET, icon="x")
        self.close_button.clicked.connect(lambda _=False: self.closed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.action)
        row.addWidget(self.close_button)

    def show_message(self, mark: str, sentence: str, action: str = "") -> None:
        """Show a message and its one action."""
        self.mark.show_mark(mark)
        self.sentence.setText(sentence)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(sentence)
        self.adjustSize()


class EmptyState(QWidget):
    """What stands in a pane without rows: a glyph, a sentence, and the way out."""

    pressed = Signal()

    def __init__(self, mark: str, sentence: str, rest: str = "", action: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(MarkLabel(mark), 0, Qt.AlignmentFlag.AlignHCenter)
        self.sentence = text_label(sentence, "text", Size.BODY, 500)
        self.rest = text_label(rest, "muted", Size.SMALL)
        self.rest.setVisible(bool(rest))
        column.addWidget(self.sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignHCenter)
        self.action = Button(action)
        self.action.setVisible(bool(action))
        self.action.clicked.connect(lambda _=False: self.pressed.emit())
        column.addWidget(self.action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
