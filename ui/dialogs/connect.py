"""Connect to a FHIR server: address and sign-in, tested step by step before they are saved."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget
from shiboken6 import isValid

from fhirdesk.core.address import check_url
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.settings import COLOURS, Profile, check_name
from fhirdesk.core.views import CheckStep
from fhirdesk.i18n.translation import N_, _
from ui import words
from ui.dialogs.sheet import Sheet, make_button
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.card import plain_label
from ui.widgets.connection_steps import name_step
from ui.widgets.grid import Grid
from ui.widgets.states import Sign
from ui.widgets.swatches import Swatches

VENDORS = {
    "generic": N_("Any FHIR R4 server"),
    "hapi": "HAPI FHIR",
    "medplum": "Medplum",
    "openemr": "OpenEMR",
    "epic": "Epic",
    "cerner": "Oracle Health (Cerner)",
}
Test = Callable[[Profile, str | None], Awaitable[Sequence[CheckStep]]]


class ConnectDialog(Sheet):
    """`test` tests a profile against its server; `profile_accepted` carries the profile and secret that the user wants
    to keep."""

    profile_accepted = Signal(object, str)  # Profile, secret

    def __init__(
        self,
        tasks: Tasks,
        test: Test,
        profile: Profile | None = None,
        parent: QWidget | None = None,
        known: Mapping[str, Profile] | None = None,
    ):
        """`known`: the profiles by name. A profile that is named again is changed, and keeps the settings that this
        form does not show."""
        super().__init__("", parent, 680)
        self._tasks, self._test_profile, self._known = tasks, test, known or {}
        self.setWindowTitle(_("Connect to a FHIR server"))
        self._build(profile or Profile(name="hospital"))

    def _build(self, profile: Profile) -> None:
        note = _("The test only looks: nothing is written on the server. The secret goes to this computer's keyring.")
        self.add_heading(_("Connect to a FHIR server"), note)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(9)
        name = "hospital" if profile.name == "default" else profile.name
        self.url = self._add_line_edit(form, _("Address"), profile.url or "", "https://fhir.hospital.example/fhir")
        self.name = self._add_line_edit(form, _("Name"), name, _("as it is called here"))
        self.client_id = self._add_line_edit(form, _("Client id"), profile.client_id or "", _("if it asks for one"))
        self.secret = self._add_line_edit(form, _("Client secret"), "", _("kept in this computer's keyring"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.token_url = self._add_line_edit(form, _("Token address"), profile.token_url or "", _("if it is known"))
        self.vendor = QComboBox()
        for code, word in VENDORS.items():
            self.vendor.addItem(_(word), code)
        self.vendor.setCurrentIndex(max(0, self.vendor.findData(profile.vendor)))
        self.vendor.setAccessibleName(_("Kind of server"))
        form.addRow(plain_label(_("Kind of server")), self.vendor)
        self.colour = Swatches(COLOURS, profile.colour, _("Colour"))
        form.addRow(plain_label(_("Colour")), self.colour)
        self.body.addLayout(form)
        self._build_test()
        self.url.setFocus()

    def keep_name(self, name: str, *, fixed: bool) -> None:
        """Keep the name, to which the entries in the queue belong. `fixed`: they were queued before any server was set,
        so that the name cannot be changed."""
        self.name.setText(name)
        self.name.setReadOnly(fixed)
        self.name.setToolTip(_("What waits here was queued under this name."))

    def _build_test(self) -> None:
        titles = [_("Result"), _("Step"), _("What was found"), _("ms")]
        self.steps = Grid(_("Steps of the test"), titles, 2, (108, 160, 0, 50))
        self.steps.setWordWrap(True)
        self.steps.hide()
        self.body.addWidget(self.steps)
        self.add_banner()
        self.test = make_button(_("Test the connection"), lambda: self._tasks.start(self._run_test()))
        self.save = make_button(_("Use this server"), self._accept, primary=True)
        self.add_buttons([self.test], [make_button(_("Cancel"), self.close), self.save])

    def _add_line_edit(self, form: QFormLayout, label: str, text: str, hint: str = "") -> QLineEdit:
        line = QLineEdit(text)
        line.setPlaceholderText(hint)
        line.setAccessibleName(label)
        form.addRow(plain_label(label), line)
        return line

    def read_profile(self) -> Profile:
        """The profile that is typed. Raises ConfigurationError when an address is wrong, or belongs to another server
        than the name."""
        name = self.name.text().strip() or "hospital"
        before = self._known.get(name, Profile(name=name))
        keeps_key = before.sign_in == "key" and not self.secret.text()
        profile = replace(
            before,
            sign_in="key" if keeps_key else None,
            url=check_url(self.url.text().strip(), before.allow_http),
            client_id=self.client_id.text().strip() or None,
            token_url=check_url(self.token_url.text().strip(), before.allow_http),
            vendor=self.vendor.currentData(),
            colour=self.colour.colour,
        )
        check_name(self._known, profile)
        return profile

    def _require_profile(self) -> Profile:
        profile = self.read_profile()
        if not profile.url:
            raise FhirDeskError("url_missing")
        return profile

    def _accept(self) -> None:
        try:
            profile = self._require_profile()
        except FhirDeskError as error:
            self.show_message(render(error))
            return
        self.profile_accepted.emit(profile, self.secret.text())
        self.close()

    async def _run_test(self) -> None:
        self.test.setEnabled(False)
        self.steps.hide()
        self.show_message(_("Asking the server…"), "")
        try:
            steps = await self._test_profile(self._require_profile(), self.secret.text() or None)
            if isValid(self):
                self.show_steps(steps)
        except FhirDeskError as error:
            if isValid(self):
                self.show_message(render(error))
        finally:
            if isValid(self):
                self.test.setEnabled(True)

    def show_steps(self, steps: Sequence[CheckStep]) -> None:
        """Show one row for each step of the test; under them, what to do about the step that failed."""
        fine, wrong = ("done", "text"), ("refused", "refused")
        signs: list[Sign] = [fine if s.ok else wrong for s in steps]
        rows = [
            (
                _("in order") if s.ok else _("not in order"),
                name_step(s.name),
                visible(render(s.message)),
                words.format_count(round(s.ms)),
            )
            for s in steps
        ]
        self.steps.fill(rows, signs)
        self.steps.fit_height()
        self.steps.show()
        failed = next((s for s in steps if not s.ok), None)
        if failed is None:
            self.show_message(_("The server is ready."), "ok")
        else:
            self.show_message(render(failed.fix or failed.message))
