"""One queue entry: its state, every attempt, what was sent, what the server answered, and what can be done."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QTabWidget, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Attempt, QueueEntry, Status, server_sentences
from fhirdesk.core.views import SAVED_IN_PART, EntryDetails, Link, ServerView
from fhirdesk.i18n.translation import _
from ui import words
from ui.actions.command import Place, find_next
from ui.actions.registry import Actions
from ui.actions.selection import NOTHING, OneEntry, Selection
from ui.design import fonts, tokens
from ui.dialogs.sheet import Sheet, make_button, make_primary, quote_server
from ui.language import render
from ui.tasks import Refresher, Tasks
from ui.widgets.card import plain_label
from ui.widgets.grid import Grid
from ui.widgets.json_view import JsonView
from ui.words_http import describe_code, format_answer, format_attempt

TICK = 1000  # ms


class EntryDialog(Sheet):
    """Reads its entry again while it is open."""

    def __init__(self, desk: Desk, tasks: Tasks, actions: Actions, uuid: str, parent: QWidget | None = None):
        super().__init__("", parent)
        self._desk, self._actions, self._uuid = desk, actions, uuid
        self.details: EntryDetails | None = None
        self.setWindowTitle(_("Queue entry"))
        self.resize(880, 660)
        self._build()
        self._server = ServerView("", None, Link.UNSET, False)
        self._refresher = Refresher(tasks, self._read, self)
        self._tick = QTimer(self, interval=TICK)  # the countdown goes on
        self._tick.timeout.connect(self._refresher.read_soon)
        self._tick.start()
        self._refresher.read_now()

    def _build(self) -> None:
        self.state, self.why = plain_label(name="heading"), plain_label()
        self.why.setWordWrap(True)
        self.quote = plain_label(name="muted")
        self.quote.setWordWrap(True)
        self.quote.hide()
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(14)
        self._facts.setVerticalSpacing(5)
        titles = [_("When"), _("What happened"), _("HTTP"), _("Issue"), _("ms")]
        self.attempts = Grid(_("Attempts"), titles, 3, (150, 150, 56, 0, 64))
        self.attempts.currentCellChanged.connect(lambda row, *_: self._show_attempt(row))
        for widget in (self.state, self.why, self.quote):
            self.body.addWidget(widget)
        self.body.addLayout(self._facts)
        self.body.addWidget(self.attempts, 2)
        self.body.addWidget(self._build_tabs(), 3)
        self.close_button = make_button(_("Close"), self.close)
        self.buttons = self._actions.make_buttons(Place.ENTRY_SHEET, self._select)
        self.buttons["show_record"].clicked.connect(self.close)
        for button in self.buttons.values():
            button.hide()
        self.add_buttons(list(self.buttons.values()), [self.close_button])

    def _build_tabs(self) -> QTabWidget:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for part in (self.tabs, self.tabs.tabBar()):
            part.setAccessibleName(_("Request and answer"))
        self.request = JsonView(_("Request"))
        self.answer = QPlainTextEdit()
        self.answer.setReadOnly(True)
        self.answer.setProperty("json", True)
        self.answer.setFont(fonts.mono())
        self.answer.setAccessibleName(_("Answer"))
        self.tabs.addTab(self.answer, _("Answer"))
        self.tabs.addTab(self.request, _("Request"))
        return self.tabs

    def _select(self) -> Selection:
        """What the buttons act on: this entry, once it is read."""
        return Selection(OneEntry(self.details.entry) if self.details else NOTHING, actor=self._desk.actor)

    def refresh(self) -> None:
        """Read again soon: the data changed."""
        self._refresher.read_soon()

    async def _read(self) -> None:
        self._server, details = await self._desk.server.get_status(), await self._desk.queue.get_entry(self._uuid)
        if not isValid(self):
            return
        if details != self.details:
            self._show(details)
        self._next.setText(words.format_due(details.entry.status, details.entry.not_before, self._server))

    def _show(self, details: EntryDetails) -> None:
        self.details = details
        entry = details.entry
        glyph, token, _word = words.get_state_style(entry.status)
        in_part = entry.reason is not None and entry.reason.code in SAVED_IN_PART
        word = words.name_entry_state(entry.status, entry.operation, in_part=in_part)
        self.state.setText(f"{glyph}  {word} · {words.name_operation(entry.type, entry.operation)}")
        self.state.setStyleSheet(f"color: {tokens.colour(token).name()}")
        self.why.setText(render(details.why))
        words_ = server_sentences(details.history) if entry.status is Status.FAILED else None
        self.quote.setText(quote_server(words_))
        self.quote.setVisible(bool(words_))
        self._show_buttons(entry)
        self._show_facts(details)
        self._show_attempts(details.history)

    def _show_buttons(self, entry: QueueEntry) -> None:
        """Show what can be done with the entry; what it waits for is the primary button, else Close."""
        next_ = find_next(entry, self._actions.commands, self._desk.actor)
        for command_id, button in self.buttons.items():
            button.refresh()
            button.setVisible(button.isEnabled())
            make_primary(button, is_primary=next_ is not None and command_id == next_.id)
        if next_ is None:
            self.close_button.setDefault(True)

    def _show_facts(self, details: EntryDetails) -> None:
        entry = details.entry
        facts = {
            _("Record"): entry.key,
            _("Patient"): details.patient_name or entry.patient_key or "—",
            _("Queued"): words.format_moment(entry.created_at),
            _("Priority"): str(entry.priority),
            _("Next try"): "",
            _("On the server as"): f"{entry.resource_type}/{entry.logical_id}" if entry.logical_id else "—",
            _("Entry"): entry.uuid,
        }
        if entry.origin:
            facts[_("Corrects")] = entry.origin
        while (item := self._facts.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for number, (name, value) in enumerate(facts.items()):
            self._facts.addWidget(plain_label(name, "muted"), number // 2, 2 * (number % 2))
            label = plain_label(value)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(name)
            if name == _("Next try"):
                self._next = label
            self._facts.addWidget(label, number // 2, 2 * (number % 2) + 1)
        self._facts.setColumnStretch(1, 2)
        self._facts.setColumnStretch(3, 2)

    def _show_attempts(self, history: tuple[Attempt, ...]) -> None:
        rows = [
            (
                words.format_moment(attempt.at),
                _(words.PHASES[attempt.phase]),
                str(attempt.status or "—"),
                describe_code(attempt.issue),
                f"{attempt.ms:.0f}" if attempt.ms is not None else "—",
            )
            for attempt in history
        ]
        self.attempts.fill(rows)
        self.attempts.setVisible(bool(rows))
        self.attempts.setMaximumHeight(46 + 30 * max(3, len(rows)))
        if history:
            self.attempts.setCurrentCell(len(history) - 1, 0)
        self._show_attempt(len(history) - 1)

    def _show_attempt(self, row: int) -> None:
        history = self.details.history if self.details else ()
        if 0 <= row < len(history):
            self.request.show_text(format_attempt(history[row]))
            self.answer.setPlainText(format_answer(history[row]) or _("The server said nothing more."))
        else:
            self.request.show_text("")
            self.answer.setPlainText(_("It was not sent yet."))
