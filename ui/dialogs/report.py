"""What an import did: new, changed, unchanged, and every refused row with its reason."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fhirdesk.views import ImportLine, ImportProgress
from ui import words
from ui.language import field_word, say, translate
from ui.models.paged import plain_tip
from ui.models.tables import visible
from ui.widgets.card import plain

KEPT = 1000  # refused rows that are listed


def summary(progress: ImportProgress) -> str:
    """'5 new · 2 changed · 1 unchanged · 0 refused'"""
    parts = []
    for name in words.RESULTS:
        number = words.count(getattr(progress, name))
        parts.append(f"{number} {translate('Results', words.RESULTS[name])}")
    return " · ".join(parts)


class ImportReport(QDialog):
    """Shown when rows were refused, or when the user asks."""

    def __init__(self, progress: ImportProgress, refused: Sequence[ImportLine], parent: QWidget | None = None):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Import"))
        self.resize(680, 460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(plain(summary(progress), "title"))
        if refused:
            text = self.tr("The refused rows were not stored. Correct them in the file and import it again.")
            note = plain(text, "muted")
            note.setWordWrap(True)
            layout.addWidget(note)
            layout.addWidget(self._table(refused), 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout.addWidget(buttons)

    def _table(self, refused: Sequence[ImportLine]) -> QTableWidget:
        table = QTableWidget(len(refused), 4)
        table.setHorizontalHeaderLabels([self.tr("Line"), self.tr("Number"), self.tr("Field"), self.tr("Why")])
        table.verticalHeader().hide()
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        table.setAccessibleName(self.tr("Refused rows"))
        for row, line in enumerate(refused):
            why = say(line.error) if line.error else ""
            for column, text in enumerate(
                (str(line.line), line.key or "—", field_word(line.field or "—"), visible(why))
            ):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                table.setItem(row, column, item)
        return table
