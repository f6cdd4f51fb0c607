"""Where the panes are: docks that are moved by their heads or by commands, saved from start to start, and reset."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.design.measures import GAP
from ui.preferences import Preferences
from ui.widgets.button import Button, Kind
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.window.arrangement import Arrangement

LEAST = QSize(320, 170)  # px of a pane
WIDTHS, HEIGHTS = (804, 600), (376, 416)  # px of the panes at the first start, as shares of what there is


OpenMenu = Callable[[Card, QPoint], None]  # the pane, and where on the screen


class ListPane(Protocol):
    """A pane whose table can be sorted and filtered."""

    table: Table

    def read_view(self) -> str:
        """How the list is sorted and filtered; no names of people."""

    def restore_view(self, view: str) -> None:
        """Sort and filter as it was saved; an empty text: as at the first start."""


def build_dock(number: int, pane: Card, area: QMainWindow, open_menu: OpenMenu) -> QDockWidget:
    """Make a pane a dock whose title bar is the pane's own head. A button in it offers by commands what the mouse
    does by dragging."""
    more = Button("", Kind.QUIET, icon="ellipsis")
    more.setObjectName("more")
    more.clicked.connect(lambda _=False: _open_below(more, pane, open_menu))
    pane.head.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
    holder = QDockWidget(area)
    holder.setObjectName(f"pane{number}")
    holder.setTitleBarWidget(pane.take_head())
    pane.setMinimumSize(LEAST)
    holder.setWidget(pane)
    return holder


def _open_below(button: Button, pane: Card, open_menu: OpenMenu) -> None:
    button.setFocus(Qt.FocusReason.MouseFocusReason)  # the commands act on the pane with the focus
    open_menu(pane, button.mapToGlobal(QPoint(0, button.height())))


class Layout:
    """The docks of a window and how its lists are shown."""

    def __init__(
        self,
        window: QMainWindow,
        notice: QWidget,
        start: QWidget,
        panes: Sequence[Card],
        lists: Mapping[str, ListPane],
        preferences: Preferences,
        open_menu: OpenMenu,
    ):
        self._window, self._panes, self._lists, self._preferences = window, panes, lists, preferences
        self.area = QMainWindow()  # of the docks: inside the window, so that all gaps are alike
        self.area.setWindowFlags(Qt.WindowType.Widget)
        self.area.setObjectName("dockArea")
        self.area.setContentsMargins(GAP, GAP, GAP, GAP)
        self.area.setDockNestingEnabled(True)
        self.area.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.docks = [build_dock(n, pane, self.area, open_menu) for n, pane in enumerate(panes)]
        self.arrangement = Arrangement(self.area, self.docks)
        window.setCentralWidget(self._stack(notice, start))
        self._arrange()

    def _stack(self, notice: QWidget, start: QWidget) -> QWidget:
        """Put the notice above the docks, and the page of the first start in their place."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notice)
        column.addWidget(self.area, 1)
        column.addWidget(start, 1)
        return holder

    def _arrange(self) -> None:
        patients, queue, preview = self.docks
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for each in self.docks:
            each.setFloating(False)
            self.area.removeDockWidget(each)
        for each, side in zip(self.docks, (left, left, right), strict=True):
            self.area.addDockWidget(side, each)
            each.show()
        self.area.splitDockWidget(patients, preview, Qt.Orientation.Horizontal)
        self.area.splitDockWidget(patients, queue, Qt.Orientation.Vertical)
        self._share_room()

    def _share_room(self) -> None:
        patients, queue, preview = self.docks
        self.area.resizeDocks([patients, preview], list(WIDTHS), Qt.Orientation.Horizontal)
        self.area.resizeDocks([patients, queue], list(HEIGHTS), Qt.Orientation.Vertical)

    def show_first(self) -> None:
        """Share the room of the window, which has its size only now, where the user has arranged nothing yet."""
        if self._preferences.read_state("docks").isEmpty():
            self._share_room()

    def restore(self) -> None:
        """Arrange docks and lists as the user left them."""
        self._window.restoreGeometry(self._preferences.read_state("geometry"))
        self.area.restoreState(self._preferences.read_state("docks"))
        for name, pane in self._lists.items():
            state = self._preferences.read_state(name)
            if not state.isEmpty():
                pane.table.restore_layout(state)
            pane.restore_view(self._preferences.read_view(name))

    def reset(self) -> None:
        """Arrange docks and lists as they were at the first start."""
        self._preferences.reset_layout()
        self.arrangement.maximise(False)
        self._arrange()
        for pane in self._lists.values():
            pane.table.reset_layout()
            pane.restore_view("")

    def save(self) -> None:
        """Save docks and lists for the next start."""
        states: dict[str, QByteArray] = {"geometry": self._window.saveGeometry()}
        states["docks"] = self.arrangement.read_state()
        self._preferences.save(**states, **{name: pane.table.read_layout() for name, pane in self._lists.items()})
        self._preferences.save_views({name: pane.read_view() for name, pane in self._lists.items()})

    def retranslate(self) -> None:
        for each, pane in zip(self.docks, self._panes, strict=True):
            name = pane.title.text().partition(" · ")[0]
            each.setWindowTitle(name)
            each.setAccessibleName(name)
            pane.setAccessibleName(name)
            grip = each.titleBarWidget()
            grip.setAccessibleName(name)
            grip.setToolTip(_("Drag to move this pane; a double click lets it float"))
            more = grip.findChild(Button, "more")
            assert more is not None
            more.setAccessibleName(fill(_("More: {pane}"), pane=name))
            more.setToolTip(_(pane.menu_tip))
