"""Inputs for the fields of a record of any type, filled with the values that were queued."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit

from fhirdesk.core.records import Codes, Kind, RecordType
from fhirdesk.core.records import Field as RecordField
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _
from ui import words
from ui.widgets.fields import Field

NOT_TYPED = (Kind.LIST, Kind.JSON)
THE_SYSTEMS_OWN = ("created_at", "updated_at")


class RecordInput(Field):
    """The input of one field: a line to type in, or a list where the field has codes. `before`: the queued value."""

    changed = Signal()

    def __init__(self, field: RecordField, before: Any):
        self.before = _format_value(before)
        self.input = self._build_input(field)
        super().__init__(field_label(field.name), self.input, required=field.required)
        self.undo()
        if isinstance(self.input, QComboBox):
            self.input.currentIndexChanged.connect(lambda _: self.changed.emit())
        else:
            self.input.textChanged.connect(lambda _: self.changed.emit())

    def _build_input(self, field: RecordField) -> QLineEdit | QComboBox:
        if field.kind is Kind.BOOLEAN:
            return make_combo_box({"true": _("Yes"), "false": _("No")})
        if field.codes:
            return make_combo_box(list_choices(field.name, field.codes, self.before))
        return QLineEdit()

    def undo(self) -> None:
        """Show the queued value again."""
        if isinstance(self.input, QComboBox):
            self.input.setCurrentIndex(max(0, self.input.findData(self.before)))
        else:
            self.input.setText(self.before)

    @property
    def value(self) -> str:
        """What is typed or chosen; "" removes the field."""
        return str(self.input.currentData()) if isinstance(self.input, QComboBox) else self.input.text().strip()

    @property
    def has_changed(self) -> bool:
        """Whether it differs from the queued value."""
        return self.value != self.before


def list_editable(kind: RecordType) -> list[RecordField]:
    """The fields of a record type that a correction can change."""
    own = (kind.key_field, *THE_SYSTEMS_OWN)
    return [field for field in kind.fields if field.name not in own and field.kind not in NOT_TYPED]


def make_combo_box(values: Mapping[str, str]) -> QComboBox:
    """A combo box of values by their labels, with "—" for no value."""
    box = QComboBox()
    for value, text in {"": "—", **values}.items():
        box.addItem(text, value)
    return box


def list_choices(name: str, codes: Codes, now: str) -> dict[str, str]:
    """The values of a coded field by their labels; the value that was queued is among them, even where it is wrong."""
    same = codes.word(codes.code(now))
    values = {now if value == same else value: words.format_value(name, value) for value in codes.choices}
    return values if now in ("", *values) else values | {now: now}


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
