"""Record field ↔ JSON path, both ways: a table of origins above the resource; a choice in one marks its place in the
other."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from fhirdesk.core.records import Record
from fhirdesk.core.views import How, OriginView, PreviewView
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import N_, _
from ui.models.json_spans import Path, format_path
from ui.models.tables import visible
from ui.widgets.grid import Grid
from ui.widgets.json_view import JsonView
from ui.widgets.states import Sign

HOWS: Mapping[How, tuple[str, str]] = {  # how → (mark, word)
    How.COPIED: ("copied", N_("copied")),
    How.MAPPED: ("mapped", N_("mapped")),
    How.DEFAULTED: ("added", N_("added")),
    How.KEPT: ("local", N_("kept")),
    How.LEFT_OUT: ("left_out", N_("left out")),
}


class MappingView(QSplitter):
    """Shows the mapping of one preview."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Vertical, parent)
        self._view: PreviewView | None = None
        self._origins: Sequence[OriginView] = ()
        self.table = Grid(_("Mapping"), ("", "", "", ""), 3, (96, 120, 128))
        self.table.currentCellChanged.connect(lambda row, *_: self._go(row))
        self.resource = JsonView(_("Resource"))
        self.resource.path_selected.connect(self._choose)
        self.addWidget(self.table)
        self.addWidget(self.resource)
        self.setStretchFactor(0, 2)
        self.setStretchFactor(1, 3)
        self.setChildrenCollapsible(False)
        self.retranslate()

    def retranslate(self) -> None:
        self.table.setAccessibleName(_("Mapping"))
        self.resource.edit.setAccessibleName(_("Resource"))
        titles = [_("How"), _("Field of the record"), _("Value"), _("In the resource")]
        self.table.setHorizontalHeaderLabels(titles)
        self.show_view(self._view)

    def show_view(self, view: PreviewView | None) -> None:
        """Show the origins of a preview."""
        self._view, self._origins = view, view.origins if view else ()
        self.resource.show_text(view.text if view else "")
        self.resource.mark(None)
        self.table.blockSignals(True)
        self.table.fill([_format_cells(o, view) for o in self._origins], [_get_sign(o) for o in self._origins])
        self.table.setCurrentCell(-1, -1)
        self.table.setVisible(bool(self._origins))
        self.table.blockSignals(False)

    def _go(self, row: int) -> None:
        """Mark the place of a field in the resource."""
        path = self._origins[row].path if 0 <= row < len(self._origins) else None
        match = self.resource.spans.find(path) if path else None
        self.resource.mark(match[1] if match else None)

    def _choose(self, path: Path) -> None:
        """Select the row of the field from which a value came."""
        chosen = format_path(path)
        rows = [n for n, o in enumerate(self._origins) if o.path and (o.path == chosen or _is_related(chosen, o.path))]
        if rows:
            self.table.blockSignals(True)
            self.table.setCurrentCell(rows[0], 1)
            self.table.blockSignals(False)
            self.resource.mark(self.resource.spans.by_path.get(path), go=False)


def _is_related(path: str, origin: str) -> bool:
    return origin.startswith((path + ".", path + "[")) or path.startswith((origin + ".", origin + "["))


def _format_cells(origin: OriginView, view: PreviewView | None) -> tuple[str, str, str, str]:
    record: Record | None = view.record if view else None
    value: Any = record.fields.get(origin.field) if record and origin.field else None
    word = _(HOWS[origin.how][1])
    return word, field_label(origin.field) if origin.field else "—", visible(_format_value(value)), origin.path or "—"


def _format_value(value: Any) -> str:
    if value is None:
        return "—"
    return "true" if value is True else "false" if value is False else str(value)


def _get_sign(origin: OriginView) -> Sign:
    return HOWS[origin.how][0], "text"
