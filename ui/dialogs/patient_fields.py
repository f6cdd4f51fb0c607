"""The inputs of a patient's profile: what is typed, how it will be stored, what was there before, what is wrong."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSizePolicy, QWidget

from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Record
from fhirdesk.core.typed_values import read_date, read_phone
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design.measures import GAP
from ui.language import render
from ui.widgets.fields import Field

FIELDS = ("family_name", "given_name", "gender", "birth_date", "patient_id", "phone", "email", "postcode", "address")
REQUIRED = ("family_name", "gender", "birth_date", "patient_id")
HINTS = {"patient_id": "P-2026-000001", "birth_date": "1985-06-15", "phone": "010-1234-5678", "postcode": "03001"}
Rows = tuple[tuple[tuple[str, int], ...], ...]  # field and its share of twelve columns
CONTACT: Rows = ((("phone", 6), ("email", 6)), (("postcode", 3), ("address", 9)))
NEW: Rows = (
    (("family_name", 4), ("given_name", 4), ("gender", 4)),
    (("birth_date", 6), ("patient_id", 6)),
    *CONTACT,
)
EDIT: Rows = ((("family_name", 3), ("given_name", 3), ("gender", 3), ("birth_date", 3)), *CONTACT)
COLUMNS = 12


class PatientFields(QWidget):
    """A form without buttons. A text that was not touched is left as it is stored, however it is written."""

    changed = Signal()

    def __init__(self, record: Record | None = None):
        super().__init__()
        self._is_new = record is None
        self.inputs: dict[str, QLineEdit | QComboBox] = {name: self._build_input(name) for name in FIELDS}
        self.fields = {
            name: Field(field_label(name), control, required=name in REQUIRED) for name, control in self.inputs.items()
        }
        self._lay_out(NEW if self._is_new else EDIT)
        self._start = dict.fromkeys(FIELDS, "")
        if record:
            self.set_start({name: format_field(name, record.fields) for name in FIELDS})
        for name in FIELDS:
            self._watch(name)

    def _build_input(self, name: str) -> QLineEdit | QComboBox:
        if name != "gender":
            line = QLineEdit()
            line.setPlaceholderText(HINTS.get(name, ""))
            return line
        box = QComboBox()
        if self._is_new:
            box.addItem("—", "")  # nobody is female because nobody looked
        for code, word in words.GENDERS.items():
            box.addItem(_(word), code)
        return box

    def _lay_out(self, rows: Rows) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(8)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        for number, row in enumerate(rows):
            column = 0
            for name, share in row:
                self.fields[name].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
                self.fields[name].setMinimumWidth(1)
                grid.addWidget(self.fields[name], number, column, 1, share)
                column += share
        if not self._is_new:
            self.fields["patient_id"].setParent(self)  # it cannot be changed: the sheet's head shows it
            self.fields["patient_id"].hide()

    def _watch(self, name: str) -> None:
        control = self.inputs[name]
        if isinstance(control, QComboBox):
            control.currentIndexChanged.connect(lambda _: self._look_at(name))
        else:
            control.textChanged.connect(lambda _: self._look_at(name))
            control.editingFinished.connect(lambda: self._judge(name))

    # -- values

    def set_start(self, values: Mapping[str, str]) -> None:
        """Show these values, and count as changed what differs from them."""
        self._start |= values
        for name, value in values.items():
            self._set_value(name, value)

    def keep(self, values: Mapping[str, str]) -> None:
        """Count these values as saved, whatever is typed by now."""
        self._start |= values
        for name in values:
            self._look_at(name)

    def offer(self, name: str, value: str, help_text: str) -> None:
        """Fill a field in which nothing is typed yet; it does not count as changed."""
        if not self.read_typed()[name]:
            self.set_start({name: value})
            self.fields[name].set_help(help_text)

    def undo(self) -> None:
        """Show the first values again, and no errors."""
        for name, value in self._start.items():
            self._set_value(name, value)
        self.clear_errors()

    def _set_value(self, name: str, value: str) -> None:
        control = self.inputs[name]
        if isinstance(control, QComboBox):
            control.setCurrentIndex(control.findData(value))
        else:
            control.setText(value)

    def read_typed(self) -> dict[str, str]:
        """Return every field as it is typed."""
        return {
            name: str(control.currentData() or "") if isinstance(control, QComboBox) else control.text().strip()
            for name, control in self.inputs.items()
        }

    def read_values(self) -> dict[str, str]:
        """Return every field as it will be stored; a text that is not understood stays as it is typed."""
        values = self.read_typed()
        for name in ("birth_date", "phone"):
            try:
                values[name] = self._read(name, values[name])[0]
            except InvalidRecord:
                continue
        return values

    def find_changed(self) -> list[str]:
        """Return the names of the fields that differ from their first values, in order."""
        values = self.read_values()
        return [name for name in FIELDS if values[name] != self._start[name]]

    def _read(self, name: str, typed: str) -> tuple[str, str]:
        """Return how a text will be stored, and what was taken for granted. Raises InvalidRecord."""
        if not typed or typed == self._start[name]:
            return typed, ""
        if name == "phone":
            return read_phone(typed), ""
        if name != "birth_date":
            return typed, ""
        born = read_date(typed, date.today())
        year = born.value[:4]
        return born.value, fill(_("taken as {year}"), year=year) if born.is_century_inferred else ""

    # -- what is said below a field

    def _look_at(self, name: str) -> None:
        """Say how the text will be stored; while somebody types it is not called wrong."""
        field = self.fields[name]
        if field.has_error:
            field.clear_error()
        typed = self.read_typed()[name]
        try:
            stored, inferred = self._read(name, typed)
        except InvalidRecord:
            stored, inferred = typed, ""
        saved_as = fill(_("Saved as {value}"), value=stored) if stored != typed else ""
        before = self._start[name] if stored != self._start[name] and not self._is_new else ""
        was = fill(_("Before: {value}"), value=words.format_value(name, before)) if before else ""
        field.set_help(" · ".join(filter(None, (saved_as, inferred, was))))
        self.changed.emit()

    def _judge(self, name: str) -> None:
        """Say why a text is wrong, once it is typed."""
        try:
            self._read(name, self.read_typed()[name])
        except InvalidRecord as error:
            self.fields[name].show_error(render(error))

    def check(self) -> list[str]:
        """Show every field that is missing or wrong, all at once; returns their names in order and puts the cursor
        into the first one."""
        self.clear_errors()
        values, wrong = self.read_typed(), []
        for name in FIELDS:
            if name in REQUIRED and not values[name] and (self._is_new or self._start[name]):
                if name == "family_name" and values["given_name"]:
                    continue
                self.fields[name].show_error(fill(_("Missing: {field}"), field=field_label(name)))
            else:
                self._judge(name)
            if self.fields[name].has_error:
                wrong.append(name)
        if wrong:
            self.inputs[wrong[0]].setFocus()
        return wrong

    def show_error(self, name: str | None, sentence: str, quote: str = "") -> bool:
        """Say below a field what is wrong with it; False where no such field is shown."""
        if name is None or name not in self.fields or self.fields[name].isHidden():
            return False
        self.fields[name].show_error(sentence, quote)
        self.inputs[name].setFocus()
        return True

    def clear_errors(self) -> None:
        """Call nothing wrong any more."""
        for field in self.fields.values():
            field.clear_error()


def format_field(name: str, fields: Mapping[str, Any]) -> str:
    """The text of a field in the form."""
    value = str(fields.get(name) or "")
    return {"male": "M", "female": "F", "other": "O", "unknown": "U"}.get(value, value) if name == "gender" else value
