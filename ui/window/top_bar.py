"""The bar above the panes: the server, the find box, the main actions, and a ribbon over practice data."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QPushButton, QSizePolicy, QToolBar, QWidget

from fhirdesk.core.views import Link, ServerView
from ui import words
from ui.widgets.card import plain_label
from ui.widgets.server_chip import ServerChip


class TopBar(QToolBar):
    """Has one primary button: Send now, with the number of changes that wait."""

    action_pressed = Signal(str)  # an action's name

    def __init__(self, window: QMainWindow):
        super().__init__(window)
        self.setObjectName("top")
        self.setMovable(False)
        self.toggleViewAction().setEnabled(False)
        self._waiting = 0
        self._paused = False
        self.chip = ServerChip()
        self.search, self._keys = QPushButton(), plain_label("Ctrl+K", "keys")
        self.search.setObjectName("find")
        self.search.setMinimumWidth(300)
        inside = QHBoxLayout(self.search)
        inside.setContentsMargins(10, 0, 10, 0)
        inside.addWidget(self._keys, 0, Qt.AlignmentFlag.AlignRight)
        self.imports, self.pause, self.send = QPushButton(), QPushButton(), QPushButton()
        self.send.setProperty("primary", True)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 7, 12, 7)
        layout.setSpacing(10)
        for widget in (
            plain_label("FHIR Desk", "brand"),
            self.chip,
            gap,
            self.search,
            self.imports,
            self.pause,
            self.send,
        ):
            layout.addWidget(widget)
        self.addWidget(row)
        names = {"connect": self.chip, "palette": self.search, "import": self.imports, "pause": self.pause}
        for name, button in (names | {"send_now": self.send}).items():
            button.clicked.connect(lambda _=False, n=name: self.action_pressed.emit(n))
        self.ribbon = plain_label(name="ribbon")
        self.ribbon_bar = QToolBar(window)
        self.ribbon_bar.setObjectName("ribbonBar")
        self.ribbon_bar.setMovable(False)
        self.ribbon_bar.toggleViewAction().setEnabled(False)
        self.ribbon.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.ribbon_bar.addWidget(self.ribbon)
        window.addToolBar(self)
        window.addToolBarBreak()
        window.addToolBar(self.ribbon_bar)
        self.ribbon_bar.hide()

    def retranslate(self) -> None:
        self.search.setText(self.tr("Find a patient, number, command"))
        self.imports.setText(self.tr("Import"))
        self.ribbon.setText(self.tr("Practice data: invented people, nothing leaves this computer."))
        self.chip.setToolTip(self.tr("The server and its settings"))
        self.chip.apply_theme()
        self._show_texts()

    def show_server(self, view: ServerView) -> None:
        """Show the state of the connection."""
        self.chip.show_server(view)
        self._paused = view.link is Link.PAUSED
        self.ribbon_bar.setVisible(view.demo)
        self._show_texts()

    def show_waiting(self, number: int) -> None:
        """Show how many changes wait to be sent."""
        self._waiting = number
        self._show_texts()

    def _show_texts(self) -> None:
        self.pause.setText(self.tr("Resume") if self._paused else self.tr("Pause"))
        number = f"  {words.format_count(self._waiting)}" if self._waiting else ""
        self.send.setText(self.tr("Send now") + number)
        self.send.setEnabled(not self._paused)
