"""The bar above the panes: the menu, the server, whether all is well, the find box, and the main commands."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from fhirdesk.core.views import Counts, Link, ServerView
from fhirdesk.i18n.translation import _
from ui import words
from ui.actions.command import Place
from ui.actions.registry import Actions
from ui.design import icons, measures
from ui.widgets.button import Button, Kind
from ui.widgets.card import ElidedLabel, plain_label
from ui.widgets.chips import LinkButton
from ui.widgets.progress_line import ProgressLine
from ui.widgets.server_chip import ServerChip
from ui.widgets.summary import Summary
from ui.window.look_choices import LookChoices

FIND_WIDTH, FIND_LEAST = 288, 160  # px
MENU_LEFT = 14  # px: the menu's icon then stands above the texts of the cards


class TopBar(QWidget):
    """One row of 44 px. Its one primary button is Send now, with the number of changes that wait."""

    attention_requested = Signal()  # show what needs a person
    servers_requested = Signal()  # open the menu of the servers

    def __init__(self, actions: Actions, menu: QMenu):
        super().__init__()
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(measures.TOP_BAR)
        self._menu = menu
        self.menu_button = Button("", Kind.QUIET, icon="menu")
        self.menu_button.clicked.connect(lambda _=False: self.open_menu())
        self.chip, self.summary, self.search = ServerChip(), Summary(), FindBox()
        self.chip.clicked.connect(lambda _=False: self.servers_requested.emit())
        self.resume = LinkButton("")
        self.resume.clicked.connect(actions["resume"].trigger)
        self.summary.clicked.connect(lambda _=False: self.attention_requested.emit())
        self.search.clicked.connect(actions["palette"].trigger)
        self.buttons = actions.make_buttons(Place.TOP_BAR, kind=Kind.QUIET, kinds={"send_now": Kind.PRIMARY})
        self._divider, self._work, self.choices = _build_divider(), QWidget(), LookChoices(actions)
        self._lay_out()
        self.progress = ProgressLine(self)
        self.show_start(False)
        self._offer_pause(is_paused=False)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MENU_LEFT, 0, measures.GAP - measures.RING, 0)
        row.setSpacing(0)
        row.addWidget(self.menu_button)
        row.addWidget(self.chip)
        row.addWidget(self.resume)
        row.addSpacing(8)
        row.addWidget(self._divider)
        row.addSpacing(8)
        row.addWidget(self.summary, 1)
        row.addWidget(self._work)
        row.addWidget(self.choices, 1, Qt.AlignmentFlag.AlignRight)
        work = QHBoxLayout(self._work)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(0)
        work.addWidget(self.search)
        work.addSpacing(4)
        *others, send = sorted(self.buttons.values(), key=lambda button: button.kind is Kind.PRIMARY)
        for button in (*others, send):
            work.addWidget(button)

    def show_start(self, on: bool) -> None:
        """Offer language and theme in place of the commands, while nothing is open that they could be done to."""
        self.choices.setVisible(on)
        for widget in (self._divider, self.summary, self._work):
            widget.setVisible(not on)

    def open_menu(self) -> None:
        """Open the menu below its button, its first line chosen: the arrow keys go on from there."""
        self._menu.popup(self.menu_button.mapToGlobal(QPoint(measures.RING, self.menu_button.height())))
        self._menu.setActiveAction(self._menu.actions()[0])

    def popup_below_chip(self, menu: QMenu) -> None:
        """Open a menu below the server's chip."""
        menu.popup(self.chip.mapToGlobal(QPoint(measures.RING, self.chip.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the window is narrow the quiet buttons lose their words, and the find box gets smaller."""
        super().resizeEvent(event)
        self.progress.fit()
        is_wide = event.size().width() >= measures.NARROW
        self._show_words(self.buttons.values(), is_wide)
        self.search.setFixedWidth(FIND_WIDTH if is_wide else FIND_LEAST)
        self.search.show_keys(is_wide)

    @staticmethod
    def _show_words(buttons: Iterable[Button], on: bool) -> None:
        for button in buttons:
            if button.kind is Kind.QUIET:
                button.show_words(on)  # type: ignore[attr-defined]

    def retranslate(self) -> None:
        menu = _("Menu")
        self.menu_button.setAccessibleName(menu)
        self.menu_button.setToolTip(f"{menu} (Alt)")
        self.search.set_hint(_("Find a patient, number, command"))
        self.chip.setToolTip(_("The servers and the settings"))
        self.resume.setText(_("Resume sending"))
        self.chip.apply_theme()
        self.summary.retranslate()
        self.choices.retranslate()

    def apply_theme(self) -> None:
        """Paint anew in the colours of another theme."""
        self.chip.apply_theme()
        self.search.apply_theme()
        for each in self.findChildren(QWidget):
            each.update()

    def show_server(self, view: ServerView) -> None:
        """Show the state of the connection; practice has a line of its own colour."""
        self.chip.show_server(view)
        self.summary.show_server(view)
        if view.demo != bool(self.property("practice")):
            self.setProperty("practice", view.demo)
            self.style().unpolish(self)
            self.style().polish(self)
        self._offer_pause(is_paused=view.link is Link.PAUSED)

    def _offer_pause(self, *, is_paused: bool) -> None:
        """Offer Pause, or the way back beside the chip while sending is paused."""
        self.buttons["pause"].setVisible(not is_paused)
        self.resume.setVisible(is_paused)

    def show_opening(self, share: float | None, patients: int | None = None) -> None:
        """Show how far the opening of the records is (0 to 1) and how many patients there are, where that is known;
        None: they are open, or cannot be opened."""
        self.progress.show_share(share)
        self.summary.show_opening(share is not None, patients)

    def show_counts(self, counts: Counts | None, waiting: int) -> None:
        """Show whether all is well, and how many changes a press of Send now would send."""
        self.summary.show_counts(counts)
        self.buttons["send_now"].set_number(words.format_count(waiting) if waiting else "")


def _build_divider() -> QFrame:
    divider = QFrame()
    divider.setObjectName("divider")
    return divider


class FindBox(QPushButton):
    """Looks like a search box and opens the palette; it shows its key."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("find")
        self.setFixedHeight(measures.CONTROL)
        self._icon, self._hint, self._keys = QLabel(), ElidedLabel("hint"), plain_label("Ctrl K", "keys")
        inside = QHBoxLayout(self)
        inside.setContentsMargins(8, 0, 8, 0)
        inside.setSpacing(8)
        inside.addWidget(self._icon)
        inside.addWidget(self._hint, 1)
        inside.addWidget(self._keys)
        self.apply_theme()

    def set_hint(self, text: str) -> None:
        """Say what can be found."""
        self._hint.setText(text)
        self.setAccessibleName(text)

    def show_keys(self, on: bool) -> None:
        """Show the key, where there is room for it."""
        self._keys.setVisible(on)

    def apply_theme(self) -> None:
        """Paint the magnifier anew."""
        self._icon.setPixmap(icons.draw_pixmap("search", "muted", scale=2))
