"""What the bars show while the records are being opened, and while nothing is chosen at the first start."""

from PySide6.QtWidgets import QWidget

from ui.window.start_page import StartPage
from ui.window.status_bar import StatusBar
from ui.window.top_bar import TopBar


class OpeningProgress:
    """Shows how far the opening is: the desk, the patients, the counts of the queue."""

    def __init__(self, top: TopBar, status_bar: StatusBar):
        self._top, self._status_bar = top, status_bar
        self._has_desk = self._has_counts = False
        self._patients: int | None = None
        self._is_over = False

    def begin(self, *, has_desk: bool) -> None:
        """Nothing is known yet of this desk; without one, it is still to come."""
        self._has_desk, self._has_counts, self._patients, self._is_over = has_desk, False, None, False
        self._show()

    def fail(self) -> None:
        """It is over: the records cannot be opened."""
        self._is_over = True
        self._show()

    def note_patients(self, number: int) -> None:
        """So many patients are here."""
        if not self._is_over:
            self._patients = number
            self._show()

    def note_counts(self) -> None:
        """The counts of the queue are known."""
        if not self._is_over:
            self._has_counts = True
            self._show()

    def _show(self) -> None:
        steps = (True, self._has_desk, self._patients is not None, self._has_counts)
        self._is_over = self._is_over or all(steps)
        self._top.show_opening(None if self._is_over else sum(steps) / len(steps), self._patients)
        self._status_bar.show_opening(not self._is_over)


class FirstStart:
    """Shows the page of the first start in place of the panes, and language and theme in place of the commands."""

    def __init__(self, page: StartPage, panes: QWidget, top: TopBar, status_bar: StatusBar):
        self._page, self._panes, self._top, self._status_bar = page, panes, top, status_bar

    def begin(self) -> None:
        """Ask how to start."""
        self._show(True)
        self._page.sample.button.setFocus()

    def end(self) -> None:
        """Show the panes: there is something to see in them."""
        self._page.wait_no_more()
        self._show(False)

    def note_patients(self, number: int) -> None:
        """Show the panes once anybody is here."""
        if number:
            self.end()

    def _show(self, on: bool) -> None:
        self._page.setVisible(on)
        self._panes.setVisible(not on)
        self._top.show_start(on)
        self._status_bar.show_start(on)
