"""Everything of one patient that is not on the server yet, in order, with what each entry waits for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.views import ChainRow
from fhirdesk.i18n.labels import type_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.sheet import BESIDE, Sheet, make_button
from ui.language import render
from ui.models.steps import Step
from ui.models.tables import visible
from ui.tasks import Refresher, Tasks
from ui.widgets.fields import text_label
from ui.widgets.timeline import HEIGHT, Timeline

WIDTH = 640  # px
MOST = 8  # steps that are in view; more scroll


class ChainDialog(Sheet):
    """Reads the chain again while it is open; a double click or Enter opens the entry."""

    opened = Signal(str)  # uuid
    whole_queue_requested = Signal(str, str)  # a patient's key and name: show all of it in the queue

    def __init__(self, desk: Desk, tasks: Tasks, patient_key: str, parent: QWidget | None = None):
        super().__init__(_("The patient's chain"), parent, WIDTH)
        self._desk, self._key, self._name = desk, patient_key, patient_key
        self.chain: tuple[ChainRow, ...] | None = None
        self.summary = text_label(tone="muted")
        self.summary.setContentsMargins(BESIDE, 0, BESIDE, 0)
        self.rows = Timeline(_("The patient's chain"), BESIDE)
        self.rows.entered.connect(self._open)
        self.body.setContentsMargins(0, 0, 0, 16)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.rows)
        everything = make_button(_("Show everything in the queue"), self._request_whole_queue, quiet=True)
        everything.set_icon("list-filter")
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
            self._name = words.format_name(record) if record else self._key
            self._show(chain)

    def _show(self, chain: tuple[ChainRow, ...]) -> None:
        title = _("The patient's chain")
        self.title.setText(visible(f"{title} · {self._name}"))
        text = fill(_("Not on the server yet: {count}"), count=words.format_count(len(chain)))
        text = text if chain else _("Everything of this patient is on the server.")
        self.summary.setText(f"{visible(self._key)}    {text}")
        names = {c.row.uuid: f"{type_label(c.row.type)} {c.row.key}" for c in chain}
        self.rows.fill([_build_step(each, names.get(each.blocked_by or "")) for each in chain])
        self.rows.setVisible(bool(chain))
        self.rows.setFixedHeight(HEIGHT * max(1, min(MOST, len(chain))))
        if self.rows.currentRow() < 0 and chain:
            self.rows.setCurrentRow(0)
        if self.focusWidget() in (None, self.leave):
            self.rows.setFocus()

    def _open(self, row: int) -> None:
        if self.chain:
            self.opened.emit(self.chain[row].row.uuid)

    def _request_whole_queue(self) -> None:
        self.whole_queue_requested.emit(self._key, self._name)
        self.close()


def _build_step(each: ChainRow, blocker: str | None) -> Step:
    """An entry: what it does, why it stands as it does, its state, and what must go first."""
    row = each.row
    return Step(
        words.get_mark(row.status),
        visible(f"{words.name_entry(row)} · {row.key}"),
        visible(render(row.reason)),
        words.name_state(row.status),
        visible(fill(_("after {record}"), record=blocker)) if blocker else "",
        words.get_tone(row.status),
    )
