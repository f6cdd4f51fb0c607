"""Decide the conflict of an entry: field by field, or which resource it is on the server, or that it is gone there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, Operation, Status, is_merged_by_field
from fhirdesk.core.views import Choices, EntryDetails, FieldValues
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.merge import MergeSheet
from ui.dialogs.sheet import make_button
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Tasks

NOT_THERE = frozenset({"why_gone", "why_missing_there"})
WHICH = frozenset({"why_duplicate", "why_unknown_twice", "why_number_taken", "why_namesake", "why_search_unproved"})
GONE, NOT_MET = "resolve_gone", "resolve_needs_id"


class DecideDialog(MergeSheet):
    """Reads both sides when it opens; the desk reads them again when a button is pressed."""

    message_ready = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, uuid: str, parent: QWidget | None = None):
        super().__init__(desk, tasks, parent)
        self._uuid = uuid
        self.id = QLineEdit()
        self.id.setPlaceholderText(_("Its id on the server"))
        self.id.setAccessibleName(_("Its id on the server"))
        self.id.hide()
        self.body.addWidget(self.id)
        self._add_decision_buttons()
        tasks.start(self._read())

    def _add_decision_buttons(self) -> None:
        self.mine = make_button("", lambda: self._decide("mine"))
        self.theirs = make_button("", lambda: self._decide("theirs"))
        self.arrived = make_button(_("It is that one"), lambda: self._decide("arrived"))
        self.arrived.setEnabled(False)
        self.id.textChanged.connect(self._enable_arrived)
        self.absent = make_button(_("It is not there: send again"), lambda: self._decide("absent"))
        self._decision_buttons = (self.mine, self.theirs, self.arrived, self.absent)
        for each in self._decision_buttons:
            each.hide()
        self.add_decisions(self._decision_buttons)

    def _enable_arrived(self, text: str) -> None:
        """Enable "It is that one" once an id is typed, and make it the default."""
        self.arrived.setEnabled(bool(text.strip()))
        self.arrived.setDefault(bool(text.strip()))

    # -- reading

    async def _read(self) -> None:
        details = await self._desk.queue.get_entry(self._uuid)
        if not isValid(self):
            return
        self._type = details.entry.type
        self._show(details)
        if is_merged_by_field(details.entry):
            await self.read_again()

    def _show(self, details: EntryDetails) -> None:
        entry, code = details.entry, details.why.code
        name = details.patient_name or entry.key
        self.head.setText(visible(f"{words.name_operation(entry.type, entry.operation)} · {name}"))
        self.why.setText(render(details.why))
        if entry.status in ALLOWED_ACTIONS["resolve"] and not is_merged_by_field(entry):
            which = code in WHICH or entry.status is Status.UNKNOWN
            self._offer(which=which, gone=code in NOT_THERE)
            if code == "why_namesake":
                self.absent.setText(_("It is somebody else: send mine"))
            if entry.operation is Operation.DELETE:
                self.mine.setText(_("Delete it there all the same"))
                self.theirs.setText(_("Keep it, as it is on the server"))

    def _offer(self, *, which: bool, gone: bool) -> None:
        """Show the decisions that are not made field by field."""
        for each in (self.id, self.arrived, self.absent):
            each.setVisible(which)
        for each in (self.mine, self.theirs):
            each.setVisible(not which)
        if which:
            self.id.setFocus()
        self.mine.setText(_("Make it there again") if gone else _("Keep mine"))
        self.theirs.setText(_("Delete it here too") if gone else _("Take the server's"))

    async def compare(self) -> tuple[FieldValues, ...]:
        """Compare this entry's record with the server's copy."""
        try:
            return await self._desk.queue.compare(self._uuid)
        except FhirDeskError as error:
            if error.code in (GONE, NOT_MET) and isValid(self):
                self._offer(which=error.code == NOT_MET, gone=error.code == GONE)
                self.sides.hide()
                self.save.hide()
            raise

    # -- deciding

    async def save_choices(self, choices: Choices) -> None:
        """Send the merged record as this entry."""
        self._finish(await self._desk.queue.resolve(self._uuid, "merge", choices=choices))

    def _decide(self, how: str) -> None:
        for each in self._decision_buttons:
            each.setEnabled(False)
        self._tasks.start(self._resolve(how))

    async def _resolve(self, how: str) -> None:
        try:
            self._finish(await self._desk.queue.resolve(self._uuid, how, self.id.text().strip() or None))
        except FhirDeskError as error:
            if isValid(self):
                self.show_message(render(error))
                for each in self._decision_buttons:
                    each.setEnabled(True)
                self._enable_arrived(self.id.text())

    def _finish(self, status: Status) -> None:
        self.message_ready.emit(fill(_("Decided: {state}."), state=words.get_state_style(status)[2]))
        if isValid(self):
            self.close()
