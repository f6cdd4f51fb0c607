"""Connect to a FHIR server: address and sign-in, tested step by step before they are kept."""

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fhirdesk.errors import FhirDeskError
from fhirdesk.settings import Profile, check_url
from fhirdesk.views import CheckStep
from ui.language import say
from ui.tasks import Tasks
from ui.widgets.card import plain

VENDORS = ("generic", "hapi", "openemr", "epic", "cerner")
Test = Callable[[Profile, str | None], Awaitable[Sequence[CheckStep]]]


class ConnectDialog(QDialog):
    """`test` asks the server; `accepted_profile` brings what the user wants to keep."""

    accepted_profile = Signal(object, str)  # Profile, secret

    def __init__(self, tasks: Tasks, test: Test, profile: Profile | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks, self._ask = tasks, test
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Connect to a FHIR server"))
        self.setMinimumWidth(560)
        self._build(profile or Profile(name="hospital"))

    def _build(self, profile: Profile) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        self.name = self._line(form, self.tr("Name"), profile.name)
        self.url = self._line(form, self.tr("Address"), profile.url or "", "https://fhir.hospital.example/fhir")
        self.client_id = self._line(form, self.tr("Client id"), profile.client_id or "", self.tr("if it asks for one"))
        self.secret = self._line(form, self.tr("Client secret"), "", self.tr("kept in this computer's keyring"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.token_url = self._line(form, self.tr("Token address"), profile.token_url or "", self.tr("if it is known"))
        self.vendor = QComboBox()
        self.vendor.addItems(VENDORS)
        self.vendor.setCurrentText(profile.vendor)
        self.vendor.setAccessibleName(self.tr("Kind of server"))
        form.addRow(plain(self.tr("Kind of server")), self.vendor)
        layout.addLayout(form)
        self.steps = plain(name="banner")
        self.steps.setWordWrap(True)
        self.steps.hide()
        layout.addWidget(self.steps)
        layout.addLayout(self._buttons())

    def _line(self, form: QFormLayout, label: str, text: str, hint: str = "") -> QLineEdit:
        line = QLineEdit(text)
        line.setPlaceholderText(hint)
        line.setAccessibleName(label)
        form.addRow(plain(label), line)
        return line

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.test = QPushButton(self.tr("Test the connection"))
        self.save = QPushButton(self.tr("Use this server"))
        self.save.setProperty("primary", True)
        cancel = QPushButton(self.tr("Cancel"))
        self.test.clicked.connect(lambda: self._tasks.start(self._run_test()))
        self.save.clicked.connect(self._keep)
        cancel.clicked.connect(self.close)
        row.addWidget(self.test)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.save)
        return row

    def profile(self) -> Profile:
        """What is typed. Raises ConfigurationError when an address is wrong."""
        return Profile(
            name=self.name.text().strip() or "hospital",
            url=check_url(self.url.text().strip()),
            client_id=self.client_id.text().strip() or None,
            token_url=check_url(self.token_url.text().strip()),
            vendor=self.vendor.currentText(),
        )

    def _keep(self) -> None:
        try:
            profile = self.profile()
            if not profile.url:
                raise FhirDeskError("url_wrong", url="")
        except FhirDeskError as error:
            self._say(say(error))
            return
        self.accepted_profile.emit(profile, self.secret.text())
        self.close()

    async def _run_test(self) -> None:
        self.test.setEnabled(False)
        self._say(self.tr("Asking the server…"))
        try:
            steps = await self._ask(self.profile(), self.secret.text() or None)
            self._say("\n".join(_line(step) for step in steps))
        except FhirDeskError as error:
            self._say(say(error))
        finally:
            self.test.setEnabled(True)

    def _say(self, text: str) -> None:
        self.steps.setText(text)
        self.steps.show()


def _line(step: CheckStep) -> str:
    fix = f"\n    {say(step.fix)}" if step.fix else ""
    return f"{'✓' if step.ok else '!'}  {step.name}  {say(step.message)}{fix}"
