"""The issues that the R4 check found in a resource; each line leads to its place."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fhirdesk.core.views import IssueView
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, pgettext
from ui.language import render
from ui.models.tables import visible
from ui.widgets.grid import Grid
from ui.widgets.states import Sign
from ui.words_http import SEVERITIES

MARKS = {"warning": "conflict", "information": "note", "success": "done"}  # others are errors


class IssuesView(Grid):
    """A table of severity, field, issue, and place."""

    chosen = Signal(str)  # an expression

    def __init__(self, parent: QWidget | None = None):
        super().__init__(_("Issues"), ("", "", "", ""), 2, (104, 120, 0, 190))
        self.setParent(parent)
        self.setWordWrap(True)
        self._issues: Sequence[IssueView] = ()
        self.cellClicked.connect(lambda row, _column: self._choose(row))
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Issues"))
        self.setHorizontalHeaderLabels([pgettext("issue", "Severity"), _("Field"), _("What"), _("Where")])
        self.show_issues(self._issues)

    def show_issues(self, issues: Sequence[IssueView]) -> None:
        """Show the issues of a preview."""
        self._issues = issues
        signs: list[Sign] = [(MARKS.get(i.severity, "refused"), "refused" if i.grave else "text") for i in issues]
        rows = [
            (
                _(SEVERITIES.get(issue.severity, issue.severity)),
                field_label(issue.field) if issue.field else "—",
                visible(render(issue.why)),
                visible(issue.expression or "—"),
            )
            for issue in issues
        ]
        self.fill(rows, signs)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter leads to the place, as a click does."""
        if event.text() == "\r":
            self._choose(self.currentRow())
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._issues) and self._issues[row].expression:
            self.chosen.emit(self._issues[row].expression)
