"""The queue pane: what has not reached the server, why, and what can be done about it."""

from array import array
from dataclasses import replace

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from fhirdesk.desk import Desk
from fhirdesk.entry import FINAL, Status
from fhirdesk.views import Counts, QueueQuery, QueueRow
from ui.models.tables import queue_model
from ui.tasks import Refresher, Tasks
from ui.widgets.card import Card, plain
from ui.widgets.counters import Counters
from ui.widgets.table import Table

QUIET = 400  # ms
RETRYABLE = frozenset({Status.FAILED, Status.HELD, Status.PENDING, Status.CONFLICT})
CANCELLABLE = frozenset({Status.PENDING, Status.HELD, Status.FAILED, Status.CONFLICT})


class QueuePane(Card):
    """Counters that filter, entries with their reason, retry and cancel."""

    chosen = Signal(object)  # QueueRow | None
    opened = Signal(str)  # uuid
    wanted_retry = Signal(object)  # list of uuids
    wanted_retry_all = Signal()
    wanted_cancel = Signal(object)  # list of uuids
    counted = Signal(object)  # Counts

    def __init__(self, tasks: Tasks, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks = tasks
        self._desk: Desk | None = None
        self._query = QueueQuery(attention=True)
        self._build()
        self._refresher = Refresher(tasks, self._read, self)
        self._silence = QTimer(self, singleShot=True, interval=QUIET)
        self._silence.timeout.connect(self._filtered)
        self.search.textChanged.connect(self._silence.start)
        self.search.returnPressed.connect(self._filtered)
        self.retranslate()

    def _build(self) -> None:
        self.retry_all = QPushButton()
        self.retry_all.clicked.connect(self.wanted_retry_all)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(190)
        self.head.addWidget(self.search)
        self.head.addWidget(self.retry_all)
        self.counters = Counters()
        self.counters.chosen.connect(self._by_status)
        self.add_row(self.counters)
        self._model = queue_model(self)
        self.table = Table(self._model, self.tr("Sync queue"))
        self.table.chosen.connect(self.chosen)
        self.table.opened.connect(self._open)
        self.table.on_menu(self._menu)
        self._model.wanted.connect(lambda ids: self._tasks.start(self._fetch(ids)))
        self.empty = plain(name="empty")
        self.body.addWidget(self.empty)
        self.body.addWidget(self.table, 1)

    def retranslate(self) -> None:
        """Another language."""
        self.title.setText(self.tr("Sync queue"))
        self.retry_all.setText(self.tr("Retry all…"))
        self.search.setPlaceholderText(self.tr("Filter by number or name"))
        self.search.setAccessibleName(self.tr("Filter the queue"))
        self.empty.setText(self.tr("Nothing is waiting here."))
        self.counters.retranslate()
        self._model.headerDataChanged.emit(self.table.horizontalHeader().orientation(), 0, len(self._model.columns) - 1)
        self._model.refresh()

    # -- reading

    def attach(self, desk: Desk | None) -> None:
        """Show the queue of this desk."""
        self._desk = desk
        self._model.show(array("q"))
        self._show_counts(Counts({}))
        if desk:
            self._refresher.now()
        else:
            self._refresher.stop()

    def refresh(self) -> None:
        """Something changed."""
        if self._desk:
            self._refresher.soon()

    async def _read(self) -> None:
        desk, query = self._desk, self._query
        if desk is None:
            return
        counts = await desk.counts()
        ids = await desk.queue_ids(query)
        if desk is self._desk:
            self._show_counts(counts)
            if query is self._query:
                self._model.show(ids)
                self.empty.setVisible(not ids)

    def _show_counts(self, counts: Counts) -> None:
        self.counters.show_counts(counts)
        self.retry_all.setEnabled(counts[Status.FAILED] > 0)
        self.counted.emit(counts)

    async def _fetch(self, seqs: list[int]) -> None:
        if self._desk:
            self._model.fill(await self._desk.queue_rows(seqs), seqs)

    # -- asking

    def _ask(self, query: QueueQuery) -> None:
        if query != self._query:
            self._query = query
            self._refresher.now()

    def _by_status(self, statuses: frozenset[Status]) -> None:
        self._ask(replace(self._query, statuses=statuses))

    def _filtered(self) -> None:
        self._silence.stop()
        self._ask(replace(self._query, text=self.search.text().strip()))

    # -- doing

    def retry_selected(self) -> None:
        """Send the selected entries again."""
        if chosen := [r.uuid for r in self._selected() if r.status in RETRYABLE]:
            self.wanted_retry.emit(chosen)

    def cancel_selected(self) -> None:
        """Take the selected entries back."""
        if chosen := [r.uuid for r in self._selected() if r.status not in FINAL]:
            self.wanted_cancel.emit(chosen)

    def _selected(self) -> list[QueueRow]:
        return self.table.selected()

    def _open(self, row: QueueRow | None) -> None:
        if row is not None:
            self.opened.emit(row.uuid)

    def _menu(self, at: QPoint) -> None:
        rows = self._selected()
        if not rows:
            return
        menu = QMenu(self)
        menu.addAction(self.tr("Details…"), lambda: self.opened.emit(rows[0].uuid)).setEnabled(len(rows) == 1)
        retry = menu.addAction(self.tr("Retry"), self.retry_selected)
        retry.setEnabled(any(r.status in RETRYABLE for r in rows))
        cancel = menu.addAction(self.tr("Take back"), self.cancel_selected)
        cancel.setEnabled(any(r.status in CANCELLABLE for r in rows))
        menu.popup(at)
