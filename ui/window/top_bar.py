"""The bar above the panes: the server, the find box, the main commands, and a ribbon over practice data."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QPushButton, QSizePolicy, QToolBar, QWidget

from fhirdesk.core.views import Link, ServerView
from ui import words
from ui.actions.command import Place
from ui.actions.registry import Actions
from ui.widgets.card import plain_label
from ui.widgets.server_chip import ServerChip


class TopBar(QToolBar):
    """Has one primary button: Send now, with the number of changes that wait."""

    def __init__(self, window: QMainWindow, actions: Actions):
        super().__init__(window)
        _fix(self, "top")
        self.chip, self.search = ServerChip(), _build_find_box()
        self.chip.clicked.connect(actions["connect"].trigger)
        self.search.clicked.connect(actions["palette"].trigger)
        self.buttons = actions.make_buttons(Place.TOP_BAR)
        self.buttons["send_now"].setProperty("primary", True)
        self._add_row()
        self.ribbon = plain_label(name="ribbon")
        self.ribbon.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.ribbon_bar = QToolBar(window)
        _fix(self.ribbon_bar, "ribbonBar")
        self.ribbon_bar.addWidget(self.ribbon)
        window.addToolBar(self)
        window.addToolBarBreak()
        window.addToolBar(self.ribbon_bar)
        self.ribbon_bar.hide()
        self._offer_pause(is_paused=False)

    def _add_row(self) -> None:
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 7, 12, 7)
        layout.setSpacing(10)
        *others, send = sorted(self.buttons.values(), key=lambda button: bool(button.property("primary")))
        for widget in (plain_label("FHIR Desk", "brand"), self.chip, gap, self.search, *others, send):
            layout.addWidget(widget)
        self.addWidget(row)

    def retranslate(self) -> None:
        self.search.setText(self.tr("Find a patient, number, command"))
        self.ribbon.setText(self.tr("Practice data: invented people, nothing leaves this computer."))
        self.chip.setToolTip(self.tr("The server and its settings"))
        self.chip.apply_theme()

    def show_server(self, view: ServerView) -> None:
        """Show the state of the connection."""
        self.chip.show_server(view)
        self.ribbon_bar.setVisible(view.demo)
        self._offer_pause(is_paused=view.link is Link.PAUSED)

    def _offer_pause(self, *, is_paused: bool) -> None:
        """Show Pause, or Resume while sending is paused."""
        self.buttons["pause"].setVisible(not is_paused)
        self.buttons["resume"].setVisible(is_paused)

    def show_waiting(self, number: int) -> None:
        """Show how many changes wait to be sent."""
        self.buttons["send_now"].add_note(f"  {words.format_count(number)}" if number else "")


def _fix(bar: QToolBar, name: str) -> None:
    """Name a tool bar that always stays where it is."""
    bar.setObjectName(name)
    bar.setMovable(False)
    bar.toggleViewAction().setEnabled(False)


def _build_find_box() -> QPushButton:
    """The button that opens the palette, with its key."""
    box = QPushButton()
    box.setObjectName("find")
    box.setMinimumWidth(300)
    inside = QHBoxLayout(box)
    inside.setContentsMargins(10, 0, 10, 0)
    inside.addWidget(plain_label("Ctrl+K", "keys"), 0, Qt.AlignmentFlag.AlignRight)
    return box
