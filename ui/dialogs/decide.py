"""How a conflict ends: what was last in step, what is here, what the server has now; a person decides."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from fhirdesk.desk import Desk
from fhirdesk.entry import Status, correctable
from fhirdesk.errors import FhirDeskError
from fhirdesk.views import EntryDetails, FieldValues
from ui import words
from ui.dialogs.sheet import Sheet, button
from ui.language import field_word, say
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.card import plain
from ui.widgets.grid import Grid

NOT_THERE = frozenset({"why_gone", "why_missing_there"})
WHICH = frozenset({"why_duplicate", "why_unknown_twice"})


class DecideDialog(Sheet):
    """Both sides are read when it opens, and again by the desk when a button is pressed."""

    told = Signal(str)
    wanted_correct = Signal(str)  # uuid

    def __init__(self, desk: Desk, tasks: Tasks, uuid: str, parent: QWidget | None = None):
        super().__init__("", parent, 780)
        self._desk, self._tasks, self._uuid = desk, tasks, uuid
        self.setWindowTitle(self.tr("Decide"))
        self.head, self.why = plain(name="heading"), plain(name="muted")
        self.why.setWordWrap(True)
        titles = [self.tr("Field"), self.tr("Last in step"), self.tr("Here"), self.tr("On the server now")]
        self.sides = Grid(self.tr("Fields that differ"), titles, 3, (110, 200, 210))
        self.sides.setWordWrap(True)
        self.sides.hide()
        self.id = QLineEdit()
        self.id.setPlaceholderText(self.tr("Its id on the server"))
        self.id.setAccessibleName(self.tr("Its id on the server"))
        self.id.hide()
        for widget in (self.head, self.why, self.sides, self.id):
            self.body.addWidget(widget)
        self.add_banner()
        self._build_buttons()
        tasks.start(self._read())

    def _build_buttons(self) -> None:
        self.mine = button("", lambda: self._decide("mine"))
        self.theirs = button("", lambda: self._decide("theirs"))
        self.arrived = button(self.tr("It is that one"), lambda: self._decide("arrived"))
        self.arrived.setEnabled(False)
        self.id.textChanged.connect(self._named)
        self.absent = button(self.tr("It is not there: send again"), lambda: self._decide("absent"))
        self.edit = button(self.tr("Edit…"), self._edit)
        self._choices = (self.mine, self.theirs, self.arrived, self.absent, self.edit)
        for each in self._choices:
            each.hide()
        later = button(self.tr("Not now"), self.close)
        later.setDefault(True)  # an Enter too many overwrites nothing on either side
        self.add_buttons(list(self._choices), [later])

    def _named(self, text: str) -> None:
        """ "It is that one" needs an id, and is what Enter means once there is one."""
        self.arrived.setEnabled(bool(text.strip()))
        self.arrived.setDefault(bool(text.strip()))

    async def _read(self) -> None:
        details = await self._desk.entry(self._uuid)
        if not isValid(self):
            return
        self._show(details)
        code = details.why.code
        if details.entry.status is Status.CONFLICT and code not in WHICH | NOT_THERE:
            try:
                found = await self._desk.compare(self._uuid)
            except FhirDeskError as error:
                self.say(say(error))
                return
            if isValid(self):
                self._show_sides(found)

    def _show(self, details: EntryDetails) -> None:
        entry, code = details.entry, details.why.code
        name = details.patient_name or entry.key
        self.head.setText(visible(f"{words.what_of(entry.type, entry.operation)} · {name}"))
        self.why.setText(say(details.why))
        which = code in WHICH or entry.status is Status.UNKNOWN
        for each in (self.id, self.arrived, self.absent):
            each.setVisible(which)
        if which:
            self.id.setFocus()
        for each in (self.mine, self.theirs):
            each.setVisible(not which)
        gone = code in NOT_THERE
        self.edit.setVisible(not gone and not which and correctable(entry.status, entry.operation))
        self.mine.setText(self.tr("Make it there again") if gone else self.tr("Keep mine"))
        self.theirs.setText(self.tr("Delete it here too") if gone else self.tr("Take the server's"))

    def _show_sides(self, found: Sequence[FieldValues]) -> None:
        rows = [(field_word(f.field), *(visible(v) if v else "—" for v in (f.seen, f.mine, f.theirs))) for f in found]
        self.sides.fill(rows)
        self.sides.show()
        self.sides.wish(self)
        self.sides.setVisible(bool(rows))
        if not rows:
            self.say(self.tr("Both sides say the same now."), "ok")

    def _decide(self, how: str) -> None:
        for each in self._choices:
            each.setEnabled(False)
        self._tasks.start(self._resolve(how))

    async def _resolve(self, how: str) -> None:
        try:
            status = await self._desk.resolve(self._uuid, how, self.id.text().strip() or None)
        except FhirDeskError as error:
            if isValid(self):
                self.say(say(error))
                for each in self._choices:
                    each.setEnabled(True)
                self._named(self.id.text())
            return
        self.told.emit(self.tr("Decided: {state}.").format(state=words.look(status)[2]))
        if isValid(self):
            self.close()

    def _edit(self) -> None:
        self.wanted_correct.emit(self._uuid)
        self.close()
