"""Fix and resend: the fields of a record as it was queued; the corrected record goes out as a new entry linked to this
one."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError, InvalidRecord
from fhirdesk.core.records import RecordType
from fhirdesk.core.views import EntryDetails
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design.measures import GAP
from ui.dialogs.record_inputs import RecordInput, list_editable
from ui.dialogs.sheet import make_button
from ui.dialogs.typed import TypedSheet
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.fields import text_label
from ui.widgets.quote import Quote
from ui.words_attempts import list_quotes

WIDTH = 640  # px
COLUMNS = 2


async def send_correction(desk: Desk, uuid: str, changes: Mapping[str, object]) -> tuple[str, str]:
    """Queue the corrected record in place of the entry. Returns the uuid of the new entry, and what to tell the
    user. Raises FhirDeskError."""
    new = await desk.queue.correct(uuid, changes)
    queued = _("The corrected record is queued; the refused entry is kept with its attempts.")
    return new, f"{queued} {words.describe_delivery((await desk.server.get_status()).link)}"


class CorrectDialog(TypedSheet):
    """Edits a record of any type; the field that the server refused is marked, with the server's words below it."""

    message_ready = Signal(str)
    replaced = Signal(str)  # uuid of the new entry

    def __init__(
        self, desk: Desk, tasks: Tasks, details: EntryDetails, kind: RecordType, parent: QWidget | None = None
    ):
        super().__init__("", parent, WIDTH)
        self._desk, self._tasks, self._entry = desk, tasks, details.entry
        self.setWindowTitle(_("Fix and resend"))
        entry = details.entry
        whom = details.patient_name or entry.key
        self.show_subject(
            words.get_mark(entry.status), visible(f"{words.name_operation(entry.type, entry.operation)} · {whom}")
        )
        values = {**entry.record.fields, **(entry.edit or {})}
        self.fields = {field.name: RecordInput(field, values.get(field.name)) for field in list_editable(kind)}
        self.inputs = {name: field.input for name, field in self.fields.items()}
        form = self._build_form()
        self._show_why(details)
        self.body.addLayout(form)
        wrong = [field for field in self.fields.values() if field.has_error]
        (wrong or list(self.fields.values()))[0].input.setFocus()
        self.add_banner()
        self._add_footer()

    def _show_why(self, details: EntryDetails) -> None:
        """Mark the field that the answer is about; an answer about none is quoted above the form."""
        name = str(details.why.params.get("field", ""))
        if name in self.fields:
            self._mark(name, render(details.why), "\n".join(map(visible, list_quotes(details.history))))
            return
        why, quote = text_label(render(details.why)), Quote()
        why.setWordWrap(True)
        quote.show_quote(list_quotes(details.history))
        self.body.addWidget(why)
        self.body.addWidget(quote)
        quote.setVisible(bool(list_quotes(details.history)))

    def _build_form(self) -> QGridLayout:
        form = QGridLayout()
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(8)
        for number, field in enumerate(self.fields.values()):
            form.addWidget(field, number // COLUMNS, number % COLUMNS, Qt.AlignmentFlag.AlignTop)
        for column in range(COLUMNS):
            form.setColumnStretch(column, 1)
        for field in self.fields.values():
            field.changed.connect(self._show_changes)
        return form

    def _add_footer(self) -> None:
        self.save = make_button(_("Fix and resend"), self._begin, primary=True)
        self.undo = make_button(_("Undo"), self._undo, quiet=True)
        self.undo.set_icon("undo-2")
        self.changes = text_label(tone="muted")
        self.add_buttons([self.undo, self.changes], [make_button(_("Cancel"), self.close), self.save])
        self._show_changes()

    def _show_changes(self) -> None:
        names = ", ".join(field_label(name) for name in self.find_changes())
        self.changes.setText(fill(_("Changed: {fields}"), fields=names) if names else "")
        self.undo.setVisible(bool(names))

    def _undo(self) -> None:
        for field in self.fields.values():
            field.undo()

    def find_changes(self) -> dict[str, object]:
        """The fields that differ from the queued record; "" removes a field."""
        return {name: field.value for name, field in self.fields.items() if field.has_changed}

    @property
    def has_changes(self) -> bool:
        """Whether something is typed that was not sent."""
        return bool(self.find_changes())

    def _begin(self) -> None:
        self._busy = True
        self.save.set_busy(True)
        self._tasks.start(self._send())

    async def _send(self) -> None:
        try:
            new, message = await send_correction(self._desk, self._entry.uuid, self.find_changes())
        except FhirDeskError as error:
            self._busy = False
            if isValid(self):
                self.save.set_busy(False)
                self._show_error(error)
            return
        self._busy, self._over = False, True
        self.replaced.emit(new)
        self.message_ready.emit(message)
        if isValid(self):
            self.close()

    def _show_error(self, error: FhirDeskError) -> None:
        """Show the error below its field; one that is about none, at the foot."""
        name = error.field if isinstance(error, InvalidRecord) else None
        for field in self.fields.values():
            field.clear_error()
        if name in self.fields:
            self._mark(str(name), render(error))
        else:
            self.show_message(render(error))

    def _mark(self, name: str, sentence: str, quote: str = "") -> None:
        field = self.fields[name]
        field.show_error(sentence, quote)
        field.input.setFocus()
