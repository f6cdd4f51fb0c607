"""The patients pane: search as you type, the sync state of each patient, register and edit."""

from array import array

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.views import PatientQuery, PatientRow, PatientSort
from fhirdesk.i18n.translation import _, fill, ngettext
from ui import words
from ui.actions.command import Place
from ui.actions.registry import Actions
from ui.announce import announce
from ui.models.tables import build_patients_model
from ui.tasks import Refresher, Tasks
from ui.widgets.card import Card, plain_label
from ui.widgets.notices import EmptyState
from ui.widgets.search_box import SearchBox
from ui.widgets.table import Table

QUIET = 400  # ms of silence before a search starts
SEARCH = 252  # px at most
FIRST = 60  # rows that are painted before all ids are known


class PatientsPane(Card):
    """Shows the local patients, and whether the server has them."""

    opened = Signal(object)  # PatientRow: edit the profile
    counted = Signal(int)  # patients that match

    def __init__(self, tasks: Tasks, actions: Actions, parent: QWidget | None = None):
        super().__init__(parent)
        self._tasks, self._actions = tasks, actions
        self._desk: Desk | None = None
        self._open_failed = False  # the records could not be opened
        self._query = PatientQuery()
        self._fresh = True  # a new question: paint its first rows before all are known
        self._total: int | None = None  # patients that match; None: not read yet
        self._build()
        self._refresher = Refresher(tasks, self._read, self)
        self._silence = QTimer(self, singleShot=True, interval=QUIET)
        self._silence.timeout.connect(self._search_now)
        self.search.textChanged.connect(self._silence.start)
        self.search.returnPressed.connect(self._search_now)
        self.search.left.connect(self._go_to_rows)
        self.retranslate()

    def _build(self) -> None:
        self.number = plain_label(name="muted")
        self.search = SearchBox()
        self.search.setMaximumWidth(SEARCH)
        self.head.insertWidget(1, self.number)
        self.head.addWidget(self.search, 3)
        self.buttons = self._actions.make_buttons(Place.PATIENTS_HEAD)
        for button in self.buttons.values():
            self.head.addWidget(button)
        self._model = build_patients_model(self)
        self.table = Table(self._model, _("Patients"), has_pencil=True)
        self.table.opened.connect(self._open)
        self.table.sort_requested.connect(self._sort)
        self.table.on_menu(lambda at: self._actions.open_menu(Place.PATIENT_MENU, at))
        self._model.rows_requested.connect(lambda ids: self._tasks.start(self._fetch(ids)))
        self.empty = EmptyState()
        self.empty.pressed.connect(self._leave_empty)
        self.empty.other_pressed.connect(self._actions["import"].trigger)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.table, 1)

    def retranslate(self) -> None:
        self.title.setText(_("Patients"))
        self.search.setPlaceholderText(_("Name, initial consonants, number or phone"))
        self.search.setAccessibleName(_("Search patients"))
        self.table.setAccessibleName(_("Patients"))
        self._show_count()
        self._model.headerDataChanged.emit(self.table.horizontalHeader().orientation(), 0, len(self._model.columns) - 1)
        self._model.refresh()

    # -- reading

    def show_unavailable(self) -> None:
        """Say that the records could not be opened."""
        self._open_failed = True
        self._model.show(array("q"))
        self.retranslate()

    def attach(self, desk: Desk | None) -> None:
        """Show the patients of this desk."""
        self._desk, self._open_failed = desk, False
        self._fresh = True
        self._model.show_opening()
        self._total = None
        self._show_count()
        if desk:
            self._refresher.read_now()
        else:
            self._refresher.stop()

    def refresh(self) -> None:
        """Read again soon: the data changed."""
        if self._desk:
            self._refresher.read_soon()

    async def _read(self) -> None:
        desk, query = self._desk, self._query
        if desk is None:
            return
        if self._fresh:
            first = await desk.records.find_first_patients(query, FIRST)
            self._fresh = False
            if query is self._query:
                self._model.show(array("q", (r.id for r in first)), first)
                self._show_count()
        ids = await desk.records.find_patient_ids(query)
        if query is self._query and desk is self._desk:
            self._model.show(ids)
            self._count(len(ids))

    async def _fetch(self, ids: list[int]) -> None:
        if self._desk:
            self._model.fill(await self._desk.records.read_patients(ids), ids)

    def _count(self, number: int) -> None:
        changed, self._total = number != self._total, number
        self._show_count()
        self.counted.emit(number)
        if changed and self._query.text:
            announce(self.search, self.number.text() if number else self.empty.text)

    def _show_count(self) -> None:
        """Show how many patients there are, once that is known: no 0 while the records are still being opened."""
        number = self._total
        text = ngettext("{count} person", "{count} people", number or 0)
        self.number.setText("" if number is None else fill(text, count=words.format_count(number)))
        self._say_why_empty()
        rows = self._is_opening or bool(number or self._model.ids)
        self.empty.setVisible(not rows)
        self.table.setVisible(rows)

    @property
    def _is_opening(self) -> bool:
        """Whether it is not known yet whether anybody is here."""
        return self._total is None and not self._open_failed

    def _say_why_empty(self) -> None:
        if self._open_failed:
            self.empty.show_state("triangle-alert", words.describe_unopened())
        elif self._query.text:
            hint = _("Try fewer letters, or initial consonants such as ㄱㄱㅁ.")
            self.empty.show_state("search", _("Nobody found"), hint, _("Clear the search"))
        else:
            hint = _("Register a patient, or drop a file with records here.")
            self.empty.show_state("users", _("Nobody here yet"), hint, _("New patient…"), _("Import…"))

    def _leave_empty(self) -> None:
        """Clear the search, or register a patient where there is none."""
        if self._query.text:
            self.search_for("")
            self.search.setFocus()
        else:
            self._actions["new_patient"].trigger()

    # -- asking

    def _set_query(self, query: PatientQuery) -> None:
        if query != self._query:
            self._query, self._fresh = query, True
            self._refresher.read_now()

    def _search_now(self) -> None:
        self._silence.stop()
        self._set_query(PatientQuery(self.search.text(), self._query.sort, self._query.descending))

    def _sort(self, column: str, descending: bool) -> None:
        self._set_query(PatientQuery(self._query.text, PatientSort(column), descending))

    def read_view(self) -> str:
        """How the patients are sorted. The search is not kept: it may be a name."""
        sort, descending = self.table.read_sort()
        return f"{sort} descending" if descending else sort

    def restore_view(self, view: str) -> None:
        """Sort the patients as it was saved; an empty text: as at the first start."""
        sort, _, order = view.partition(" ")
        descending = order == "descending"
        if sort not in list(PatientSort):
            sort, descending = "", False
        self.table.show_sort(sort, descending)
        self._sort(sort or PatientSort.NAME, descending)

    def search_for(self, text: str) -> None:
        """Put a text into the search box and search at once."""
        self.search.setText(text)
        self._search_now()

    # -- doing

    def _go_to_rows(self) -> None:
        self._search_now()
        self.table.take_focus()

    def _open(self, row: PatientRow | None) -> None:
        if row is not None:
            self.opened.emit(row)
