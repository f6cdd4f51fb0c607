"""In place of a resource that is too large to be shown: its size, and a button to save it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.language import locale
from ui.widgets.card import plain_label


class TooLarge(QWidget):
    """`save_requested`: the user wants the resource in a file."""

    save_requested = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._size = 0
        self.label = plain_label(name="empty")
        self.label.setWordWrap(True)
        self.save = QPushButton()
        self.save.clicked.connect(lambda _=False: self.save_requested.emit())
        layout = QVBoxLayout(self)
        layout.addWidget(self.label)
        layout.addWidget(self.save, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.retranslate()

    def show_size(self, characters: int) -> None:
        """Show the size of the resource."""
        self._size = characters
        self.retranslate()

    def retranslate(self) -> None:
        text = _("This resource is too large to be shown and checked here ({size}). Nothing of it is lost.")
        self.label.setText(fill(text, size=locale().formattedDataSize(self._size)))
        self.save.setText(_("Save as a file…"))
