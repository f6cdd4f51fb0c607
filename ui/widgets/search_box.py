"""An input to search with: a magnifier at its left, a cross that empties it at its right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from fhirdesk.i18n.translation import _
from ui.design import icons


class SearchBox(QLineEdit):
    """Quieter than the inputs of a form, because it is always there. Down leads to the list that it searches, and so
    does a second Enter."""

    left = Signal()  # to the list

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setProperty("search", True)
        self.setClearButtonEnabled(True)
        self._is_entered = False  # Enter has searched for this text
        self._magnifier = QAction(self)
        self.addAction(self._magnifier, QLineEdit.ActionPosition.LeadingPosition)
        self.apply_theme()

    def setPlaceholderText(self, text: str) -> None:
        """Say what can be searched for; the tip has it where the box is narrow."""
        super().setPlaceholderText(text)
        for cross in self.findChildren(QToolButton):
            cross.setAccessibleName(_("Clear"))
        self.setToolTip(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Search at Enter; go to the list at Down, and at Enter where that text was searched for already."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Down or (is_enter and self._is_entered):
            self.left.emit()
        else:
            super().keyPressEvent(event)
            self._is_entered = is_enter

    def apply_theme(self) -> None:
        """Paint the magnifier in the colours of another theme."""
        self._magnifier.setIcon(icons.icon("search"))
