"""What happened to an entry: in our words, in the server's own, and the field that can be corrected at once."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Field as RecordField
from fhirdesk.core.records import RecordType
from fhirdesk.core.views import EntryDetails
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.record_inputs import RecordInput, list_editable
from ui.language import render
from ui.widgets.chips import LinkButton
from ui.widgets.fields import text_label
from ui.widgets.quote import Quote
from ui.words_attempts import find_place, list_quotes

FIELD_WIDTH = 336  # px


class EntryBox(QFrame):
    """The field is offered where the server named one and the actor may correct the entry; what is typed stays while
    the entry is read again."""

    entry_requested = Signal(str)  # uuid of the entry that this one waits for, or that took its place

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("box")
        self.why, self.quote = text_label(weight=500), Quote()
        self.why.setWordWrap(True)
        self.field: RecordInput | None = None
        self.name = ""  # of the field
        told = QVBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.why)
        told.addWidget(self.quote)
        told.addWidget(self._build_link(), 0, Qt.AlignmentFlag.AlignLeft)
        told.addStretch(1)
        self._aside = QWidget()
        self._aside.setFixedWidth(FIELD_WIDTH)
        self._place = QVBoxLayout(self._aside)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._line = QFrame()
        self._line.setObjectName("upright")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(15, 11, 15, 11)
        self._row.setSpacing(15)
        self._row.addLayout(told, 1)
        self._row.addWidget(self._line)
        self._row.addWidget(self._aside)
        self._set_field("", None)

    def _build_link(self) -> LinkButton:
        self._other = ""
        self.link = LinkButton(_("Open that entry"))
        self.link.setAutoDefault(False)
        self.link.clicked.connect(lambda _=False: self.entry_requested.emit(self._other))
        return self.link

    def show_entry(self, details: EntryDetails, kind: RecordType | None, *, can_correct: bool) -> None:
        """Tell what happened. `kind`: the type of the record; None: it is not known here."""
        self._other = str(details.why.params.get("entry", ""))
        self.why.setText(render(details.why).replace(f" ({self._other})", ""))
        self.link.setVisible(bool(self._other))
        failed = details.entry.status is Status.FAILED
        answer = details.history[-1] if details.history else None
        status = f"HTTP {answer.status}" if answer and answer.status else ""
        place = find_place(details.history)
        source = " · ".join(filter(None, (_("The server's own words"), status, _("at") if place else "")))
        self.quote.show_quote(list_quotes(details.history) if failed else (), source, place)
        name = str(details.why.params.get("field", "")) if failed and can_correct and kind else ""
        field = next((f for f in list_editable(kind) if f.name == name), None) if kind and name else None
        if field is None:
            self._set_field("", None)
        elif name != self.name:
            self._set_field(name, _build_input(field, details))

    def _set_field(self, name: str, field: RecordInput | None) -> None:
        if self.field is not None:
            self._place.removeWidget(self.field)
            self.field.deleteLater()
        self.name, self.field = name, field
        if field is not None:
            self._place.addWidget(field)
            self._place.addStretch(1)
        self._line.setVisible(field is not None)
        self._aside.setVisible(field is not None)


def _build_input(field: RecordField, details: EntryDetails) -> RecordInput:
    values = {**details.entry.record.fields, **(details.entry.edit or {})}
    made = RecordInput(field, values.get(field.name))
    if made.before:
        shown = words.format_value(field.name, made.before)
        made.set_help(fill(_("As it was sent: {value}"), value=shown))
    return made
