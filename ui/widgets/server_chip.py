"""The server's chip: its name in the profile's colour, whether it is connected, how fast it answers."""

from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

from fhirdesk.core.settings import DEFAULT_PROFILE
from fhirdesk.core.views import Link, ServerView
from ui import words
from ui.design import tokens
from ui.language import translate


def draw_dot(colour: QColor) -> QIcon:
    """An icon: a filled circle in that colour."""
    picture = QPixmap(22, 22)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(1, 1, 20, 20)
    painter.end()
    return QIcon(picture)


class ServerChip(QPushButton):
    """A button with the server's name in the profile's colour, the state of its connection, and its latency."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chip")
        self.setIconSize(QSize(11, 11))
        self.setAccessibleName(self.tr("Server"))
        self._view = ServerView("", None, Link.UNSET, False)
        self.show_server(self._view)

    def show_server(self, view: ServerView) -> None:
        """Show the state of the connection."""
        self._view = view
        token, word = words.LINKS[view.link]
        name = self.tr("Practice server") if view.demo else self._format_name(view)
        latency = f" · {view.latency_ms:.0f} ms" if view.latency_ms and view.link is Link.ONLINE else ""
        text = f"{name}  {translate('Links', word)}{latency}"
        if text != self.text() or token != self.property("token"):
            self.setProperty("token", token)
            self.setText(text.replace("&", "&&"))
            self.setIcon(draw_dot(tokens.colour(token)))
        if view.colour != self.property("colour"):
            self.setProperty("colour", view.colour)
            known = view.colour is not None and QColor(view.colour).isValid()
            self.setStyleSheet(f"#chip {{ border: 2px solid {QColor(view.colour).name()}; }}" if known else "")

    @staticmethod
    def _format_name(view: ServerView) -> str:
        """The profile's name; a profile without a name is shown by its host."""
        return urlsplit(view.url or "").hostname or "" if view.profile == DEFAULT_PROFILE else view.profile

    def apply_theme(self) -> None:
        """Paint the chip anew: another theme or language is shown."""
        self.setProperty("token", None)
        self.show_server(self._view)
