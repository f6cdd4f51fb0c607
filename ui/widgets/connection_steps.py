"""The steps of a connection test: a mark, what was tested, and how long it took; what was found is the tip."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from fhirdesk.core.views import CheckStep
from fhirdesk.i18n.translation import N_, _, fill
from ui import words
from ui.design.fonts import Size
from ui.language import render
from ui.models.tables import visible
from ui.widgets.fields import MarkLabel, text_label

STEPS = {
    "address": N_("Address"),
    "dns": N_("Name of the server (DNS)"),
    "connect": N_("Connection"),
    "tls": N_("Secure connection (TLS)"),
    "metadata": N_("What the server is (/metadata)"),
    "version": N_("FHIR version"),
    "token": N_("Sign-in"),
    "scopes": N_("Permissions"),
    "read": N_("Reading"),
    "writes": N_("Writing"),
}
SHORT = {
    "dns": N_("Server name"),
    "tls": "TLS",
    "metadata": "/metadata",
}
STEP, GAP = 148, 8  # px of one, and between two of them


def name_step(name: str, *, short: bool = False) -> str:
    """What a step tests; a step that is not known is called by its code."""
    label = SHORT.get(name) if short else None
    return _(label or STEPS[name]) if name in STEPS else name


class ConnectionSteps(QWidget):
    """Shows the steps side by side, as many in a row as there is room for; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(4)
        self.hide()

    def show_steps(self, steps: Sequence[CheckStep]) -> None:
        """Show these steps instead of the last ones."""
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self._cells = [self._build_cell(step) for step in steps]
        self._arrange()
        self.setVisible(bool(steps))

    def _arrange(self) -> None:
        in_a_row = max(2, self.width() // STEP)
        for column in range(self._grid.columnCount() + 1):
            self._grid.setColumnMinimumWidth(column, STEP - GAP if column < in_a_row else 0)
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(in_a_row, 1)
        for number, cell in enumerate(self._cells):
            self._grid.addWidget(cell, number // in_a_row, number % in_a_row, Qt.AlignmentFlag.AlignLeft)

    def minimumSizeHint(self) -> QSize:
        """Two steps side by side: the rows are broken anew at another width."""
        return QSize(2 * STEP, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the rows anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    @staticmethod
    def _build_cell(step: CheckStep) -> QWidget:
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        tone = "text" if step.ok else "refused"
        time = fill(_("{count} ms"), count=words.format_count(round(step.ms)))
        row.addWidget(MarkLabel("done" if step.ok else "refused"))
        row.addWidget(text_label(name_step(step.name, short=True), tone, Size.SMALL, 500))
        row.addWidget(text_label(time, "muted", Size.SMALL))
        told = visible(render(step.message))
        cell.setToolTip(told)
        result = _("in order") if step.ok else _("not in order")
        cell.setAccessibleName(f"{name_step(step.name)}: {result}, {told}, {time}")
        return cell
