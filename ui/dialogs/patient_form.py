"""The form of a patient: register a new one, or edit one (the server first)."""

import asyncio
import uuid as uuids
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
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
from shiboken6 import isValid

from fhirdesk.desk import Desk
from fhirdesk.entry import Reason, Status
from fhirdesk.errors import FhirDeskError, InvalidRecord
from fhirdesk.records import Record
from fhirdesk.views import EditOutcome, EditResult
from ui import words
from ui.language import field_word, say, translate
from ui.tasks import Tasks
from ui.widgets.card import plain

FIELDS = ("patient_id", "family_name", "given_name", "gender", "birth_date", "phone", "email", "address", "postcode")
WRITE_THROUGH = ("phone", "email", "address")
HINTS = {"patient_id": "P-2026-000001", "birth_date": "1985-06-15", "phone": "010-1234-5678", "postcode": "03001"}
LOOK = 1.0  # seconds between looks at an edit whose outcome is not known
GOOD = (EditOutcome.ACCEPTED, EditOutcome.UNCHANGED, EditOutcome.LOCAL_ONLY)


class PatientForm(QDialog):
    """Keeps what was typed until it is known to be saved."""

    saved = Signal(str)  # a sentence for the toast

    def __init__(self, desk: Desk, tasks: Tasks, record: Record | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self._desk, self._tasks, self._record = desk, tasks, record
        self._uuid = str(uuids.uuid4())  # names this save: pressing twice is one entry
        self._busy = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Edit patient") if record else self.tr("New patient"))
        self.setMinimumWidth(460)
        self._build()
        if record:
            self._fill(record)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(9)
        self.inputs: dict[str, QLineEdit | QComboBox] = {}
        for name in FIELDS:
            label = field_word(name)
            self.inputs[name] = field = self._input(name)
            field.setAccessibleName(label)
            form.addRow(plain(label), field)
        layout.addLayout(form)
        self.banner = plain(name="banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        layout.addWidget(self.banner)
        layout.addLayout(self._buttons())

    def _input(self, name: str) -> QLineEdit | QComboBox:
        if name == "gender":
            box = QComboBox()
            for code, word in words.GENDERS.items():
                box.addItem(translate("Genders", word), code)
            return box
        line = QLineEdit()
        line.setPlaceholderText(HINTS.get(name, ""))
        return line

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.later = QPushButton(self.tr("Send when the server is back"))
        self.later.hide()
        self.close_button = QPushButton(self.tr("Close"))
        self.save = QPushButton(self.tr("Save"))
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.save.clicked.connect(lambda: self._begin(later=False))
        self.later.clicked.connect(lambda: self._begin(later=True))
        self.close_button.clicked.connect(self.close)
        row.addWidget(self.later)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.save)
        return row

    def _fill(self, record: Record) -> None:
        for name, field in self.inputs.items():
            value = str(record.fields.get(name, ""))
            if isinstance(field, QComboBox):
                letters = {"male": "M", "female": "F", "other": "O", "unknown": "U"}
                field.setCurrentIndex(field.findData(letters.get(value, value)))
            else:
                field.setText(value)
        key = self.inputs["patient_id"]
        assert isinstance(key, QLineEdit), "a key is typed"
        key.setReadOnly(True)
        self.inputs["phone"].setFocus()

    # -- what was typed

    def values(self) -> dict[str, str]:
        """Every field as it stands in the form."""
        return {
            name: str(field.currentData() or "") if isinstance(field, QComboBox) else field.text().strip()
            for name, field in self.inputs.items()
        }

    def _changes(self) -> dict[str, str]:
        assert self._record is not None, "only an edit has changes"
        before = self._record.fields
        return {name: value for name, value in self.values().items() if value != _as_shown(name, before)}

    # -- saving

    def _begin(self, *, later: bool) -> None:
        if self._busy:
            return
        self._set_busy(True)
        self._tasks.start(self._save(later))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for button in (self.save, self.later):
            button.setEnabled(not busy)

    async def _save(self, later: bool) -> None:
        self._mark(None)
        try:
            if self._record is None:
                await self._register()
            else:
                await self._edit(self._record, later)
        except InvalidRecord as error:
            self._mark(error.field)
            self._say(say(error), "bad")
        except FhirDeskError as error:
            self._say(say(error), "bad")
        finally:
            self._set_busy(False)

    async def _register(self) -> None:
        filled = {name: value for name, value in self.values().items() if value}
        if await self._desk.record("patient", filled.get("patient_id", "")):
            raise InvalidRecord("form_key_taken", field="patient_id", key=filled["patient_id"])
        await self._desk.register("patient", filled, self._uuid)
        self._done(self.tr("Saved here. It is sent to the server now."))

    async def _edit(self, record: Record, later: bool) -> None:
        """Local fields first, then the server's; each is told by itself."""
        changes = self._changes()
        ours = {name: value for name, value in changes.items() if name not in WRITE_THROUGH}
        theirs = {name: value for name, value in changes.items() if name in WRITE_THROUGH}
        if ours:
            changed = record.with_fields(**ours)
            await self._desk.register("patient", {"type": "patient", **changed.fields}, self._uuid)
            self._record = changed
            self._renew()
        if not theirs:
            text = self.tr("Saved here. It is sent to the server now.") if ours else self.tr("Nothing was changed.")
            self._done(text)
            return
        self._say(self.tr("Asking the server…"), "")
        self._told(await self._desk.edit_patient(record.key, theirs, uuid=self._uuid, later=later), later)

    def _renew(self) -> None:
        self._uuid = str(uuids.uuid4())

    def _told(self, result: EditResult, later: bool) -> None:
        text = say(result.message)
        if result.outcome in GOOD or (later and result.outcome is EditOutcome.UNREACHABLE):
            self._done(text)
            return
        tone = "warn" if result.outcome in (EditOutcome.UNREACHABLE, EditOutcome.UNKNOWN) else "bad"
        self._say(text, tone)
        self._mark(result.field)
        unreachable = result.outcome is EditOutcome.UNREACHABLE
        self.later.setVisible(unreachable)
        self.save.setText(self.tr("Try again") if unreachable else self.tr("Save"))
        if result.outcome is EditOutcome.UNKNOWN and result.entry:
            self._tasks.start(self._follow(result.entry))
        else:
            self._renew()  # that edit is over; the next press is a new one

    async def _follow(self, entry: str) -> None:
        """The outcome is not known yet: tell it when it is, as long as the form is open."""
        self.save.setEnabled(False)
        while isValid(self) and self.isVisible():
            details = await self._desk.entry(entry)
            if details.entry.status is Status.COMPLETED:
                self._done(say(Reason("edit_accepted")))
                return
            if details.entry.status is Status.CANCELLED:
                self.save.setEnabled(True)
                self.save.setText(self.tr("Try again"))
                self._say(say(details.why), "bad")
                self._renew()
                return
            await asyncio.sleep(LOOK)

    def _done(self, text: str) -> None:
        self.saved.emit(text)
        self._busy = False
        self.close()

    # -- telling

    def _say(self, text: str, tone: str) -> None:
        self.banner.setProperty("tone", tone)
        self.banner.style().polish(self.banner)
        self.banner.setText(text)
        self.banner.show()

    def _mark(self, wrong: str | None) -> None:
        for name, field in self.inputs.items():
            field.setProperty("wrong", name == wrong)
            field.style().polish(field)
        if wrong in self.inputs:
            self.inputs[str(wrong)].setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """While the server is being asked, the form stays: its outcome must be seen."""
        if self._busy:
            event.ignore()
        else:
            super().closeEvent(event)

    def reject(self) -> None:
        """Escape is Close."""
        self.close()


def _as_shown(name: str, fields: Mapping[str, Any]) -> str:
    value = str(fields.get(name, ""))
    return {"male": "M", "female": "F", "other": "O", "unknown": "U"}.get(value, value) if name == "gender" else value
