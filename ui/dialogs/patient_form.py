"""The form of a patient: register a new one, or edit one (on the server first)."""

import asyncio
import uuid as uuids
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError, InvalidRecord, NotFound
from fhirdesk.core.records import Record
from fhirdesk.core.views import EditOutcome, EditResult, PatientRow
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _
from ui import words
from ui.design import tokens
from ui.dialogs.edit_conflict import EditConflictSheet
from ui.dialogs.sheet import make_button
from ui.dialogs.typed import TypedSheet
from ui.language import render
from ui.tasks import Tasks
from ui.widgets.card import plain_label

FIELDS = ("patient_id", "family_name", "given_name", "gender", "birth_date", "phone", "email", "address", "postcode")
REQUIRED = ("patient_id", "family_name", "gender", "birth_date")
HINTS = {"patient_id": "P-2026-000001", "birth_date": "1985-06-15", "phone": "010-1234-5678", "postcode": "03001"}
LOOK = 1.0  # seconds between looks at an edit whose outcome is not known
GOOD = (EditOutcome.ACCEPTED, EditOutcome.UNCHANGED, EditOutcome.LOCAL_ONLY, EditOutcome.QUEUED)


class PatientForm(TypedSheet):
    """Keeps what was typed until it is known to be saved."""

    saved = Signal(str)  # a sentence for the toast
    entry_requested = Signal(str)  # uuid of the entry that is in the way

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        record: Record | None = None,
        parent: QWidget | None = None,
        row: PatientRow | None = None,
    ):
        super().__init__("", parent, 500)
        self._desk, self._tasks, self._record = desk, tasks, record
        self._uuid = str(uuids.uuid4())  # names this save: pressing twice is one entry
        self._typed: dict[str, str] = {}  # what the server was asked to save last
        self._blocking = ""  # uuid of the entry that is in the way
        self._local = ""  # put before the server's answer when local fields were saved with it
        title = _("Edit patient") if record else _("New patient")
        self.setWindowTitle(title)
        note = _("Phone, email, address and postcode are saved on the server first.")
        self.add_heading(title, note if record else "")
        self._build()
        self._show_sync_state(row)
        if record:
            self._fill(record)
        self._start = self.read_values()
        self._watch()

    def _build(self) -> None:
        self.badge = plain_label(name="badge")
        self.badge.setWordWrap(True)
        self.badge.hide()
        self.body.addWidget(self.badge)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(9)
        self.inputs: dict[str, QLineEdit | QComboBox] = {}
        for name in FIELDS:
            label = field_label(name)
            self.inputs[name] = field = self._build_input(name)
            field.setAccessibleName(label)
            form.addRow(plain_label(label + (" *" if name in REQUIRED else "")), field)
        self.body.addLayout(form)
        self.add_banner()
        self._build_buttons()

    def _show_sync_state(self, row: PatientRow | None) -> None:
        """Show what the user should know before typing: an edit that waits, a record that is on this computer only."""
        if row is None:
            return
        if row.pending_edit:
            text = _("Pending edit: it waits for the server; until then the server's value is shown.")
        elif row.synced_at is None:
            text = _("Saved on this computer only: not on the server yet.")
        else:
            return
        glyph, token = words.get_state_style(row.state)[:2]
        self.badge.setText(f"{glyph}  {text}")
        self.badge.setStyleSheet(f"color: {tokens.colour(token).name()}")
        self.badge.show()

    def _build_input(self, name: str) -> QLineEdit | QComboBox:
        if name == "gender":
            box = QComboBox()
            if self._record is None:
                box.addItem("—", "")  # nobody is female because nobody looked
            for code, word in words.GENDERS.items():
                box.addItem(_(word), code)
            return box
        line = QLineEdit()
        line.setPlaceholderText(HINTS.get(name, ""))
        return line

    def _build_buttons(self) -> None:
        self.undo = make_button(_("Undo"), self._undo)
        self.undo.setToolTip(_("Every field as it was when this opened"))
        self.undo.setEnabled(False)
        self.later = make_button(_("Send when the server is back"), lambda: self._begin(later=True))
        self.later.hide()
        show_first = _("Show what must be decided first")
        self.first = make_button(show_first, lambda: self.entry_requested.emit(self._blocking))
        self.first.hide()
        self.close_button = make_button(_("Close"), self.close)
        self.save = make_button(_("Save"), lambda: self._begin(later=False), primary=True)
        self.add_buttons([self.undo], [self.first, self.later, self.close_button, self.save])

    def _watch(self) -> None:
        for field in self.inputs.values():
            changed = field.currentIndexChanged if isinstance(field, QComboBox) else field.textChanged
            changed.connect(lambda *_: self.undo.setEnabled(self.has_changes))

    @property
    def has_changes(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.read_values() != self._start

    def _undo(self) -> None:
        for name, value in self._start.items():
            self._set_value(name, value)
        self._mark(None)
        self.banner.hide()
        self.quote.hide()

    def _fill(self, record: Record) -> None:
        for name in self.inputs:
            self._set_value(name, _format_field(name, record.fields))
        if isinstance(key := self.inputs["patient_id"], QLineEdit):
            key.setReadOnly(True)
        self.inputs["phone"].setFocus()

    def _set_value(self, name: str, value: str) -> None:
        field = self.inputs[name]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        else:
            field.setText(value)

    # -- what was typed

    def read_values(self) -> dict[str, str]:
        """Every field as it stands in the form."""
        return {
            name: str(field.currentData() or "") if isinstance(field, QComboBox) else field.text().strip()
            for name, field in self.inputs.items()
        }

    def _find_changes(self) -> dict[str, str]:
        assert self._record is not None, "only an edit has changes"
        before = self._record.fields
        return {name: value for name, value in self.read_values().items() if value != _format_field(name, before)}

    # -- saving

    def _begin(self, *, later: bool) -> None:
        if self._busy:
            return
        self._set_busy(True)
        self._tasks.start(self._save(later))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for each in (self.save, self.later):
            each.setEnabled(not busy)

    async def _save(self, later: bool) -> None:
        self._mark(None)
        try:
            if self._record is None:
                await self._register()
            else:
                await self._edit(self._record, later)
        except InvalidRecord as error:
            self._mark(error.field)
            self.show_message(render(error), "bad")
        except FhirDeskError as error:
            self.show_message(render(error), "bad")
        finally:
            self._set_busy(False)

    async def _register(self) -> None:
        filled = {name: value for name, value in self.read_values().items() if value}
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
        changes = self._find_changes()
        kind, shown = (await self._desk.records.read_types())["patient"], self.read_values()
        on_server_first = kind.editable
        local_fields = {name: value for name, value in changes.items() if name not in on_server_first}
        server_fields = {name: value for name, value in changes.items() if name in on_server_first}
        # a field that goes with an edited one is sent as it stands in the form
        server_fields |= {f.name: shown[f.name] for f in kind.fields if f.goes_with in server_fields}
        if local_fields:
            await self._desk.records.change("patient", record.key, local_fields, self._uuid)
            self._record = record.with_fields(**local_fields)
            self._start |= local_fields
            self._local = _("The other fields are saved here.") + " "
            self._renew_uuid()
        if not server_fields:
            self._finish(await self._describe_saved() if local_fields else _("Nothing was changed."))
            return
        self.show_message(_("Asking the server…"), "")
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
        tone = "warn" if result.outcome in (EditOutcome.UNREACHABLE, EditOutcome.UNKNOWN) else "bad"
        if result.outcome is EditOutcome.NOT_DONE and result.record is not None:
            self._record = result.record  # as the server has it: the next try is made of that
        self.show_message(text, tone, result.said)
        self._mark(result.field)
        self._show_next_step(result)
        unreachable = result.outcome is EditOutcome.UNREACHABLE
        self.later.setVisible(unreachable)
        self.save.setText(_("Try again") if unreachable else _("Save"))
        if result.outcome is EditOutcome.UNKNOWN and result.entry:
            self._tasks.start(self._follow(result.entry))
        else:
            self._renew_uuid()  # that edit is over; the next press is a new one

    def _show_next_step(self, result: EditResult) -> None:
        """Open the way on from a conflict: both sides, or the entry that must be decided first."""
        blocking = result.message.params.get("entry") if result.message.code == "edit_blocked" else None
        self.first.setVisible(blocking is not None)
        self._blocking = blocking or ""
        if result.message.code == "edit_conflict" and self._record is not None:
            sheet = EditConflictSheet(self._desk, self._tasks, self._record, self._typed, self)
            sheet.resolved.connect(self._show_result)
            sheet.open()

    async def _follow(self, entry: str) -> None:
        """Wait for an outcome that is not known yet, and show it, as long as the form is open."""
        self.save.setEnabled(False)
        while isValid(self) and self.isVisible():
            result = await self._desk.records.get_edit_result(entry)
            if result.outcome is not EditOutcome.UNKNOWN and isValid(self):
                self.save.setEnabled(True)
                self._show_result(result)
                return
            await asyncio.sleep(LOOK)

    def _finish(self, text: str) -> None:
        self.saved.emit(text)
        self._busy, self._over = False, True
        if isValid(self):
            self.close()

    def _mark(self, wrong: str | None) -> None:
        for name, field in self.inputs.items():
            field.setProperty("wrong", name == wrong)
            field.style().polish(field)
        if wrong in self.inputs:
            self.inputs[str(wrong)].setFocus()


def _format_field(name: str, fields: Mapping[str, Any]) -> str:
    value = str(fields.get(name, ""))
    return {"male": "M", "female": "F", "other": "O", "unknown": "U"}.get(value, value) if name == "gender" else value
