"""A line that says what a table is filtered by, with a button that removes the filter."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from fhirdesk.i18n.translation import _
from ui.widgets.card import plain_label


class FilterBanner(QWidget):
    """Hidden while everything is shown."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("scope")
        self.label = plain_label(name="scopeLabel")
        self._end = QPushButton()
        self._end.setProperty("quiet", True)
        self._end.clicked.connect(self.cleared)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 10, 6)
        layout.addWidget(self.label)
        layout.addWidget(self._end)
        layout.addStretch(1)
        self.retranslate()
        self.hide()

    def show_text(self, text: str) -> None:
        """Show what the table is filtered by; an empty text hides the line."""
        self.label.setText(text)
        self.setVisible(bool(text))

    def retranslate(self) -> None:
        self._end.setText(_("Show all"))
