"""Edit and retry: the fields of a record as it was queued; the corrected record goes out as a new entry linked to this
one."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QScrollArea, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError, InvalidRecord
from fhirdesk.core.queue_entry import server_sentences
from fhirdesk.core.records import Codes, Field, Kind, RecordType
from fhirdesk.core.views import EntryDetails
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _
from ui import words
from ui.dialogs.sheet import make_button, quote_server
from ui.dialogs.typed import TypedSheet
from ui.language import render
from ui.tasks import Tasks
from ui.widgets.card import plain_label

NOT_TYPED = (Kind.LIST, Kind.JSON)
THE_SYSTEMS_OWN = ("created_at", "updated_at")


class CorrectDialog(TypedSheet):
    """Edits a record of any type; the field that the server refused is marked."""

    message_ready = Signal(str)
    replaced = Signal(str)  # uuid of the new entry

    def __init__(
        self, desk: Desk, tasks: Tasks, details: EntryDetails, kind: RecordType, parent: QWidget | None = None
    ):
        super().__init__("", parent, 520)
        self._desk, self._tasks, self._entry = desk, tasks, details.entry
        self._before: Mapping[str, Any] = {**details.entry.record.fields, **(details.entry.edit or {})}
        self.setWindowTitle(_("Edit and retry"))
        self.resize(560, 640)
        entry = details.entry
        whom = f"{words.format_name(entry.record)} {entry.key}" if entry.type == "patient" else entry.key
        self.add_heading(f"{words.name_operation(entry.type, entry.operation)} · {whom}", render(details.why))
        if answer := server_sentences(details.history):
            self.body.addWidget(self.make_note(quote_server(answer)))
        self.inputs: dict[str, QLineEdit | QComboBox] = {}
        self.body.addWidget(self._build_form(kind), 1)
        self.add_banner()
        self.save = make_button(_("Send corrected"), self._begin, primary=True)
        undo = make_button(_("Undo"), self._fill)
        self.add_buttons([undo], [make_button(_("Cancel"), self.close), self.save])
        self._fill()
        self._mark(details.why.params.get("field"))

    def _build_form(self, kind: RecordType) -> QScrollArea:
        holder = QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 8, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        own = (kind.key_field, *THE_SYSTEMS_OWN)
        for field in (f for f in kind.fields if f.name not in own and f.kind not in NOT_TYPED):
            self.inputs[field.name] = widget = self._build_input(field)
            widget.setAccessibleName(field_label(field.name))
            form.addRow(plain_label(field_label(field.name) + (" *" if field.required else "")), widget)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAccessibleName(_("Fields"))
        area.setWidget(holder)
        return area

    def _build_input(self, field: Field) -> QLineEdit | QComboBox:
        if field.kind is Kind.BOOLEAN:
            return make_combo_box({"true": _("Yes"), "false": _("No")})
        if field.codes:
            return make_combo_box(list_choices(field.name, field.codes, _format_value(self._before.get(field.name))))
        return QLineEdit()

    def _fill(self) -> None:
        for name, widget in self.inputs.items():
            text = _format_value(self._before.get(name))
            if isinstance(widget, QComboBox):
                widget.setCurrentIndex(max(0, widget.findData(text)))
            else:
                widget.setText(text)

    def find_changes(self) -> dict[str, object]:
        """The fields that differ from the queued record; "" removes a field."""
        typed = {n: m.currentData() if isinstance(m, QComboBox) else m.text().strip() for n, m in self.inputs.items()}
        return {name: value for name, value in typed.items() if value != _format_value(self._before.get(name))}

    @property
    def has_changes(self) -> bool:
        """Whether something is typed that was not sent."""
        return bool(self.find_changes())

    def _begin(self) -> None:
        self._busy = True
        self.save.setEnabled(False)
        self._tasks.start(self._send())

    async def _send(self) -> None:
        try:
            new = await self._desk.queue.correct(self._entry.uuid, self.find_changes())
        except FhirDeskError as error:
            self._busy = False
            if isValid(self):
                self._mark(error.field if isinstance(error, InvalidRecord) else None)
                self.show_message(render(error))
                self.save.setEnabled(True)
            return
        self._busy, self._over = False, True
        queued = _("The corrected record is queued; the refused entry is kept with its attempts.")
        self.replaced.emit(new)
        self.message_ready.emit(f"{queued} {words.describe_delivery((await self._desk.server.get_status()).link)}")
        if isValid(self):
            self.close()

    def _mark(self, wrong: str | None) -> None:
        for name, widget in self.inputs.items():
            widget.setProperty("wrong", name == wrong)
            widget.style().polish(widget)
        if wrong in self.inputs:
            self.inputs[str(wrong)].setFocus()


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
