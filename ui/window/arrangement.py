"""Moves the panes of the window by commands, so that nobody must drag."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

SHARE = 0.45  # of the window: the room of a pane that was moved


def _set_floating(dock: QDockWidget, on: bool) -> None:
    if dock.isFloating() != on:  # Qt would hide and show it
        dock.setFloating(on)


class Arrangement(QObject):
    """What it does, it does to the pane that had the focus last."""

    def __init__(self, area: QMainWindow, docks: Sequence[QDockWidget]):
        super().__init__(area)
        self._area, self._docks = area, docks
        self.pane = docks[0]
        self._before: QByteArray | None = None  # the layout of all, while one is maximised
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._note_focus)

    def _note_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        self.pane = self._find_dock(new) or self.pane

    def _find_dock(self, widget: QWidget | None) -> QDockWidget | None:
        return next((dock for dock in self._docks if widget and dock.isAncestorOf(widget)), None)

    @property
    def is_maximised(self) -> bool:
        """Whether one pane hides the others."""
        return self._before is not None

    @property
    def is_floating(self) -> bool:
        """Whether the pane is a window of its own."""
        return self.pane.isFloating()

    def move(self, side: Qt.DockWidgetArea) -> None:
        """Move the pane to a side of the window, where it takes its share of the room."""
        with self._keep_focus() as pane:
            self.maximise(False)
            _set_floating(pane, False)
            self._area.addDockWidget(side, pane)
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # the docks know their new sizes then
            width, height = round(self._area.width() * SHARE), round(self._area.height() * SHARE)
            self._area.resizeDocks([pane], [width], Qt.Orientation.Horizontal)
            self._area.resizeDocks([pane], [height], Qt.Orientation.Vertical)

    def float(self, on: bool) -> None:
        """Make the pane a window of its own, or put it back."""
        with self._keep_focus() as pane:
            self.maximise(False)
            _set_floating(pane, on)

    def maximise(self, on: bool) -> None:
        """Show the pane alone, or all again."""
        if on and self._before is None:
            self._before = self._area.saveState()
            with self._keep_focus() as pane:
                _set_floating(pane, False)
                for dock in self._docks:
                    dock.setVisible(dock is pane)
        elif not on and self._before is not None:
            self._area.restoreState(self._before)
            self._before = None

    @contextmanager
    def _keep_focus(self) -> Iterator[QDockWidget]:
        """While docks are moved Qt hides and shows them, and the focus wanders: lead it back."""
        pane, widget = self.pane, QApplication.focusWidget()
        yield pane
        if widget and pane.isAncestorOf(widget):
            widget.setFocus()
        self.pane = pane

    def reveal(self, widget: QWidget) -> None:
        """Show the pane of a widget where it is hidden: another one is maximised, or it floated and was closed."""
        dock = self._find_dock(widget)
        if dock and dock.isHidden():
            self.maximise(False)
            dock.show()

    def read_state(self) -> QByteArray:
        """The layout of all panes, to be saved."""
        return self._before or self._area.saveState()
