"""What an import did: new, changed, unchanged, and every refused row with its reason."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fhirdesk.views import ImportLine, ImportProgress
from ui import words
from ui.dialogs.sheet import Sheet, button
from ui.language import field_word, say, translate
from ui.models.tables import visible
from ui.widgets.grid import Grid

KEPT = 1000  # refused rows that are listed


def summary(progress: ImportProgress) -> str:
    """'5 new · 2 changed · 1 unchanged · 0 refused'"""
    parts = []
    for name in words.RESULTS:
        number = words.count(getattr(progress, name))
        parts.append(f"{number} {translate('Results', words.RESULTS[name])}")
    return " · ".join(parts)


class ImportReport(Sheet):
    """Shown when rows were refused."""

    def __init__(self, progress: ImportProgress, refused: Sequence[ImportLine], parent: QWidget | None = None):
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Import"))
        self.resize(760, 460)
        text = self.tr("The refused rows were not stored. Correct them in the file and import it again.")
        self.heading(summary(progress), text)
        if progress.refused > len(refused):
            shown, all_ = words.count(len(refused)), words.count(progress.refused)
            self.body.addWidget(self.note(self.tr("The first {shown} of {all}:").format(shown=shown, all=all_)))
        titles = [self.tr("Line"), self.tr("Number"), self.tr("Field"), self.tr("Why")]
        self.rows = Grid(self.tr("Refused rows"), titles, 3, (64, 130, 130))
        self.rows.setWordWrap(True)
        self.rows.fill([_cells(line) for line in refused])
        self.body.addWidget(self.rows, 1)
        self.add_buttons([], [button(self.tr("Close"), self.close, primary=True)])


def _cells(line: ImportLine) -> tuple[str, str, str, str]:
    why = say(line.error) if line.error else ""
    return str(line.line), visible(line.key or "—"), field_word(line.field or "—"), visible(why)
