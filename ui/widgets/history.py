"""The History tab: the versions that the server keeps, what each of them changed, and the one that is chosen."""

from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QWidget

from fhirdesk.core.views import HistoryView, VersionView
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill, pgettext
from ui import words, words_versions
from ui.models.cells import Cell
from ui.models.line_diff import compare_lines
from ui.models.tables import visible
from ui.widgets.cell_grid import CellGrid, Row
from ui.widgets.json_view import JsonView
from ui.widgets.read_bar import ServerPane
from ui.widgets.side_by_side import SERVER

WIDTHS = (72, 152, 136, 0)  # px of the columns; the last one takes what is left
LAST = 3


class HistoryTab(ServerPane):
    """Shows a history. `read_requested`: the versions of now are wanted."""

    def __init__(self, parent: QWidget | None = None):
        self.table, self.text = CellGrid(4, (LAST,), WIDTHS), JsonView("")
        self.text.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)  # a changed line is tinted whole
        self._history: HistoryView | None = None
        self._rows: list[VersionView] = []  # of each row
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.text)
        super().__init__(splitter, parent)
        self.table.currentCellChanged.connect(lambda row, *_: self._show_version(row))
        self.retranslate()

    def retranslate(self) -> None:
        super().retranslate()
        self.table.setAccessibleName(_("History"))
        self.text.edit.setAccessibleName(_("The chosen version"))
        self.table.name_columns([_("Version"), _("When"), _("Field"), pgettext("history", "Changed")])
        if self._history:
            self.show_history(self._history)

    def apply_theme(self) -> None:
        super().apply_theme()
        self.text.apply_theme()

    def show_unread(self, *, is_stored: bool, is_sent: bool) -> None:
        """Show that nothing was read yet, or that there is nothing to read."""
        self._history = None
        text = (
            words_versions.UNREAD if is_sent else words_versions.NOT_THERE if is_stored else words_versions.NOT_STORED
        )
        self.show_note(_(text), can_read=is_sent)

    def show_history(self, history: HistoryView) -> None:
        """Show the versions, the newest one chosen."""
        self._history = history
        if not history.is_kept:
            self.show_note(fill(_(words_versions.NO_HISTORY), reference=history.reference))
            return
        rows, self._rows = list[Row](), []
        for version in history.versions:
            cells = _build_rows(version)
            rows += cells
            self._rows += [version] * len(cells)
        self.table.fill(rows)
        self.show_content(words_versions.summarise_history(history), history.read_at)
        self.table.setCurrentCell(0, 0)
        self._show_version(0)

    def _show_version(self, row: int) -> None:
        """Show the resource of a version, with the lines tinted that the one before did not have."""
        version = self._rows[row] if 0 <= row < len(self._rows) else None
        self.text.show_text(version.text if version else "")
        if version and version.text and (older := self._find_older(version)):
            self.text.tint_lines(_list_new_lines(older.text, version.text), SERVER)

    def _find_older(self, version: VersionView) -> VersionView | None:
        versions = self._history.versions if self._history else ()
        number = versions.index(version) + 1
        return versions[number] if number < len(versions) and versions[number].text else None


def _list_new_lines(older: str, newer: str) -> Sequence[int]:
    """The numbers of the lines of the newer text that the older one does not have."""
    diff = compare_lines(newer, older)
    lines = diff.left.split("\n")
    numbers = accumulate((bool(line) for line in lines), initial=0)  # without the blank lines
    own = list(numbers)
    return [own[n] for n in diff.left_lines]


def _build_rows(version: VersionView) -> list[Row]:
    """A row for each field that a version changed; the first one says which version, and when."""
    number = Cell(version.version_id or "—", strong=True, tabular=True)
    when = Cell(words.format_moment(version.at) if version.at else "—", tone="muted", tabular=True)
    if version.is_creation or version.is_deletion or not version.changes:
        tone = "refused" if version.is_deletion else "muted"
        return [(number, when, Cell(words_versions.describe_version(version), tone=tone), Cell(""))]
    rows: list[Row] = []
    for change in version.changes:
        values = (visible(words.format_value(change.field, value)) for value in (change.before, change.after))
        said = Cell(" → ".join(values))
        first = (number, when) if not rows else (Cell(""), Cell(""))
        rows.append((*first, Cell(field_label(change.field), tone="muted"), said))
    return rows
