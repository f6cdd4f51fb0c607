"""Where the panes are: docks that can be moved, saved from start to start, and reset."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QVBoxLayout, QWidget

from ui.design import tokens
from ui.language import translate
from ui.preferences import Preferences
from ui.widgets.card import Card
from ui.widgets.table import Table

EDGE_WIDTH = 7  # px beside the outermost cards
GRIP_HEIGHT = 10  # px of the strip by which a pane is moved


class Grip(QWidget):
    """The strip above a pane by which it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(GRIP_HEIGHT)
        self.setCursor(Qt.CursorShape.SizeAllCursor)

    def sizeHint(self) -> QSize:
        """The grip's height: a dock gives its title only the room that it asks for."""
        return QSize(60, GRIP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint three dots while the mouse is over the grip."""
        if not self.underMouse():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("faint"))
        for step in (-8, 0, 8):
            painter.drawEllipse(self.width() // 2 + step - 1, 4, 3, 3)


def dock(number: int, pane: Card, window: QMainWindow) -> QDockWidget:
    """Wrap a pane into a dock that is moved by the grip above it."""
    holder = QDockWidget(window)
    holder.setObjectName(f"pane{number}")
    holder.setTitleBarWidget(Grip())
    frame = QWidget()
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(4, 0, 4, 2)
    layout.addWidget(pane)
    frame.setMinimumSize(QSize(320, 170))
    holder.setWidget(frame)
    return holder


class Layout:
    """The docks of a window and the columns of its tables."""

    def __init__(self, window: QMainWindow, panes: Sequence[Card], tables: dict[str, Table], preferences: Preferences):
        self._window, self._panes, self._tables, self._preferences = window, panes, tables, preferences
        window.setDockNestingEnabled(True)
        self.docks = [dock(n, pane, window) for n, pane in enumerate(panes)]
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for each, area in zip(self.docks, (left, left, right), strict=True):
            window.addDockWidget(area, each)
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, _edge("Left", window))
        window.addToolBar(Qt.ToolBarArea.RightToolBarArea, _edge("Right", window))
        self._arrange()

    def _arrange(self) -> None:
        patients, queue, preview = self.docks
        for each in self.docks:
            each.setFloating(False)
            each.show()
        self._window.splitDockWidget(patients, preview, Qt.Orientation.Horizontal)
        self._window.splitDockWidget(patients, queue, Qt.Orientation.Vertical)
        self._window.resizeDocks([patients, preview], [820, 590], Qt.Orientation.Horizontal)
        self._window.resizeDocks([patients, queue], [385, 385], Qt.Orientation.Vertical)

    def restore(self) -> None:
        """Arrange docks and columns as the user left them."""
        self._window.restoreGeometry(self._preferences.read_state("geometry"))
        self._window.restoreState(self._preferences.read_state("docks"))
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
        states: dict[str, QByteArray] = {"geometry": self._window.saveGeometry(), "docks": self._window.saveState()}
        self._preferences.save(**states, **{name: table.layout_state() for name, table in self._tables.items()})

    def retranslate(self) -> None:
        for each, pane in zip(self.docks, self._panes, strict=True):
            name = pane.title.text().partition(" · ")[0]
            each.setWindowTitle(name)
            each.setAccessibleName(name)
            grip = each.titleBarWidget()
            grip.setAccessibleName(name)
            grip.setToolTip(translate("Layout", "Drag to move this pane; a double click lets it float"))


def _edge(name: str, window: QMainWindow) -> QToolBar:
    """An empty tool bar at the window's edge, so that the outermost cards keep their distance."""
    bar = QToolBar(window)
    bar.setObjectName(f"edge{name}")
    bar.setProperty("edge", True)
    bar.setMovable(False)
    bar.setFixedWidth(EDGE_WIDTH)
    bar.toggleViewAction().setEnabled(False)
    bar.toggleViewAction().setVisible(False)
    return bar
