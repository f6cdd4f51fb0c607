"""The conflict sheet: values as loaded, as typed here, and on the server now; both sides are read again at the
click."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.records import Kind, RecordType
from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.i18n.labels import field_label, inside_sentence
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.sheet import Sheet, make_button
from ui.language import render
from ui.tasks import Tasks
from ui.widgets.card import plain_label
from ui.widgets.sides import Sides

NOT_TYPED = (Kind.LIST, Kind.JSON, Kind.BOOLEAN)
WIDE, MOST, BESIDE = 860, 420, 330  # px: of the sheet, of its fields, of all beside them
AGAIN = "resolve_changed_again"


class MergeSheet(Sheet):
    """Shows the fields that differ and saves what was chosen; subclasses say how both are done."""

    def __init__(self, desk: Desk, tasks: Tasks, parent: QWidget | None = None):
        super().__init__("", parent, WIDE)
        self._desk, self._tasks, self._type = desk, tasks, "patient"
        self.setWindowTitle(_("Resolve"))
        self.head, self.why, self.about = (
            plain_label(name="heading"),
            plain_label(name="muted"),
            plain_label(name="muted"),
        )
        for label in (self.head, self.why):
            label.setWordWrap(True)
            self.body.addWidget(label)
        self._add_line()
        self.sides = Sides()
        self.sides.changed.connect(self._show_choice)
        self.sides.hide()
        self.body.addWidget(self.sides, 1)

    def _add_line(self) -> None:
        self.all_mine = make_button(_("All as typed"), lambda: self.sides.choose_all(Side.MINE))
        self.all_theirs = make_button(_("All as on the server"), lambda: self.sides.choose_all(Side.THEIRS))
        line = QHBoxLayout()
        line.addWidget(self.about, 1)
        for each in (self.all_mine, self.all_theirs):
            each.setProperty("quiet", True)
            each.hide()
            line.addWidget(each)
        self.body.addLayout(line)

    def add_decisions(self, more: Sequence[QPushButton] = ()) -> None:
        """Add the banner and the buttons. Until a choice is made, Later is the default, so that an Enter too many
        overwrites nothing on either side."""
        self.add_banner()
        self.again = make_button(_("Read again"), lambda: self._tasks.start(self.read_again()))
        self.save = make_button(_("Save what was chosen"), self._begin)
        self.save.setProperty("primary", True)
        self.later = make_button(_("Later"), self.close)
        for each in (self.again, self.save):
            each.hide()
        self.later.setDefault(True)
        self.add_buttons([*more, self.again], [self.later, self.save])

    # -- what its children do

    async def compare(self) -> tuple[FieldValues, ...]:
        """Read the fields that differ, now."""
        raise NotImplementedError

    async def save_choices(self, choices: Choices) -> None:
        """Save what was chosen. Raises Refused where either side has changed since."""
        raise NotImplementedError

    # -- reading

    async def read_again(self) -> None:
        """Read both sides again; a choice between the same values stays."""
        try:
            rows, types = await self.compare(), await self._desk.records.read_types()
        except FhirDeskError as error:
            if isValid(self):
                self.show_message(render(error))
                self.again.show()
            return
        if isValid(self):
            self.banner.hide()
            self.show_sides(rows, types[self._type])

    def show_sides(self, rows: Sequence[FieldValues], kind: RecordType) -> None:
        """Show the fields of a record type; the headline names those that the user must choose, and no others."""
        both = [inside_sentence(field_label(row.field)) for row in rows if row.who is Side.BOTH]
        if both:
            self.why.setText(
                fill(
                    _("Also changed on the server: {fields}. Choose; the rest is merged by itself."),
                    fields=", ".join(both),
                )
            )
        elif rows:
            self.why.setText(_("Both sides changed other fields: they go together, nothing is to be chosen."))
        else:
            self.why.setText(_("Both sides say the same now."))
        self.sides.fill(rows, lambda name: (f := kind.field(name)) is not None and f.kind not in NOT_TYPED)
        self.about.setText(fill(_("The server's values as of {time}"), time=words.format_clock()))
        for each in (self.all_mine, self.all_theirs):
            each.setVisible(len(both) > 1)
        self.save.show()
        self.again.show()
        self.sides.setVisible(bool(rows))
        self._grow()

    def _show_choice(self) -> None:
        ready = self.sides.is_ready
        self.save.setEnabled(ready)
        (self.save if ready and self.sides.choices else self.later).setDefault(True)
        self.save.setToolTip("" if ready else _("Choose a value for each field first"))
        QTimer.singleShot(0, self, self._grow)  # once a third value has its room

    def _grow(self) -> None:
        """Make the sheet as high as its fields, within the screen."""
        self.sides.fit_height(min(MOST, self.screen().availableSize().height() - BESIDE))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter after a typed value does not close the sheet while another choice is open."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (
            enter and isinstance(self.focusWidget(), QLineEdit) and self.save.isVisible() and not self.sides.is_ready
        ):
            super().keyPressEvent(event)

    # -- saving

    def _begin(self) -> None:
        self.set_busy(True)
        self._tasks.start(self._save(self.sides.read_choices()))

    def set_busy(self, busy: bool) -> None:
        """Disable everything while an answer is awaited."""
        for each in (self.save, self.again, self.later):
            each.setEnabled(not busy)
        self.sides.setEnabled(not busy)
        if not busy:
            self._show_choice()

    async def _save(self, choices: Choices) -> None:
        try:
            await self.save_choices(choices)
        except FhirDeskError as error:
            if isValid(self):
                await self._show_refusal(error)
        finally:
            if isValid(self):
                self.set_busy(False)

    async def _show_refusal(self, error: FhirDeskError) -> None:
        """Show why it was not saved; where it changed once more, show both sides as they are now."""
        if error.code == AGAIN:
            await self.read_again()
        if isValid(self):
            self.show_message(render(error), "warn" if error.code == AGAIN else "bad")
