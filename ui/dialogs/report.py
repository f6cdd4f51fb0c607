"""The report of an import: numbers, every refused row with its reason, and the notes."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import ImportLine, ImportProgress
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.sheet import Sheet, make_button
from ui.language import render
from ui.models.tables import visible
from ui.widgets.grid import Grid

KEPT = 1000  # rows that are listed
MOST_NOTES = 8  # sentences about files
USUAL = frozenset({"import_not_ready"})  # notes that surprise nobody


def format_summary(progress: ImportProgress) -> str:
    """The numbers of an import: '5 new · 2 changed · 1 unchanged · 0 refused'"""
    parts = []
    for name in words.RESULTS:
        number = words.format_count(getattr(progress, name))
        parts.append(f"{number} {_(words.RESULTS[name])}")
    return " · ".join(parts)


def find_reasons(line: ImportLine) -> list[Reason]:
    """What to report of a row: why it was refused, or what was noticed though it was imported."""
    return [line.error] if line.error else [n for n in line.notes if n.code not in USUAL]


class ImportReport(Sheet):
    """Shown when rows were refused, or there are notes. `rows`: the rows to be listed."""

    def __init__(self, progress: ImportProgress, rows: Sequence[ImportLine], parent: QWidget | None = None):
        super().__init__("", parent)
        self.setWindowTitle(_("Import"))
        self.resize(760, 200)
        text = _("The refused rows were not stored. Correct them in the file and import it again.")
        self.add_heading(format_summary(progress), text if progress.refused else "")
        for note in progress.notes[:MOST_NOTES]:
            self.body.addWidget(self.make_note(visible(render(note))))
        if progress.refused > len(rows):
            shown, all_ = words.format_count(len(rows)), words.format_count(progress.refused)
            self.body.addWidget(self.make_note(fill(_("The first {shown} of {all}:"), shown=shown, all=all_)))
        titles = [_("Line"), _("Number"), _("Field"), _("Why")]
        self.rows = Grid(_("Rows of the import"), titles, 3, (64, 130, 130))
        self.rows.setWordWrap(True)
        self.rows.fill([_format_cells(line) for line in rows])
        self.rows.fit_height()
        self.body.addWidget(self.rows)
        self.add_buttons([], [make_button(_("Close"), self.close, primary=True)])


def _format_cells(line: ImportLine) -> tuple[str, str, str, str]:
    why = " ".join(render(reason) for reason in find_reasons(line))
    return str(line.line), visible(line.key or "—"), field_label(line.field or "—"), visible(why)
