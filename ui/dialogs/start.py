"""The first start: the sample clinic, or a connection to the clinic's own server."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from fhirdesk.i18n.translation import _
from ui.dialogs.sheet import Sheet


class StartDialog(Sheet):
    """Offers two ways to begin; both can be chosen later in the File menu."""

    sample_requested = Signal()
    connection_requested = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__("", parent, 540)
        self.setWindowTitle(_("Welcome to FHIR Desk"))
        text = _("Keeps your clinic's records and the hospital's FHIR server in step, and says what has arrived.")
        self.add_heading(_("Welcome to FHIR Desk"), text)
        self.sample = self._build_choice(_("Try it with a sample clinic"), self.sample_requested.emit, primary=True)
        self.connect_server = self._build_choice(_("Connect to my FHIR server"), self.connection_requested.emit)
        self.body.addSpacing(6)
        self.body.addWidget(self.sample)
        self.body.addWidget(self.make_note(_("Invented people and a practice server on this computer. No network.")))
        self.body.addSpacing(6)
        self.body.addWidget(self.connect_server)
        text = _("You need its address, and a client id and secret if it asks for them.")
        self.body.addWidget(self.make_note(text))

    def _build_choice(self, text: str, act: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("large", True)
        button.setProperty("primary", primary)
        button.clicked.connect(self.close)
        button.clicked.connect(act)
        return button
