"""A line of 2 px under the top bar: how far the opening of the records is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.design import tokens

HEIGHT = 2  # px


class ProgressLine(QWidget):
    """Lies over the lower edge of its parent; hidden while nothing is in progress."""

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self._bar = parent
        self.share = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_share(self, share: float | None) -> None:
        """Show that share (0 to 1) as done; None: there is nothing to wait for."""
        self.share = share or 0.0
        self.setVisible(share is not None)
        self.fit()
        self.update()

    def fit(self) -> None:
        """Lie over the lower edge of the parent: its size has changed."""
        self.setGeometry(0, self._bar.height() - HEIGHT, self._bar.width(), HEIGHT)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is done."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.colour("neutral"))
        painter.fillRect(0, 0, round(self.width() * self.share), HEIGHT, tokens.colour("accent"))
