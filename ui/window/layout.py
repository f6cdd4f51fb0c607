"""Where the panes are: docks that are moved by their heads, saved from start to start, and reset."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _
from ui.design.measures import GAP
from ui.preferences import Preferences
from ui.widgets.card import Card
from ui.widgets.table import Table

LEAST = QSize(320, 170)  # px of a pane
WIDTHS, HEIGHTS = (804, 600), (376, 416)  # px of the panes at the first start, as shares of what there is


def build_dock(number: int, pane: Card, area: QMainWindow) -> QDockWidget:
    """Make a pane a dock whose title bar is the pane's own head."""
    holder = QDockWidget(area)
    holder.setObjectName(f"pane{number}")
    holder.setTitleBarWidget(pane.take_head())
    pane.setMinimumSize(LEAST)
    holder.setWidget(pane)
    return holder


class Layout:
    """The docks of a window and the columns of its tables."""

    def __init__(
        self,
        window: QMainWindow,
        notice: QWidget,
        panes: Sequence[Card],
        tables: dict[str, Table],
        preferences: Preferences,
    ):
        self._window, self._panes, self._tables, self._preferences = window, panes, tables, preferences
        self.area = QMainWindow()  # of the docks: inside the window, so that all gaps are alike
        self.area.setWindowFlags(Qt.WindowType.Widget)
        self.area.setObjectName("dockArea")
        self.area.setContentsMargins(GAP, GAP, GAP, GAP)
        self.area.setDockNestingEnabled(True)
        self.area.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.docks = [build_dock(n, pane, self.area) for n, pane in enumerate(panes)]
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for each, side in zip(self.docks, (left, left, right), strict=True):
            self.area.addDockWidget(side, each)
        window.setCentralWidget(self._stack(notice))
        self._arrange()

    def _stack(self, notice: QWidget) -> QWidget:
        """Put the notice above the docks."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notice)
        column.addWidget(self.area, 1)
        return holder

    def _arrange(self) -> None:
        patients, queue, preview = self.docks
        for each in self.docks:
            each.setFloating(False)
            each.show()
        self.area.splitDockWidget(patients, preview, Qt.Orientation.Horizontal)
        self.area.splitDockWidget(patients, queue, Qt.Orientation.Vertical)
        self.area.resizeDocks([patients, preview], list(WIDTHS), Qt.Orientation.Horizontal)
        self.area.resizeDocks([patients, queue], list(HEIGHTS), Qt.Orientation.Vertical)

    def restore(self) -> None:
        """Arrange docks and columns as the user left them."""
        self._window.restoreGeometry(self._preferences.read_state("geometry"))
        self.area.restoreState(self._preferences.read_state("docks"))
        for name, table in self._tables.items():
            state = self._preferences.read_state(name)
            if not state.isEmpty():
                table.restore_layout(state)

    def reset(self) -> None:
        """Arrange docks and columns as they were at the first start."""
        self._preferences.reset_layout()
        self._arrange()
        for table in self._tables.values():
            table.reset_layout()

    def save(self) -> None:
        """Save docks and columns for the next start."""
        states: dict[str, QByteArray] = {"geometry": self._window.saveGeometry(), "docks": self.area.saveState()}
        self._preferences.save(**states, **{name: table.read_layout() for name, table in self._tables.items()})

    def retranslate(self) -> None:
        for each, pane in zip(self.docks, self._panes, strict=True):
            name = pane.title.text().partition(" · ")[0]
            each.setWindowTitle(name)
            each.setAccessibleName(name)
            grip = each.titleBarWidget()
            grip.setAccessibleName(name)
            grip.setToolTip(_("Drag to move this pane; a double click lets it float"))
