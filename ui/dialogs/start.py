"""The first start: the sample clinic, or a connection to the clinic's own server."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from ui.widgets.card import plain


class StartDialog(QDialog):
    """Two ways in; both can be chosen again later in the File menu."""

    wanted_sample = Signal()
    wanted_connection = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Welcome to FHIR Desk"))
        self.setMinimumWidth(520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(26, 24, 26, 22)
        layout.setSpacing(12)
        hello = plain(self.tr("Welcome to FHIR Desk"))
        hello.setStyleSheet("font-size: 19px; font-weight: 700")
        text = plain(
            self.tr("Keeps your clinic's records and the hospital's FHIR server in step, and says what has arrived.")
        )
        text.setWordWrap(True)
        text.setProperty("muted", True)
        self.sample = self._choice(self.tr("Try it with a sample clinic"), self.wanted_sample.emit, primary=True)
        self.connect_server = self._choice(self.tr("Connect to my FHIR server"), self.wanted_connection.emit)
        layout.addWidget(hello)
        layout.addWidget(text)
        layout.addSpacing(6)
        layout.addWidget(self.sample)
        layout.addWidget(self._note(self.tr("Invented people and a practice server on this computer. No network.")))
        layout.addWidget(self.connect_server)
        layout.addWidget(self._note(self.tr("You need its address, and a client id and secret if it asks for them.")))

    def _choice(self, text: str, act: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("large", True)
        button.setProperty("primary", primary)
        button.clicked.connect(self.close)
        button.clicked.connect(act)
        return button

    def _note(self, text: str) -> QWidget:
        note = plain(text, "muted")
        note.setContentsMargins(4, 0, 0, 8)
        return note
