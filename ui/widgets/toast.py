"""A sentence over the window that goes away by itself."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui.widgets.card import plain_label

SHOWN_FOR = 6000  # ms
LONGEST = 500  # characters


class Toast(QFrame):
    """A message that takes no focus and needs no answer."""

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self._over = parent
        self.setObjectName("toast")
        self._label = plain_label()
        self._label.setWordWrap(True)
        self._button = QPushButton()
        self._button.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 8, 2)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_FOR)
        self._timer.timeout.connect(self.hide)
        self._act: Callable[[], None] | None = None
        self._button.clicked.connect(self._pressed)
        self.hide()

    def show_message(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a message, with one button if there is an action."""
        self._label.setText(text[:LONGEST])
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._act = act
        parent = self._over
        width = min(640, max(200, parent.width() - 80))
        text_width = (
            self._label.fontMetrics().horizontalAdvance(text) + 60 + (self._button.sizeHint().width() if action else 0)
        )
        self.setFixedWidth(min(width, text_width))
        self.adjustSize()
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 46)
        self.show()
        self.raise_()
        self._timer.start()

    @property
    def text(self) -> str:
        """The message that is shown, or was shown last."""
        return self._label.text()

    def _pressed(self) -> None:
        self.hide()
        if self._act:
            self._act()
