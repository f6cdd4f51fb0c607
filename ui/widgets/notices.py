"""What happened, in one line: a mark, a sentence, what or who it is about, and one action. In a pane and as a toast."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _
from ui.design import icons, marks, measures
from ui.design.fonts import Size
from ui.widgets.button import Button, Kind
from ui.widgets.chips import LinkButton
from ui.widgets.fields import MarkLabel, text_label

GLYPH = 24  # px
TOAST_WIDTH = 372  # px
BETWEEN = 6  # px between what happened and the rest of it


class NoticeRow(QFrame):
    """A tinted line at the head of a pane or sheet: shown while there is something to say, one in each. Where sentence
    and rest do not fit side by side, they stand one above the other and wrap."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None, height: int = measures.BANNER):
        super().__init__(parent)
        self.setObjectName("banner")
        self.setMinimumHeight(height)
        self.mark = MarkLabel("refused")
        self.sentence = text_label("", "text", Size.BODY, 600)
        self.rest = text_label("", "muted")
        self.action = LinkButton("")
        self.action.clicked.connect(lambda _=False: self.pressed.emit())
        self._texts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._texts.setSpacing(BETWEEN)
        self._texts.addWidget(self.sentence)
        self._texts.addWidget(self.rest, 1)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addLayout(self._texts, 1)
        row.addWidget(self.action)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_notice(self, mark: str, sentence: str, rest: str = "", action: str = "") -> None:
        """Show what happened; `mark` is a name of ui/design/marks and gives the tint."""
        self.mark.show_mark(mark)
        self.sentence.setText(sentence)
        self.rest.setText(rest)
        self.rest.setVisible(bool(rest))
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setProperty("tone", mark)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(self.text)
        self._arrange()
        self.show()

    @property
    def text(self) -> str:
        """What is said, without the action."""
        return " ".join(filter(None, (self.sentence.text(), self.rest.text())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the words for another width."""
        super().resizeEvent(event)
        self._arrange()
        self._row.activate()

    def _arrange(self) -> None:
        words = [label for label in (self.sentence, self.rest) if label.text()]
        needed = sum(label.fontMetrics().horizontalAdvance(label.text()) + BETWEEN for label in words)
        action = self.action.sizeHint().width() + 8 if self.action.text() else 0
        fits = needed <= self.width() - measures.DISC - 28 - action
        direction = QBoxLayout.Direction
        self._texts.setDirection(direction.LeftToRight if fits else direction.TopToBottom)
        self._texts.setSpacing(BETWEEN if fits else 0)
        for label in (self.sentence, self.rest):
            label.setWordWrap(not fits)


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
        self.who = text_label("", "muted", Size.SMALL)
        for label in (self.sentence, self.who):
            label.setWordWrap(True)
        self.action = LinkButton("")
        self.action.clicked.connect(lambda _=False: self.pressed.emit())
        self.close_button = Button("", Kind.QUIET, icon="x")
        self.close_button.clicked.connect(lambda _=False: self.closed.emit())
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.sentence)
        lines.addWidget(self.who)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(lines, 1)
        row.addWidget(self.action)
        row.addWidget(self.close_button)

    def show_message(self, mark: str, sentence: str, action: str = "", who: str = "") -> None:
        """Show a message, whom it is about, and its one action."""
        self.mark.show_mark(mark)
        self.sentence.setText(sentence)
        self.who.setText(who)
        self.who.setVisible(bool(who))
        self.action.setText(action)
        self.action.setVisible(bool(action))
        close = _("Close")
        self.close_button.setAccessibleName(close)
        self.close_button.setToolTip(close)
        self.setAccessibleName(" · ".join(filter(None, (sentence, who))))
        self.fit()

    def fit(self) -> None:
        """Take the height that the words need at this width."""
        self.setFixedHeight(max(measures.BANNER, self._row.heightForWidth(TOAST_WIDTH)))


class EmptyState(QWidget):
    """What stands in a pane without rows: a glyph, a sentence, and one or two ways out."""

    pressed = Signal()
    other_pressed = Signal()

    def __init__(self, glyph: str = "", sentence: str = "", rest: str = "", action: str = ""):
        super().__init__()
        self.glyph = QLabel()
        self.sentence = text_label("", "text", Size.BODY, 500)
        self.rest = text_label("", "muted", Size.SMALL)
        for label in (self.glyph, self.sentence, self.rest):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action, self.other = Button(""), Button("", Kind.QUIET)
        self.action.clicked.connect(lambda _=False: self.pressed.emit())
        self.other.clicked.connect(lambda _=False: self.other_pressed.emit())
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addStretch(1)
        buttons.addWidget(self.action)
        buttons.addWidget(self.other)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (self.glyph, self.sentence, self.rest):
            column.addWidget(label)
        column.addLayout(buttons)
        column.addStretch(1)
        self.show_state(glyph, sentence, rest, action)

    def show_state(self, glyph: str, sentence: str, rest: str = "", action: str = "", other: str = "") -> None:
        """Say why nothing is here and what can be done. `glyph`: a name of Lucide's icons or of ui/design/marks."""
        self._name = glyph
        self.apply_theme()
        for widget, text in ((self.sentence, sentence), (self.rest, rest), (self.action, action), (self.other, other)):
            widget.setText(text)
            widget.setVisible(bool(text))
        self.setAccessibleName(self.text)

    @property
    def text(self) -> str:
        """What is said, without the ways out."""
        return " ".join(filter(None, (self.sentence.text(), self.rest.text())))

    def apply_theme(self) -> None:
        """Paint the glyph in the colours of another theme."""
        if self._name:
            self.glyph.setPixmap(draw_glyph(self._name))


def draw_glyph(name: str) -> QPixmap:
    """Draw one of Lucide's icons in 24 px, or the mark of a state."""
    if name not in marks.MARKS:
        return icons.draw_pixmap(name, "muted", GLYPH, scale=2)
    pixmap = QPixmap(2 * measures.DISC, 2 * measures.DISC)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(2)
    painter = QPainter(pixmap)
    marks.paint_mark(painter, 0, 0, name)
    painter.end()
    return pixmap
