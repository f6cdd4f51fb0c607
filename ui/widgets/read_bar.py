"""The line above what was read from the server: a summary, when it was read, and *Read again*."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fhirdesk.core.errors import FhirDeskError
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design import measures
from ui.language import render
from ui.widgets.button import Button, Kind
from ui.widgets.card import ElidedLabel, plain_label
from ui.widgets.notices import EmptyState

WIDE = 480  # px: room for all words


class ReadBar(QWidget):
    """`read_requested`: the user wants the server to be read now."""

    read_requested = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setFixedHeight(measures.CARD_HEAD)
        self.summary, self.when = ElidedLabel("sentence"), plain_label(name="muted")
        self.button = Button("", Kind.QUIET, icon="refresh-cw")
        self.button.clicked.connect(lambda _=False: self.read_requested.emit())
        self._read_at: float | None = None
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(measures.CARD_PADDING, 0, measures.GAP - measures.RING, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self.summary, 1)
        self.row.addWidget(self.when)
        self.row.addWidget(self.button)
        self.retranslate()

    def retranslate(self) -> None:
        self.button.setAccessibleName(_("Read again"))
        self.button.setToolTip(_("Read from the server now. Nothing is stored and nothing is sent."))
        self._fit()

    def show_state(self, summary: str, read_at: float | None) -> None:
        """Show a summary, and when the server was read; None: it was not."""
        self._read_at = read_at
        self.summary.setText(summary)
        self.button.set_busy(False)
        self._fit()

    def _fit(self) -> None:
        """Say it in full where there is room, else by the time and the icon alone."""
        is_narrow = self.width() < WIDE
        time = words.format_time(self._read_at) if self._read_at else ""
        self.when.setText(fill(_("server read {when}"), when=time) if time and not is_narrow else time)
        self.button.setText("" if is_narrow else _("Read again"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say more or less, as there is room."""
        super().resizeEvent(event)
        self._fit()


class ServerPane(QWidget):
    """What is read from the server, below a bar; or in its place a sentence and the offer to read."""

    read_requested = Signal()

    def __init__(self, content: QWidget, parent: QWidget | None = None):
        super().__init__(parent)
        self.bar, self.content, self.unread = ReadBar(), content, EmptyState()
        self._can_read = False
        self.bar.read_requested.connect(self.read_requested)
        self.unread.pressed.connect(self.read_requested)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.unread)
        self.pages.addWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pages, 1)

    def retranslate(self) -> None:
        self.bar.retranslate()
        if self._can_read:
            self.unread.action.setText(_("Read from the server"))

    def apply_theme(self) -> None:
        self.unread.apply_theme()

    def show_note(self, text: str, *, glyph: str = "history", can_read: bool = True) -> None:
        """Show a sentence in place of the content, and where it can help, the offer to read the server."""
        self._can_read = can_read
        self.bar.hide()
        self.unread.action.set_busy(False)
        self.unread.show_state(glyph, text, action=_("Read from the server") if can_read else "")
        self.unread.action.setToolTip(self.bar.button.toolTip())
        self.pages.setCurrentWidget(self.unread)

    def show_error(self, error: FhirDeskError) -> None:
        """Say why the server could not be read."""
        self.show_note(render(error), glyph="triangle-alert")

    def show_content(self, summary: str, read_at: float | None) -> None:
        """Show the content, with a summary of it and when the server was read."""
        self.bar.show_state(summary, read_at)
        self.bar.show()
        self.pages.setCurrentWidget(self.content)

    def show_busy(self) -> None:
        """Show that the server is being read."""
        for button in (self.bar.button, self.unread.action):
            button.set_busy(True)
