"""What every dialog shares: margins, a title line, buttons on the right, opened without a nested loop. Where the screen
is too small for the content, the content scrolls; the message and the buttons stay in view."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.models.tables import visible
from ui.widgets.card import plain_label

FRAME = QSize(16, 48)  # of the window manager
BESIDE = 22  # px beside the content
LEAST = 96  # px of the content that are always in view


class Content(QScrollArea):
    """A scroll area that asks for the height of its content, at the width that it has."""

    def __init__(self) -> None:
        super().__init__()
        holder = QWidget()
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(BESIDE, 20, BESIDE, 4)
        self.body.setSpacing(12)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """The size of the whole content."""
        wide = self.body.totalSizeHint().width()
        width = self.viewport().width() if self.isVisible() else wide
        high = self.body.totalHeightForWidth(width) if self.body.hasHeightForWidth() else -1
        return QSize(wide, high if high >= 0 else self.body.totalSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The width of the content, so that nothing is cut at its side."""
        least = self.body.totalMinimumSize()
        return QSize(least.width() + self.verticalScrollBar().sizeHint().width(), min(LEAST, least.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another size when the content has changed."""
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done


class Sheet(QDialog):
    """A dialog that is deleted when it is closed."""

    def __init__(self, title: str, parent: QWidget | None = None, width: int = 560):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self._content = Content()
        self.body = self._content.body
        self._foot = QVBoxLayout()
        self._foot.setContentsMargins(BESIDE, 8, BESIDE, 18)
        self._foot.setSpacing(12)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(self._content, 1)
        self._outer.addLayout(self._foot)

    def add_heading(self, text: str, note: str = "") -> None:
        """Add the first line, and a muted sentence under it."""
        self.body.addWidget(plain_label(text, "heading"))
        if note:
            self.body.addWidget(self.make_note(note))

    def make_note(self, text: str = "") -> QWidget:
        """A muted sentence that wraps; the caller adds it."""
        label = plain_label(text, "muted")
        label.setWordWrap(True)
        return label

    def showEvent(self, event: QShowEvent) -> None:
        """Put the room that is left below the content."""
        super().showEvent(event)
        if not any(self.body.stretch(n) for n in range(self.body.count())):
            self.body.addStretch(1)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Fit the height when the content or the message has grown."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        """Resize to the height of the content, within the screen, also where that is small and its scale is large."""
        if not self.isVisible():
            return
        room, layout = self.screen().availableGeometry(), self._outer
        high = (
            layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        )
        size = self.size().expandedTo(QSize(0, high)).boundedTo(room.size() - FRAME)
        self.resize(size.expandedTo(self.minimumSizeHint()))
        frame = self.frameGeometry()
        if frame.bottom() > room.bottom():
            self.move(frame.left(), max(room.top(), room.bottom() - frame.height()))

    def add_banner(self) -> None:
        """Add room for a message; it is hidden until there is one."""
        self.banner = plain_label(name="banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.quote = plain_label(name="quote")
        self.quote.setWordWrap(True)
        self.quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.quote.hide()
        for label in (self.banner, self.quote):
            self._foot.addWidget(label)

    def show_message(self, text: str, tone: str = "bad", quote: str | None = None) -> None:
        """Show how it went. `tone` is ok, warn, bad, or empty while nothing is known; `quote` is the server's own
        text."""
        self.quote.setText(quote_server(quote))
        self.quote.setVisible(bool(quote))
        self.banner.setProperty("tone", tone)
        self.banner.style().polish(self.banner)
        self.banner.setText(text)
        self.banner.show()

    def add_buttons(self, left: list[QPushButton], right: list[QPushButton]) -> None:
        """Add a row of buttons: actions on the left, the ways out on the right."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in left:
            row.addWidget(button)
        row.addStretch(1)
        for button in right:
            row.addWidget(button)
        self._foot.addLayout(row)


def quote_server(text: str | None) -> str:
    """The server's own text, as a quotation in plain text; empty where there is none."""
    template = _("The server's answer: “{text}”")
    return fill(template, text="\n".join(map(visible, text.splitlines()))) if text else ""


def make_button(text: str, act: Callable[[], object], *, primary: bool = False) -> QPushButton:
    """A button that does one thing."""
    widget = QPushButton(text)
    make_primary(widget, is_primary=primary)
    widget.clicked.connect(lambda _=False: act())
    return widget


def make_primary(button: QPushButton, *, is_primary: bool) -> None:
    """Make a button the one that Enter presses, or one like the others."""
    button.setProperty("primary", is_primary)
    button.setAutoDefault(is_primary)
    button.setDefault(is_primary)
    button.style().polish(button)
