"""The queue pane: what has not reached the server, why, and what can be done about it."""

from array import array
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, Status
from fhirdesk.core.views import Counts, FailureGroup, Link, QueueQuery, QueueRow, ServerView
from fhirdesk.i18n.labels import type_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.actions.command import Place
from ui.actions.registry import Actions
from ui.actions.selection import OneEntry
from ui.language import render
from ui.models.queue_query import ALL, list_entries, read_filter, write_filter
from ui.models.tables import build_queue_model
from ui.tasks import Refresher, Tasks
from ui.widgets.button import Kind
from ui.widgets.card import Card
from ui.widgets.causes import Causes
from ui.widgets.counters import Counters
from ui.widgets.filter_banner import FilterBanner
from ui.widgets.queue_empty import QueueEmpty
from ui.widgets.search_box import SearchBox
from ui.widgets.table import Table

QUIET = 400  # ms
WIDE = 690  # px: room for the words of the buttons


class QueuePane(Card):
    """Counters and causes that filter, entries with their reason, and the actions on them."""

    opened = Signal(str)  # uuid
    counts_read = Signal(object)  # Counts
    changed = Signal()  # the filter, or whether causes are shown

    def __init__(self, tasks: Tasks, actions: Actions, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks, self._actions = tasks, actions
        self._desk: Desk | None = None
        self._type_names: tuple[str, ...] = ()
        self._open_failed = False  # the records could not be opened
        self._server = ServerView("", None, Link.UNSET, False)
        self._query = ALL
        self._patient_label = ""  # the patient that the table is filtered by, as the line says it
        self._group: FailureGroup | None = None
        self._number = 0  # entries that the filter shows
        self._saved_at = ""  # the time of day when nothing was open any more, as it is said
        self._build_head()
        self._build_body()
        self._refresher = Refresher(tasks, self._read, self)
        self._silence = QTimer(self, singleShot=True, interval=QUIET)
        self._silence.timeout.connect(self._filter_by_text)
        self.search.textChanged.connect(self._silence.start)
        self.search.returnPressed.connect(self._filter_by_text)
        self.search.left.connect(self._go_to_rows)
        self.retranslate()

    def _build_head(self) -> None:
        self.search, self.types = SearchBox(), QComboBox()
        self.search.setMinimumWidth(44)
        self.search.setMaximumWidth(190)
        self.types.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.types.setMinimumContentsLength(5)
        self.types.setMinimumWidth(60)  # less than it would like, where the pane is narrow
        self.types.currentIndexChanged.connect(self._filter_by_type)
        self.buttons = self._actions.make_buttons(Place.QUEUE_HEAD, kind=Kind.QUIET)
        for each in (self.search, self.types, *self.buttons.values()):
            self.head.addWidget(each)
        self.counters = Counters()
        self.counters.chosen.connect(self._filter_by_status)
        self.add_row(self.counters)
        self.filter_banner = FilterBanner()
        self.filter_banner.cleared.connect(self.show_all)
        self.body.addWidget(self.filter_banner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the pane is narrow its buttons lose their words; their tips have them."""
        super().resizeEvent(event)
        for button in self.buttons.values():
            button.show_words(event.size().width() >= WIDE)

    def _build_body(self) -> None:
        self._model = build_queue_model(self, lambda: self._server)
        self.table = Table(self._model, _("Sync queue"))
        self.table.opened.connect(self._open)
        self.table.next_requested.connect(lambda row: self._actions.run_next(OneEntry(row)))
        self.table.on_menu(lambda at: self._actions.open_menu(Place.ENTRY_MENU, at))
        self._model.rows_requested.connect(lambda ids: self._tasks.start(self._fetch(ids)))
        self.causes = Causes()
        self.causes.chosen.connect(self._filter_by_cause)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.causes)
        self.empty = QueueEmpty()
        self.empty.pressed.connect(self.show_all)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.stack, 1)
        self.empty.hide()

    def retranslate(self) -> None:
        self.title.setText(_("Sync queue"))
        self.search.setPlaceholderText(_("Number or name"))
        self.search.setAccessibleName(_("Filter the queue"))
        self.types.setAccessibleName(_("Kind of record"))
        self.table.setAccessibleName(_("Sync queue"))
        self._show_empty()
        self._name_types()
        for part in (self.counters, self.causes, self.filter_banner):
            part.retranslate()
        self._show_filter()
        self._model.headerDataChanged.emit(self.table.horizontalHeader().orientation(), 0, len(self._model.columns) - 1)
        self._model.refresh()

    def _name_types(self) -> None:
        """List every record type that the desk knows, plug-in types included."""
        chosen = next(iter(self._query.types), None)
        self.types.blockSignals(True)
        self.types.clear()
        self.types.addItem(_("All kinds"), None)
        for name in self._type_names:
            self.types.addItem(type_label(name), name)
        self.types.setCurrentIndex(max(0, self.types.findData(chosen)) if chosen else 0)
        self.types.blockSignals(False)

    # -- reading

    def show_unavailable(self) -> None:
        """Say that the records could not be opened."""
        self._open_failed = True
        self._model.show(array("q"))
        self._show_empty()

    def attach(self, desk: Desk | None) -> None:
        """Show the queue of this desk."""
        self._desk, self._open_failed = desk, False
        self._model.show_opening()
        self.counters.show_counts(None)
        self._show_empty()
        (self._refresher.read_now if desk else self._refresher.stop)()

    def show_server(self, server: ServerView) -> None:
        """Note the state of the server: it decides when an entry that waits is due."""
        self._server = server

    def refresh(self) -> None:
        """Read again soon: the data changed."""
        if self._desk:
            self._refresher.read_soon()

    async def _read(self) -> None:
        desk, query = self._desk, self._query
        if desk is None:
            return
        counts = await desk.queue.count_by_status()
        groups = await desk.queue.group_failures() if self.is_grouped else ()
        ids, sections = await list_entries(desk, query)
        if desk is self._desk:
            self._show_counts(counts)
            everything = query.cause or not query.statuses
            self.causes.show_groups([g for g in groups if everything or g.statuses & query.statuses])
            if query is self._query:
                self._model.show(ids, sections=sections)
                self._number = len(ids) - len(sections)
                self._show_empty()
                self._show_filter()
        if not self._type_names:  # after the page: the converters take a moment to load
            self._type_names = tuple(await desk.records.read_types())
            self._name_types()
            self._filter_by_type()  # a kind that was saved may be no more

    def _show_empty(self) -> None:
        is_filtered = self._query != ALL
        self.empty.show_reason(is_filtered=is_filtered, saved_at=self._saved_at, failed=self._open_failed)
        groups = self.is_grouped and self.counters.are_known
        nothing = not (self.causes.rowCount() if groups else self._model.rowCount())
        self.empty.setVisible(nothing)
        self.stack.setVisible(not nothing)

    def _show_counts(self, counts: Counts) -> None:
        self.counters.show_counts(counts)
        self._saved_at = words.format_clock() if counts[Status.COMPLETED] else ""
        self.counts_read.emit(counts)

    async def _fetch(self, seqs: list[int]) -> None:
        if self._desk:
            self._model.fill(await self._desk.queue.read_rows(seqs), seqs)

    # -- asking

    def _set_query(self, query: QueueQuery) -> None:
        if query != self._query:
            self._query = query
            self._show_filter()
            self.changed.emit()
            self._refresher.read_now()

    def _filter_by_status(self, statuses: frozenset[Status]) -> None:
        self.show_causes(False)
        self._group = None
        self._set_query(replace(self._query, statuses=statuses, cause=None))

    def _filter_by_type(self) -> None:
        chosen = self.types.currentData()
        self._set_query(replace(self._query, types=frozenset({chosen} if chosen else ())))

    def _filter_by_cause(self, group: FailureGroup) -> None:
        self.show_causes(False)
        self.counters.mark(None)
        self._group, self._number = group, group.count
        self._set_query(replace(self._query, statuses=group.statuses, cause=group.reason))

    def _filter_by_text(self) -> None:
        self._silence.stop()
        self._set_query(replace(self._query, text=self.search.text().strip()))

    def read_view(self) -> str:
        """The states and kinds that the queue is filtered by. Text, patient and cause are not kept: they may name
        somebody."""
        return write_filter(QueueQuery() if self._group else self._query)

    def restore_view(self, view: str) -> None:
        """Filter by state and kind as it was saved; an empty text: show all."""
        self.show_all()
        query = read_filter(view)
        self.counters.mark(next(iter(query.statuses), None))
        self._set_query(query)
        self._name_types()

    def show_patient(self, key: str, name: str) -> None:
        """Show all entries of one patient, the completed ones too."""
        self.show_all()
        self._patient_label = f"{name} ({key})"
        self._set_query(replace(ALL, patient_key=key))

    def choose(self, uuid: str) -> None:
        """Select that entry where the filter shows it; otherwise no entry is selected."""
        if desk := self._desk:
            self._tasks.start(self._choose(desk, uuid))

    async def _choose(self, desk: Desk, uuid: str) -> None:
        details = await desk.queue.get_entry(uuid)
        ids, sections = await list_entries(desk, self._query)
        if desk is self._desk:
            self._model.show(ids, sections=sections)
            self.table.clearSelection()
            self.table.choose(self._model.index_of(details.entry.seq))

    def show_all(self) -> None:
        """Remove every filter; entries that need a person come first."""
        self.counters.mark(None)
        self.show_causes(False)
        self.types.setCurrentIndex(0)
        self.search.clear()
        self._patient_label, self._group = "", None
        self._set_query(ALL)

    @property
    def is_grouped(self) -> bool:
        """Whether the causes are shown instead of the entries."""
        return self.stack.currentWidget() is self.causes

    def show_causes(self, on: bool) -> None:
        """Show the causes, or the entries again."""
        if on != self.is_grouped:
            self.stack.setCurrentWidget(self.causes if on else self.table)
            self.changed.emit()
            self._refresher.read_now()

    def _show_filter(self) -> None:
        if self._group:
            text, number = _("{count} · {cause}"), words.format_count(self._number)
            self.filter_banner.show_text(fill(text, count=number, cause=render(self._group.shared)))
        else:
            only = fill(_("Only {patient}"), patient=self._patient_label)
            self.filter_banner.show_text(only if self._patient_label else "")

    def build_retry_query(self) -> QueueQuery | None:
        """The query of what "retry all" sends again: what the filter shows, if that state can be retried (else None);
        without a filter, the refused entries."""
        statuses = (self._query.statuses or frozenset({Status.FAILED})) & ALLOWED_ACTIONS["retry"]
        return replace(self._query, statuses=statuses) if statuses else None

    # -- doing

    def _go_to_rows(self) -> None:
        self._filter_by_text()
        self.table.take_focus()

    def _open(self, row: QueueRow | None) -> None:
        if row is not None:
            self.opened.emit(row.uuid)
