"""An input to search with: a magnifier at its left, a cross that empties it at its right."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.design import icons


class SearchBox(QLineEdit):
    """Quieter than the inputs of a form, because it is always there."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setProperty("search", True)
        self.setClearButtonEnabled(True)
        self._magnifier = QAction(self)
        self.addAction(self._magnifier, QLineEdit.ActionPosition.LeadingPosition)
        self.apply_theme()

    def setPlaceholderText(self, text: str) -> None:
        """Say what can be searched for; the tip has it where the box is narrow."""
        super().setPlaceholderText(text)
        self.setToolTip(text)

    def apply_theme(self) -> None:
        """Paint the magnifier in the colours of another theme."""
        self._magnifier.setIcon(icons.icon("search"))
