"""Decide the conflict of an entry: field by field, or which resource it is on the server, or that it is gone there."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.queue_entry import (
    ALLOWED_ACTIONS,
    Operation,
    QueueEntry,
    Status,
    is_compared_before_delete,
    is_merged_by_field,
)
from fhirdesk.core.records import RecordType
from fhirdesk.core.views import Choices, EntryDetails, FieldValues
from fhirdesk.i18n.labels import type_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.merge import MergeSheet, make_decision
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.button import Kind
from ui.widgets.fields import Field

NOT_THERE = frozenset({"why_gone", "why_missing_there"})
WHICH = frozenset({"why_duplicate", "why_unknown_twice", "why_number_taken", "why_namesake", "why_search_unproved"})
GONE, NOT_MET = "resolve_gone", "resolve_needs_id"


class DecideDialog(MergeSheet):
    """Reads both sides when it opens; the desk reads them again when a button is pressed."""

    message_ready = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, uuid: str, parent: QWidget | None = None):
        super().__init__(desk, tasks, parent)
        self._uuid = uuid
        self._is_deletion = False  # what changed on the server is shown, and nothing is merged
        self.id = QLineEdit()
        self._id_field = Field(_("Its id on the server"), self.id, help_text=_("As in Patient/123: 123"))
        self._id_field.hide()
        self.parts.addWidget(self._id_field)
        self._add_decision_buttons()
        tasks.start(self._read())

    def _add_decision_buttons(self) -> None:
        self.mine, self.theirs = make_decision(""), make_decision("")
        self.arrived = make_decision(_("It is that one"), Kind.PRIMARY)
        self.absent = make_decision(_("It is not there: send again"))
        self.arrived.setEnabled(False)
        self.arrived.setToolTip(_("Type its id on the server first"))
        self.id.textChanged.connect(self._enable_arrived)
        self._decision_buttons = {
            "theirs": self.theirs, "mine": self.mine, "absent": self.absent, "arrived": self.arrived,
        }  # fmt: skip
        for how, each in self._decision_buttons.items():
            each.clicked.connect(lambda _=False, how=how: self._decide(how))
        self.add_decisions(list(self._decision_buttons.values()))

    def _enable_arrived(self, text: str) -> None:
        """Enable "It is that one" once an id is typed, and make it the default."""
        self.arrived.setEnabled(bool(text.strip()))
        self.arrived.setToolTip("" if text.strip() else _("Type its id on the server first"))
        (self.arrived if text.strip() else self.later).setDefault(True)

    # -- reading

    async def _read(self) -> None:
        details = await self._desk.queue.get_entry(self._uuid)
        if not isValid(self):
            return
        self._type = details.entry.type
        self._show(details)
        if is_merged_by_field(details.entry) or self._is_deletion:
            await self.read_again()

    def _show(self, details: EntryDetails) -> None:
        entry = details.entry
        self._is_deletion = is_compared_before_delete(entry)
        operation, queued = words.name_operation(entry.type, entry.operation), words.format_time(entry.created_at)
        about = [operation, entry.key, fill(_("Queued {time}"), time=queued)]
        name = details.patient_name or entry.key
        if is_merged_by_field(entry) or self._is_deletion:
            self.name_record(entry.type, name if entry.type == "patient" else _name_record(entry), about)
        else:
            self.show_subject(words.get_mark(entry.status), visible(f"{operation} · {name}"))
            self.about.setText(visible(" · ".join(about[1:])))
        self.why.setText(render(details.why))
        if entry.status in ALLOWED_ACTIONS["resolve"] and not is_merged_by_field(entry):
            self._offer_decisions(entry, details.why.code)

    def _offer_decisions(self, entry: QueueEntry, code: str) -> None:
        self._offer(which=code in WHICH or entry.status is Status.UNKNOWN, gone=code in NOT_THERE)
        if code == "why_namesake":
            self.absent.setText(_("It is somebody else: send mine"))
        if entry.operation is Operation.DELETE:
            self.mine.setText(_("Delete it there all the same"))
            self.mine.set_kind(Kind.DANGER)
            self.theirs.setText(_("Keep it, as it is on the server"))
            self.theirs.set_kind(Kind.NORMAL)

    def _offer(self, *, which: bool, gone: bool) -> None:
        """Show the decisions that are not made field by field; what deletes is red."""
        for each in (self._id_field, self.arrived, self.absent):
            each.setVisible(which)
        for each in (self.mine, self.theirs):
            each.setVisible(not which)
        if which:
            self.id.setFocus()
        self.mine.setText(_("Make it there again") if gone else _("Keep mine"))
        self.theirs.setText(_("Delete it here too") if gone else _("Take the server's"))
        self.theirs.set_kind(Kind.DANGER if gone else Kind.NORMAL)

    async def compare(self) -> tuple[FieldValues, ...]:
        """Compare this entry's record with the server's copy."""
        try:
            return await self._desk.queue.compare(self._uuid)
        except FhirDeskError as error:
            if error.code in (GONE, NOT_MET) and isValid(self) and not self._is_deletion:
                self._offer(which=error.code == NOT_MET, gone=error.code == GONE)
                self.sides.hide()
                self.save.hide()
            raise

    def show_sides(self, rows: Sequence[FieldValues], kind: RecordType) -> None:
        """Show both sides; of a deletion, what changed on the server."""
        if not self._is_deletion:
            super().show_sides(rows, kind)
            return
        self.sides.show_changes(rows)
        self.sides.setVisible(bool(rows))
        self.show_time()

    # -- deciding

    async def save_choices(self, choices: Choices) -> None:
        """Send the merged record as this entry."""
        self._finish(await self._desk.queue.resolve(self._uuid, "merge", choices=choices))

    def _decide(self, how: str) -> None:
        for each in self._decision_buttons.values():
            each.setEnabled(False)
        self._tasks.start(self._resolve(how))

    async def _resolve(self, how: str) -> None:
        seen = Choices(seen=self.sides.rows) if self._is_deletion and how == "mine" else None
        try:
            id_ = self.id.text().strip() or None
            self._finish(await self._desk.queue.resolve(self._uuid, how, id_, choices=seen))
        except FhirDeskError as error:
            if isValid(self):
                await self.show_refusal(error)
            if isValid(self):
                for each in self._decision_buttons.values():
                    each.setEnabled(True)
                self._enable_arrived(self.id.text())

    def _finish(self, status: Status) -> None:
        self.message_ready.emit(fill(_("Decided: {state}."), state=words.name_state(status)))
        if isValid(self):
            self.close()


def _name_record(entry: QueueEntry) -> str:
    return f"{type_label(entry.type)} {entry.key}"
