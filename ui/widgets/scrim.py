"""Darkens a window under a sheet."""

import os

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.design import tokens


class Scrim(QWidget):
    """Covers a window, and follows its size, until it is deleted."""

    def __init__(self, window: QWidget):
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window after it was resized."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shade."""
        QPainter(self).fillRect(self.rect(), tokens.colour("scrim"))


def can_be_translucent() -> bool:
    """True where a window may have round corners. Plain X11 without a desktop paints what is transparent black."""
    return QGuiApplication.platformName() != "xcb" or "XDG_CURRENT_DESKTOP" in os.environ
