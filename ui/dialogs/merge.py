"""The conflict sheet: values as loaded, as typed here, and on the server now; both sides are read again at the
click."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.records import Kind as FieldKind
from fhirdesk.core.records import RecordType
from fhirdesk.core.views import Choices, FieldValues, Side
from fhirdesk.i18n.labels import field_label, inside_sentence
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.design.measures import DISC
from ui.dialogs.sheet import BESIDE, Sheet, make_button
from ui.language import render
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.button import Button, Kind
from ui.widgets.chips import LinkButton
from ui.widgets.fields import text_label
from ui.widgets.sides import Sides

NOT_TYPED = (FieldKind.LIST, FieldKind.JSON, FieldKind.BOOLEAN)
WIDTH = 880  # px
LINK = 4  # px beside the text of a link
AGAIN = "resolve_changed_again"


class MergeSheet(Sheet):
    """Shows the fields that differ and saves what was chosen; subclasses say how both are done."""

    def __init__(self, desk: Desk, tasks: Tasks, parent: QWidget | None = None):
        super().__init__("", parent, WIDTH)
        self._desk, self._tasks, self._type = desk, tasks, "patient"
        self.setWindowTitle(_("Resolve"))
        self.body.setContentsMargins(0, 0, 0, 16)
        self.why, self.about = text_label(tone="muted"), text_label(tone="muted")
        self.why.setWordWrap(True)
        self.why.setContentsMargins(BESIDE + DISC + 8, 0, BESIDE, 0)
        self.body.addWidget(self.why)
        self.body.addLayout(self._build_line())
        self.sides = Sides()
        self.sides.changed.connect(self._show_choice)
        self.sides.hide()
        self.body.addWidget(self.sides)
        self.parts = QVBoxLayout()  # what subclasses add
        self.parts.setContentsMargins(BESIDE, 0, BESIDE, 0)
        self.body.addLayout(self.parts)

    def _build_line(self) -> QHBoxLayout:
        """What the conflict is about, and the two links that choose all."""
        self.all_mine, self.all_theirs = LinkButton(_("All as typed")), LinkButton(_("All as on the server"))
        self.all_mine.clicked.connect(lambda _=False: self.sides.choose_all(Side.MINE))
        self.all_theirs.clicked.connect(lambda _=False: self.sides.choose_all(Side.THEIRS))
        line = QHBoxLayout()
        line.setContentsMargins(BESIDE, 0, BESIDE - LINK, 0)
        line.setSpacing(16)
        line.addWidget(self.about, 1)
        for each in (self.all_mine, self.all_theirs):
            each.setAutoDefault(False)
            each.hide()
            line.addWidget(each)
        return line

    def add_decisions(self, more: Sequence[Button] = ()) -> None:
        """Add the banner and the buttons. Until a choice is made, Later is the default, so that an Enter too many
        overwrites nothing on either side."""
        self.add_banner()
        self.again = make_button(_("Read again"), lambda: self._tasks.start(self.read_again()), quiet=True)
        self.again.set_icon("refresh-cw")
        self.as_of = text_label(tone="muted")
        self.save = make_button(_("Save what was chosen"), self._begin, primary=True)
        self.later = make_button(_("Later"), self.close)
        for each in (self.again, self.save):
            each.hide()
        self.save.setAutoDefault(False)
        self.add_buttons([self.again, self.as_of], [self.later, *more, self.save])
        self.later.setDefault(True)
        self.later.setFocus()

    def name_record(self, type_: str, name: str, about: Sequence[str]) -> None:
        """Say whose record changed on both sides. `about`: the operation, the record's number, when it was typed."""
        pattern = _("{name}: changed on the server meanwhile, too")
        if type_ == "patient":
            pattern = _("{name}'s data changed on the server meanwhile, too")
        self.show_subject("conflict", visible(fill(pattern, name=name)))
        self.about.setText(visible(" · ".join(about)))

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
        self.save.setText(_("Save what was chosen"))
        if both:
            text = _("Also changed on the server: {fields}. Choose; the rest is merged by itself.")
            self.why.setText(fill(text, fields=", ".join(both)))
        elif rows:
            self.why.setText(_("Both sides changed other fields: they go together, nothing is to be chosen."))
            self.save.setText(_("Save both changes"))
        else:
            self.why.setText(_("Both sides say the same now."))
            self.save.setText(_("End the conflict"))
        self.sides.fill(rows, lambda name: (f := kind.field(name)) is not None and f.kind not in NOT_TYPED)
        for each in (self.all_mine, self.all_theirs):
            each.setVisible(len(both) > 1)
        self.save.show()
        self.show_time()
        self.sides.setVisible(bool(rows))

    def show_time(self) -> None:
        """Say when the server's values were read, beside the button that reads them again."""
        self.as_of.setText(fill(_("as of {time}"), time=words.format_clock()))
        self.again.show()

    def _show_choice(self) -> None:
        ready = self.sides.is_ready
        self.save.setEnabled(ready)
        (self.save if ready and self.sides.choices else self.later).setDefault(True)
        self.save.setToolTip("" if ready else _("Choose a value for each field first"))

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
                await self.show_refusal(error)
        finally:
            if isValid(self):
                self.set_busy(False)

    async def show_refusal(self, error: FhirDeskError) -> None:
        """Show why it was not saved; where it changed once more, show both sides as they are now."""
        if error.code == AGAIN:
            await self.read_again()
        if isValid(self):
            self.show_message(render(error), "warn" if error.code == AGAIN else "bad")


def make_decision(text: str, kind: Kind = Kind.NORMAL) -> Button:
    """A button that decides; it is hidden until its decision is possible."""
    button = Button(text, kind, tall=True)
    button.setAutoDefault(False)
    button.hide()
    return button
