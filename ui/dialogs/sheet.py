"""What every dialog shares: margins, a title line, buttons on the right, opened without a nested loop."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.models.tables import visible
from ui.widgets.card import plain

FRAME = QSize(16, 48)  # of the window manager


class Sheet(QDialog):
    """Deleted when it is closed."""

    def __init__(self, title: str, parent: QWidget | None = None, width: int = 560):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(width)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(22, 20, 22, 18)
        self.body.setSpacing(12)

    def heading(self, text: str, note: str = "") -> None:
        """The first line, and a muted sentence under it."""
        self.body.addWidget(plain(text, "heading"))
        if note:
            self.body.addWidget(self.note(note))

    def note(self, text: str = "") -> QWidget:
        """A muted sentence that wraps."""
        label = plain(text, "muted")
        label.setWordWrap(True)
        return label

    def showEvent(self, event: QShowEvent) -> None:
        """Within the screen, also where that is small and its scale is large, with nothing cut."""
        super().showEvent(event)
        room = self.screen().availableSize() - FRAME
        self.resize(self.size().boundedTo(room).expandedTo(self.minimumSizeHint()))

    def add_banner(self) -> None:
        """Room for a sentence about how it went; hidden until there is one."""
        self.banner = plain(name="banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.quote = plain(name="quote")
        self.quote.setWordWrap(True)
        self.quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.quote.hide()
        for label in (self.banner, self.quote):
            self.body.addWidget(label)

    def say(self, text: str, tone: str = "bad", quote: str | None = None) -> None:
        """How it went; `tone` is ok, warn, bad, or empty while nothing is known. `quote`: in the server's own words."""
        self.quote.setText(quoted(quote))
        self.quote.setVisible(bool(quote))
        self.banner.setProperty("tone", tone)
        self.banner.style().polish(self.banner)
        self.banner.setText(text)
        self.banner.show()

    def add_buttons(self, left: list[QPushButton], right: list[QPushButton]) -> None:
        """A row of buttons: what can be done on the left, the way out on the right."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in left:
            row.addWidget(button)
        row.addStretch(1)
        for button in right:
            row.addWidget(button)
        self.body.addLayout(row)


def quoted(text: str | None) -> str:
    """The server's own words, as plain text."""
    said = QCoreApplication.translate("Sheet", "The server's answer: “{text}”")
    return said.format(text="\n".join(map(visible, text.splitlines()))) if text else ""


def button(text: str, act: Callable[[], object], *, primary: bool = False) -> QPushButton:
    """A button that does one thing."""
    made = QPushButton(text)
    made.setProperty("primary", primary)
    made.setAutoDefault(primary)
    made.setDefault(primary)
    made.clicked.connect(lambda _=False: act())
    return made
