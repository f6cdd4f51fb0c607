"""The entries that need a person, grouped by cause; each group is a filter."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import FailureGroup
from fhirdesk.i18n.translation import _
from ui import words
from ui.language import render
from ui.models.tables import visible
from ui.widgets.grid import Grid

WORST_FIRST = (Status.CONFLICT, Status.FAILED, Status.HELD)


class Causes(Grid):
    """A table of groups: state, number of entries, reason."""

    chosen = Signal(object)  # FailureGroup

    def __init__(self, parent: QWidget | None = None):
        super().__init__(_("Causes"), ("", "", ""), 2, (136, 92))
        self.setParent(parent)
        self._groups: Sequence[FailureGroup] = ()
        self.cellClicked.connect(lambda row, _column: self.chosen.emit(self._groups[row]))
        self.retranslate()

    def show_groups(self, groups: Sequence[FailureGroup]) -> None:
        """Show all groups, the most frequent first."""
        if groups != self._groups:
            self._groups = groups
            self._show_rows()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Causes"))
        self.setHorizontalHeaderLabels([_("State"), _("Entries"), _("Why")])
        self._show_rows()

    def _show_rows(self) -> None:
        worst = [next(s for s in WORST_FIRST if s in g.statuses) for g in self._groups]
        rows = [
            (words.name_state(status), words.format_count(group.count), visible(render(group.shared)))
            for status, group in zip(worst, self._groups, strict=True)
        ]
        self.fill(rows, [(words.get_mark(s), words.get_tone(s)) for s in worst])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space choose a group, as a click does."""
        if event.text() in ("\r", "\n", " ") and 0 <= self.currentRow() < len(self._groups):
            self.chosen.emit(self._groups[self.currentRow()])
        else:
            super().keyPressEvent(event)
