"""What is always in view: the server's chip, the strip of a long job, a toast that says what happened."""

from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from fhirdesk.core.settings import DEFAULT_PROFILE
from fhirdesk.core.views import Link, ServerView
from ui import theme, words
from ui.language import translate
from ui.widgets.card import plain

TOAST = 6000  # ms


def dot(colour: QColor) -> QIcon:
    """A filled circle."""
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
    """The server: its name in the profile's colour, whether it is there, how fast it answers."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chip")
        self.setIconSize(QSize(11, 11))
        self.setAccessibleName(self.tr("Server"))
        self._view = ServerView("", None, Link.UNSET, False)
        self.show_server(self._view)

    def show_server(self, view: ServerView) -> None:
        """Show how the connection stands."""
        self._view = view
        token, word = words.LINKS[view.link]
        name = self.tr("Practice server") if view.demo else self._name(view)
        latency = f" · {view.latency_ms:.0f} ms" if view.latency_ms and view.link is Link.ONLINE else ""
        said = f"{name}  {translate('Links', word)}{latency}"
        if said != self.text() or token != self.property("token"):
            self.setProperty("token", token)
            self.setText(said.replace("&", "&&"))
            self.setIcon(dot(theme.colour(token)))
        if view.colour != self.property("colour"):
            self.setProperty("colour", view.colour)
            known = view.colour is not None and QColor(view.colour).isValid()
            self.setStyleSheet(f"#chip {{ border: 2px solid {QColor(view.colour).name()}; }}" if known else "")

    @staticmethod
    def _name(view: ServerView) -> str:
        """As the clinic calls it; one that has no name by its host."""
        return urlsplit(view.url or "").hostname or "" if view.profile == DEFAULT_PROFILE else view.profile

    def dress(self) -> None:
        """Another theme or language is shown."""
        self.setProperty("token", None)
        self.show_server(self._view)


class JobStrip(QWidget):
    """A long job: count, rate, time left, and Cancel."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None, *, cancel: bool = True):
        super().__init__(parent)
        self._label = plain()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(150)
        self._stop = QPushButton()
        self._stop.setProperty("quiet", True)
        self._stop.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._label, self._bar, self._stop):
            layout.addWidget(widget)
        self._stop.setVisible(cancel)
        self._name, self._began = "", 0.0
        self.hide()

    def begin(self, name: str, since: float | None = None) -> None:
        """A job starts, or has run since then (time.monotonic)."""
        self._name, self._began = name, since or monotonic()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(name)
        self._label.setText(name)
        self._stop.setText(self.tr("Cancel"))
        self._stop.setAccessibleName(self.tr("Cancel {job}").format(job=name))
        self.show()

    def tell(self, done: int, total: int | None = None, share: float | None = None) -> None:
        """How far it is; the total, or the share 0..1 that is done, where it is known."""
        passed = max(0.001, monotonic() - self._began)
        total = max(total, done) if total else total  # more came than was foreseen: never above the whole
        share = done / total if total else share
        parts = [f"{self._name} {words.count(done)}" + (f" / {words.count(total)}" if total else "")]
        parts.append(self.tr("{rate}/s").format(rate=words.count(round(done / passed))))
        if share:
            share = min(1.0, share)
            left = round(passed * (1 - share) / share)
            parts.append(self.tr("{seconds} s left").format(seconds=words.count(left)))
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(share * 1000))
        self._label.setText(" · ".join(parts))

    def end(self) -> None:
        """It is over."""
        self.hide()


class Toast(QFrame):
    """A sentence that goes away by itself; it takes no focus and no answer."""

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self._over = parent
        self.setObjectName("toast")
        self._label = plain()
        self._label.setWordWrap(True)
        self._button = QPushButton()
        self._button.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 8, 2)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)
        self._timer = QTimer(self, singleShot=True, interval=TOAST)
        self._timer.timeout.connect(self.hide)
        self._act: Callable[[], None] | None = None
        self._button.clicked.connect(self._pressed)
        self.hide()

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a sentence, with one thing to do if there is one."""
        self._label.setText(text[:500])
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._act = act
        parent = self._over
        width = min(640, max(200, parent.width() - 80))
        wanted = (
            self._label.fontMetrics().horizontalAdvance(text) + 60 + (self._button.sizeHint().width() if action else 0)
        )
        self.setFixedWidth(min(width, wanted))
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 46)
        self.show()
        self.raise_()
        self._timer.start()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def _pressed(self) -> None:
        self.hide()
        if self._act:
            self._act()
