"""Everything of one patient that is not on the server yet, in order, with what each entry waits for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.views import ChainRow
from fhirdesk.i18n.labels import type_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.sheet import Sheet, make_button
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Refresher, Tasks
from ui.widgets.card import plain_label
from ui.widgets.grid import Grid


class ChainDialog(Sheet):
    """Reads the chain again while it is open; a double click or Enter opens the entry."""

    opened = Signal(str)  # uuid
    whole_queue_requested = Signal(str, str)  # a patient's key and name: show all of it in the queue

    def __init__(self, desk: Desk, tasks: Tasks, patient_key: str, parent: QWidget | None = None):
        super().__init__("", parent)
        self._desk, self._key, self._name = desk, patient_key, patient_key
        self.chain: tuple[ChainRow, ...] | None = None
        self.setWindowTitle(_("The patient's chain"))
        self.resize(820, 440)
        self.head = plain_label(patient_key, "heading")
        self.summary = plain_label(name="muted")
        titles = [_("State"), _("Task"), _("Number"), _("Why"), _("Blocked by")]
        self.rows = Grid(_("The patient's chain"), titles, 3, (130, 130, 130, 0, 170))
        self.rows.setWordWrap(True)
        self.rows.cellDoubleClicked.connect(self._open)
        self.rows.entered.connect(self._open)
        for widget, stretch in ((self.head, 0), (self.summary, 0), (self.rows, 1)):
            self.body.addWidget(widget, stretch)
        everything = make_button(_("Show everything in the queue"), self._request_whole_queue)
        self.add_buttons([everything], [make_button(_("Close"), self.close, primary=True)])
        self._refresher = Refresher(tasks, self._read, self)
        self._refresher.read_now()

    def refresh(self) -> None:
        """Read again soon: the data changed."""
        self._refresher.read_soon()

    async def _read(self) -> None:
        chain = await self._desk.queue.read_chain(self._key)
        record = await self._desk.records.get("patient", self._key)
        if isValid(self) and chain != self.chain:
            self.chain = chain
            if record:
                fields = record.fields
                self._name = f"{fields.get('family_name', '')}{fields.get('given_name', '')}"
            self._show(chain)

    def _show(self, chain: tuple[ChainRow, ...]) -> None:
        self.head.setText(visible(f"{self._name} · {self._key}"))
        number = words.format_count(len(chain))
        text = fill(_("Not on the server yet: {count}"), count=number)
        self.summary.setText(text if chain else _("Everything of this patient is on the server."))
        names = {c.row.uuid: f"{type_label(c.row.type)} {c.row.key}" for c in chain}
        rows = [
            (
                words.get_state_style(c.row.status)[2],
                words.name_entry(c.row),
                visible(c.row.key),
                visible(render(c.row.reason)),
                visible(names.get(c.blocked_by or "", "—")),
            )
            for c in chain
        ]
        self.rows.fill(rows, [(words.get_mark(c.row.status), words.get_tone(c.row.status)) for c in chain])
        if self.rows.currentRow() < 0 and chain:
            self.rows.setCurrentCell(0, 0)

    def _open(self, row: int) -> None:
        if self.chain:
            self.opened.emit(self.chain[row].row.uuid)

    def _request_whole_queue(self) -> None:
        self.whole_queue_requested.emit(self._key, self._name)
        self.close()
