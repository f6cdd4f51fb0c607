"""One queue entry: what happened and how to go on, every attempt, what was sent and what the server answered."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError, InvalidRecord
from fhirdesk.core.queue_entry import QueueEntry, Status
from fhirdesk.core.records import Record, RecordType
from fhirdesk.core.views import SAVED_IN_PART, EntryDetails, Link, ServerView
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.actions.command import Place, find_next
from ui.actions.registry import Actions
from ui.actions.selection import NOTHING, OneEntry, Selection
from ui.design.measures import DISC, TAB_BAR
from ui.dialogs.correct import send_correction
from ui.dialogs.entry_box import EntryBox
from ui.dialogs.sheet import BESIDE, make_button, make_primary
from ui.dialogs.typed import TypedSheet
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Refresher, Tasks
from ui.widgets.button import Kind
from ui.widgets.exchange import Exchange
from ui.widgets.fields import text_label
from ui.widgets.timeline import Timeline
from ui.words_attempts import format_queued, list_steps
from ui.words_http import format_answer, format_attempt

TICK = 1000  # ms
WIDTH, HEIGHT, LEAST = 1000, 712, 860  # px
STEPS = 352  # px: the width of the timeline
LOWER = 200  # px of attempts and texts that are always in view
RARE = ("discard", "cancel", "hold", "release", "chain", "show_record")  # at the left, then every other command
WAYS_ON = ("retry", "correct", "decide")  # at the right; what the entry waits for is the last of them that is shown
BETWEEN_FACTS = "    "


class EntryDialog(TypedSheet):
    """Reads its entry again while it is open."""

    opened = Signal(str)  # uuid of another entry
    message_ready = Signal(str)
    replaced = Signal(str)  # uuid of the entry that took its place

    def __init__(self, desk: Desk, tasks: Tasks, actions: Actions, uuid: str, parent: QWidget | None = None):
        super().__init__("", parent, LEAST)
        self._desk, self._tasks, self._actions, self._uuid = desk, tasks, actions, uuid
        self.details: EntryDetails | None = None
        self._patient: Record | None = None
        self._kinds: dict[str, RecordType] = {}
        self.setWindowTitle(_("Queue entry"))
        self.resize(WIDTH, HEIGHT)
        self._build()
        self._server = ServerView("", None, Link.UNSET, False)
        self._refresher = Refresher(tasks, self._read, self)
        self._tick = QTimer(self, interval=TICK)  # the countdown goes on
        self._tick.timeout.connect(self._refresher.read_soon)
        self._tick.start()
        self._refresher.read_now()

    # -- parts

    def _build(self) -> None:
        self.facts = text_label(tone="muted")
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setAccessibleName(_("The entry in numbers"))
        self.facts.setContentsMargins(BESIDE + DISC + 8, 0, BESIDE, 0)
        self.box = EntryBox()
        self.box.entry_requested.connect(self.opened)
        around = QVBoxLayout()
        around.setContentsMargins(BESIDE, 0, BESIDE, 4)
        around.addWidget(self.box)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.facts)
        self.body.addLayout(around)
        self.body.addWidget(self._build_lower(), 1)
        self.add_banner()
        self._build_footer()

    def _build_lower(self) -> QFrame:
        """The attempts at the left; what was sent and answered in the chosen one at the right."""
        self.attempts, self.exchange = Timeline(_("Attempts"), BESIDE), Exchange()
        self.attempts.currentRowChanged.connect(self._show_step)
        title = text_label(_("Attempts"), "muted")
        title.setFixedHeight(TAB_BAR)
        title.setContentsMargins(BESIDE, 0, 0, 0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(title)
        left.addWidget(self.attempts, 1)
        steps, line = QWidget(), QFrame()
        steps.setFixedWidth(STEPS)
        steps.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        line.setObjectName("upright")
        lower = QFrame()
        lower.setObjectName("lower")
        lower.setMinimumHeight(LOWER)
        row = QHBoxLayout(lower)
        row.setContentsMargins(0, 1, 0, 0)
        row.setSpacing(0)
        for widget, stretch in ((steps, 0), (line, 0), (self.exchange, 1)):
            row.addWidget(widget, stretch)
        return lower

    def _build_footer(self) -> None:
        kinds = dict.fromkeys(WAYS_ON, Kind.NORMAL) | {"discard": Kind.DANGER}
        make = self._actions.make_buttons
        self.buttons = make(Place.ENTRY_SHEET, self._select, kind=Kind.QUIET, kinds=kinds, tall=True)
        self.buttons["show_record"].clicked.connect(self.close)
        self.buttons["correct"].take_over = self._correct_here
        for name, button in self.buttons.items():
            button.hide()
            button.setAutoDefault(False)
            if name in WAYS_ON:
                button.set_icon("")
        self.close_button = make_button(_("Close"), self.close)
        rare = (*RARE, *(name for name in self.buttons if name not in RARE and name not in WAYS_ON))
        ways_on = [self.close_button, *(self.buttons[name] for name in WAYS_ON)]
        self.add_buttons([self.buttons[name] for name in rare], ways_on)

    def _select(self) -> Selection:
        """What the buttons act on: this entry, once it is read."""
        return Selection(OneEntry(self.details.entry) if self.details else NOTHING, actor=self._desk.actor)

    # -- reading

    def refresh(self) -> None:
        """Read again soon: the data changed."""
        self._refresher.read_soon()

    async def _read(self) -> None:
        self._server, details = await self._desk.server.get_status(), await self._desk.queue.get_entry(self._uuid)
        if not self._kinds:
            self._kinds = dict(await self._desk.records.read_types())
        if (key := details.entry.patient_key) and self._patient is None:
            self._patient = await self._desk.records.get("patient", key)
        if not isValid(self):
            return
        if details != self.details:
            self._show(details)
        self.facts.setText(BETWEEN_FACTS.join(self._list_facts(details)))

    def _show(self, details: EntryDetails) -> None:
        is_first, self.details, entry = self.details is None, details, details.entry
        in_part = entry.reason is not None and entry.reason.code in SAVED_IN_PART
        word = words.name_entry_state(entry.status, entry.operation, in_part=in_part)
        name = f"{words.name_operation(entry.type, entry.operation)} · {details.patient_name or entry.key}"
        self.show_subject(words.get_mark(entry.status), visible(name), word, words.get_tone(entry.status))
        self._show_buttons(entry)
        self.box.show_entry(details, self._kinds.get(entry.type), can_correct=not self.buttons["correct"].isHidden())
        if is_first:
            (self.box.field.input if self.box.field else self.attempts).setFocus()
        self._show_attempts(details)

    def _list_facts(self, details: EntryDetails) -> list[str]:
        """The numbers of the record and its patient, when it was queued, how often and when it is sent."""
        entry, facts = details.entry, [details.entry.key]
        if entry.type != "patient" and entry.patient_key:
            facts.append(entry.patient_key)
        if self._patient:
            fields = self._patient.fields
            facts.append(words.format_sex_and_age(fields.get("gender"), fields.get("birth_date")))
        facts.append(fill(_("Queued {time}"), time=words.format_time(entry.created_at)))
        if entry.attempts:
            facts.append(fill(_("Tries: {count}"), count=words.format_count(entry.attempts)))
        if entry.status in (Status.PENDING, Status.UNKNOWN):
            due = words.format_due(entry.status, entry.not_before, self._server)
            facts.append(fill(_("Next try: {when}"), when=due))
        if entry.logical_id:
            facts.append(f"{entry.resource_type}/{entry.logical_id}")
        return [visible(fact) for fact in facts]

    def _show_buttons(self, entry: QueueEntry) -> None:
        """Show what can be done with the entry; what it waits for is the primary button, else Close."""
        next_ = find_next(entry, self._actions.commands, self._desk.actor)
        self.buttons["retry"].is_short = entry.status is Status.FAILED  # else it is not known whether it was sent
        self.buttons["decide"].is_short = entry.status is Status.CONFLICT
        for command_id, button in self.buttons.items():
            button.refresh()
            button.setVisible(button.isEnabled())
            if command_id in WAYS_ON:
                make_primary(button, is_primary=next_ is not None and command_id == next_.id)
        if next_ is None:
            self.close_button.setDefault(True)

    def _show_attempts(self, details: EntryDetails) -> None:
        steps = list_steps(details)
        if len(steps) != len(self.attempts.steps):  # a new one: it is what happened last
            self.attempts.fill(steps)
            self.attempts.setCurrentRow(len(steps) - 1)
            self.attempts.scrollToBottom()
        self.attempts.fill(steps)
        self._show_step(self.attempts.currentRow())

    def _show_step(self, row: int) -> None:
        """Show the exchange of an attempt; of the first step, the queueing, what identifies the entry."""
        if not self.details:
            return
        if 0 < row <= len(self.details.history):
            attempt = self.details.history[row - 1]
            answer = format_answer(attempt) or _("The server said nothing more.")
            self.exchange.show_exchange(answer, format_attempt(attempt), attempt.body or "")
        else:
            self.exchange.show_exchange(format_queued(self.details.entry), _("It was not sent yet."), "")

    # -- the correction in one field

    @property
    def has_changes(self) -> bool:
        """Whether something is typed that was not sent."""
        return self.box.field is not None and self.box.field.has_changed

    def _correct_here(self) -> bool:
        """Send the entry with the field that was corrected; False: nothing is typed, so the whole form is needed."""
        if self.has_changes:
            self._set_busy(True)
            self._tasks.start(self._send())
        return self.has_changes

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.buttons["correct"].set_busy(busy)

    async def _send(self) -> None:
        field = self.box.field
        assert field is not None, "a correction was typed"
        try:
            new, message = await send_correction(self._desk, self._uuid, {self.box.name: field.value})
        except FhirDeskError as error:
            if isValid(self):
                self._set_busy(False)
                self._show_error(error)
            return
        self._busy, self._over = False, True
        self.replaced.emit(new)
        self.message_ready.emit(message)
        if isValid(self):
            self.close()

    def _show_error(self, error: FhirDeskError) -> None:
        field = self.box.field
        if field and isinstance(error, InvalidRecord) and error.field == self.box.name:
            field.show_error(render(error))
            field.input.setFocus()
        else:
            self.show_message(render(error))
