"""The form of a patient: register a new one, or edit one (on the server first)."""

import asyncio
import uuid as uuids
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError, InvalidRecord, NotFound
from fhirdesk.core.records import Record
from fhirdesk.core.views import EditOutcome, EditResult, PatientRow
from fhirdesk.i18n.labels import field_label, inside_sentence
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.edit_conflict import EditConflictSheet
from ui.dialogs.patient_fields import FIELDS, PatientFields, format_field
from ui.dialogs.sheet import make_button
from ui.dialogs.typed import TypedSheet
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.card import ElidedLabel
from ui.widgets.fields import MarkLabel, text_label

WIDTH = 640  # px
LOOK = 1.0  # seconds between looks at an edit whose outcome is not known
GOOD = (EditOutcome.ACCEPTED, EditOutcome.UNCHANGED, EditOutcome.LOCAL_ONLY, EditOutcome.QUEUED)
MARKS = {  # of an outcome that leaves the form open
    EditOutcome.UNREACHABLE: "waiting",
    EditOutcome.UNKNOWN: "checking",
    EditOutcome.CONFLICT: "conflict",
    EditOutcome.NOT_DONE: "conflict",
}


class PatientForm(TypedSheet):
    """Keeps what was typed until it is known to be saved."""

    saved = Signal(str)  # a sentence for the toast; `patient` is whom it is about
    entry_requested = Signal(str)  # uuid of the entry that is in the way

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        record: Record | None = None,
        parent: QWidget | None = None,
        row: PatientRow | None = None,
    ):
        super().__init__("", parent, WIDTH)
        self._desk, self._tasks, self._record = desk, tasks, record
        self._uuid = str(uuids.uuid4())  # names this save: pressing twice is one entry
        self._typed: dict[str, str] = {}  # what the server was asked to save last
        self._blocking = ""  # uuid of the entry that is in the way
        self._local = ""  # put before the server's answer when local fields were saved with it
        title = _("Edit patient") if record else _("New patient")
        self.setWindowTitle(title)
        self.add_heading(title)
        self.add_notice()
        self.notice.pressed.connect(lambda: self.entry_requested.emit(self._blocking))
        if record:
            self._add_person(record, row)
        self.form = PatientFields(record)
        self.inputs = self.form.inputs
        self.body.addWidget(self.form)
        self._build_buttons()
        self.form.changed.connect(self._show_changes)
        self.inputs["phone" if record else "family_name"].setFocus()
        if record is None:
            tasks.start(self._offer_key())

    def _add_person(self, record: Record, row: PatientRow | None) -> None:
        """Show whom it is about, and how this record stands."""
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(text_label(visible(words.format_name(record)), weight=600))
        line.addWidget(text_label(visible(record.key), "muted"))
        if row and (state := describe_record(row)):
            mark, text = state
            line.addWidget(MarkLabel(mark))
            self.state = text_label(text, "muted")
            self.state.setWordWrap(True)
            line.addWidget(self.state, 1)
            line.setSpacing(8)
        else:
            line.addStretch(1)
        self.add_subtitle(line)

    def _build_buttons(self) -> None:
        self.undo = make_button(_("Undo"), self._undo, quiet=True)
        self.undo.set_icon("undo-2")
        self.undo.setToolTip(_("Every field as it was when this opened"))
        self.changes = ElidedLabel("muted")
        self.later = make_button(_("Send when the server is back"), lambda: self._begin(later=True))
        self.later.hide()
        self.close_button = make_button(_("Close"), self.close)
        self.save = make_button(_("Save"), lambda: self._begin(later=False), primary=True)
        self.add_buttons([self.undo, self.changes], [self.later, self.close_button, self.save])
        self._show_changes()

    async def _offer_key(self) -> None:
        key = await self._desk.records.suggest_patient_key()
        if key and isValid(self):
            self.form.offer("patient_id", key, _("The next free number; you can type another"))

    @property
    def patient(self) -> Record:
        """The patient as the form shows them."""
        values = self.form.read_values()
        return Record("patient", values["patient_id"], values)

    @property
    def has_changes(self) -> bool:
        """Whether something was typed that is not saved."""
        return bool(self.form.find_changed())

    def _show_changes(self) -> None:
        """Name the fields that were changed, where there was something to change."""
        changed = self.form.find_changed()
        self.undo.setVisible(bool(changed))
        if self._record:
            self.changes.setText(fill(_("Changed: {fields}"), fields=list_names(changed)) if changed else "")

    def _undo(self) -> None:
        self.form.undo()
        self.hide_notice()

    # -- saving

    def _begin(self, *, later: bool) -> None:
        if self._busy:
            return
        if wrong := self.form.check():
            look_at = fill(_("Please look at: {names}"), names=list_names(wrong))
            self.show_notice("refused", _("Not saved."), look_at)
            return
        self._set_busy(True)
        self._tasks.start(self._save(later))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.save.set_busy(busy)
        self.later.setEnabled(not busy)

    async def _save(self, later: bool) -> None:
        try:
            if self._record is None:
                await self._register()
            else:
                await self._edit(self._record, later)
        except InvalidRecord as error:
            self.form.show_error(error.field, render(error))
            self.show_notice("refused", _("Not saved."), render(error))
        except FhirDeskError as error:
            self.show_notice("refused", *split_sentence(render(error)))
        finally:
            if isValid(self):
                self._set_busy(False)

    async def _register(self) -> None:
        filled = {name: value for name, value in self.form.read_values().items() if value}
        existing = await self._desk.records.get("patient", filled.get("patient_id", ""))
        if existing and not await self._is_queued():
            raise InvalidRecord("form_key_taken", field="patient_id", key=filled["patient_id"])
        await self._desk.records.register("patient", filled, self._uuid)
        self._finish(await self._describe_saved())

    async def _describe_saved(self) -> str:
        """The sentence that it is saved, and when it will be sent."""
        saved = _("Saved here.")
        return f"{saved} {words.describe_delivery((await self._desk.server.get_status()).link)}"

    async def _is_queued(self) -> bool:
        """Whether this very save holds although the disk gave an error and nobody knew (B3)."""
        try:
            await self._desk.queue.get_entry(self._uuid)
        except NotFound:
            return False
        return True

    async def _edit(self, record: Record, later: bool) -> None:
        """Save the local fields first, then the fields that belong to the server; say how each went."""
        shown = self.form.read_values()
        changes = {name: shown[name] for name in self.form.find_changed()}
        kind = (await self._desk.records.read_types())["patient"]
        on_server_first = kind.editable
        local_fields = {name: value for name, value in changes.items() if name not in on_server_first}
        server_fields = {name: value for name, value in changes.items() if name in on_server_first}
        # a field that goes with an edited one is sent as it stands in the form
        server_fields |= {f.name: shown[f.name] for f in kind.fields if f.goes_with in server_fields}
        if local_fields:
            await self._desk.records.change("patient", record.key, local_fields, self._uuid)
            self._record = record.with_fields(**local_fields)
            self.form.keep(local_fields)
            self._local = _("The other fields are saved here.") + " "
            self._renew_uuid()
        if not server_fields:
            self._finish(await self._describe_saved() if local_fields else _("Nothing was changed."))
            return
        self.show_notice("sending", _("Asking the server…"))
        self._typed = server_fields
        edit = self._desk.records.edit_patient
        self._show_result(await edit(record.key, server_fields, uuid=self._uuid, later=later, seen=self._record))

    def _renew_uuid(self) -> None:
        self._uuid = str(uuids.uuid4())

    def _show_result(self, result: EditResult) -> None:
        text = self._local + render(result.message)
        if result.outcome in GOOD:
            self._finish(text)
            return
        if result.outcome is EditOutcome.NOT_DONE and result.record is not None:
            self._record = result.record  # as the server has it: the next try is made of that
            self.form.keep({name: format_field(name, result.record.fields) for name in FIELDS})
        self._show_next_step(result, text)
        unreachable = result.outcome is EditOutcome.UNREACHABLE
        self.later.setVisible(unreachable)
        self.save.setText(_("Try again") if unreachable else _("Save"))
        if result.outcome is EditOutcome.UNKNOWN and result.entry:
            self._tasks.start(self._follow(result.entry))
        else:
            self._renew_uuid()  # that edit is over; the next press is a new one

    def _show_next_step(self, result: EditResult, text: str) -> None:
        """Say how it went, the server's own words where they belong, and open the way on from a conflict: both sides,
        or the entry that must be decided first."""
        blocking = result.message.params.get("entry") if result.message.code == "edit_blocked" else None
        self._blocking = blocking or ""
        said = result.said or ""
        refused = fill(
            _("The server did not take this {field}."), field=inside_sentence(field_label(result.field or ""))
        )
        is_shown = self.form.show_error(result.field, refused, said)
        action = _("Show what must be decided first") if blocking else ""
        mark = MARKS.get(result.outcome, "refused")
        self.show_notice(mark, *split_sentence(text), action=action, quote="" if is_shown else said)
        if result.message.code == "edit_conflict" and self._record is not None:
            sheet = EditConflictSheet(self._desk, self._tasks, self._record, self._typed, self)
            sheet.resolved.connect(self._show_result)
            sheet.open()

    async def _follow(self, entry: str) -> None:
        """Wait for an outcome that is not known yet, and show it, as long as the form is open."""
        self.save.set_busy(True)
        while isValid(self) and self.isVisible():
            result = await self._desk.records.get_edit_result(entry)
            if result.outcome is not EditOutcome.UNKNOWN and isValid(self):
                self.save.set_busy(False)
                self._show_result(result)
                return
            await asyncio.sleep(LOOK)

    def _finish(self, text: str) -> None:
        self.saved.emit(text)
        self._busy, self._over = False, True
        if isValid(self):
            self.close()


def describe_record(row: PatientRow) -> tuple[str, str] | None:
    """The mark and the sentence of what to know before typing: an edit that waits, a record that is here only, or when
    the record was like the server's."""
    mark = words.get_mark(row.state)
    if row.pending_edit:
        return mark, _("Pending edit: it waits for the server; until then the server's value is shown.")
    if row.synced_at is None:
        return mark, _("Saved on this computer only: not on the server yet.")
    return mark, fill(_("On the server, as of {time}"), time=words.format_seen(row.synced_at))


def list_names(fields: Sequence[str]) -> str:
    """The names of fields, as in a sentence."""
    return ", ".join(inside_sentence(field_label(name)) for name in fields)


def split_sentence(text: str) -> tuple[str, str]:
    """A text as its first sentence and the rest."""
    first, stop, rest = text.partition(". ")
    return first + stop.strip(), rest
