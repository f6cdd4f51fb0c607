"""Record field ↔ JSON path, both ways: a table of origins above the resource; a choice in one marks its place in the
other."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from fhirdesk.core.views import How, OriginView, PreviewView
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import N_, _, fill
from ui import words
from ui.models.cells import Cell
from ui.models.json_spans import Path, find_value, format_path
from ui.models.tables import visible
from ui.widgets.cell_grid import CellGrid
from ui.widgets.json_view import JsonView

HOWS: Mapping[How, str] = {
    How.COPIED: N_("copied"),
    How.MAPPED: N_("mapped"),
    How.DEFAULTED: N_("added"),
    How.KEPT: N_("kept"),
    How.LEFT_OUT: N_("left out"),
}
GROUPS = (
    (N_("From the record"), frozenset({How.COPIED})),
    (N_("Changed by a code table"), frozenset({How.MAPPED})),
    (N_("Added or left out"), frozenset({How.DEFAULTED, How.KEPT, How.LEFT_OUT})),
)
WIDTHS = (120, 128, 0, 96)  # px of the columns; the third one takes what is left


class MappingView(QSplitter):
    """Shows the mapping of one preview in three groups."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Vertical, parent)
        self._view: PreviewView | None = None
        self._rows: list[OriginView | None] = []  # None: the title of a group
        self.table = CellGrid(4, (2,), WIDTHS)
        self.table.currentCellChanged.connect(lambda row, *_: self._go(row))
        self.resource = JsonView(_("Resource"))
        self.resource.path_selected.connect(self._choose)
        self.addWidget(self.table)
        self.addWidget(self.resource)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setChildrenCollapsible(False)
        self.retranslate()

    def retranslate(self) -> None:
        self.table.setAccessibleName(_("Mapping"))
        self.resource.edit.setAccessibleName(_("Resource"))
        self.show_view(self._view)

    def show_view(self, view: PreviewView | None) -> None:
        """Show the origins of a preview."""
        self._view = view
        self.resource.show_text(view.text if view else "")
        self.resource.mark(None)
        self._rows, cells = [], list[Sequence[Cell]]()
        for title, hows in GROUPS:
            origins = [o for o in view.origins if o.how in hows] if view else []
            if view and origins:
                self._rows += [None, *origins]
                cells.append([Cell(_(title), f"  {words.format_count(len(origins))}", is_section=True)])
                cells += [_build_cells(origin, view) for origin in origins]
        self.table.name_columns([_("Field"), _("Value"), _name_element(view), _("How")])
        self.table.fill(cells)
        self.table.setVisible(bool(cells))

    def _go(self, row: int) -> None:
        """Mark the place of a field in the resource."""
        origin = self._rows[row] if 0 <= row < len(self._rows) else None
        match = self.resource.spans.find(origin.path) if origin and origin.path else None
        self.resource.mark(match[1] if match else None)

    def _choose(self, path: Path) -> None:
        """Select the row of the field from which a value came."""
        chosen = format_path(path)
        paths = [(n, o.path) for n, o in enumerate(self._rows) if o and o.path]
        exact = [n for n, origin in paths if origin == chosen]
        rows = exact or [n for n, origin in paths if _is_related(chosen, origin)]
        if rows:
            self.table.blockSignals(True)
            self.table.setCurrentCell(rows[0], 0)
            self.table.blockSignals(False)
            self.resource.mark(self.resource.spans.by_path.get(path), go=False)


def _name_element(view: PreviewView | None) -> str:
    return fill(_("Element of {type}"), type=view.resource_type) if view else _("In the resource")


def _is_related(path: str, origin: str) -> bool:
    return origin.startswith((path + ".", path + "[")) or path.startswith((origin + ".", origin + "["))


def _build_cells(origin: OriginView, view: PreviewView) -> Sequence[Cell]:
    """Field, value, element and how; what the check or the server's last answer finds wrong is red."""
    value = view.record.fields.get(origin.field) if view.record and origin.field else None
    is_wrong = _is_wrong(origin, view)
    tone = "refused" if is_wrong else "text"
    how = _("refused") if is_wrong else _(HOWS[origin.how])
    return (
        Cell(field_label(origin.field) if origin.field else "—", tone="muted"),
        Cell(visible(_format_value(value)), _describe_code(origin, view)),
        Cell(origin.path or "—", tone=tone, mono=True),
        Cell(how, tone="refused" if is_wrong else "muted"),
    )


def _describe_code(origin: OriginView, view: PreviewView) -> str:
    """What a table made of the value: ' → male'."""
    made = find_value(view.resource, origin.path) if origin.how is How.MAPPED and origin.path else None
    return visible(f" → {made}") if isinstance(made, str) else ""


def _is_wrong(origin: OriginView, view: PreviewView) -> bool:
    path = f"{view.resource_type}.{origin.path}" if origin.path else None
    if any(issue.grave and (issue.expression == path or _is_named(issue.field, origin)) for issue in view.issues):
        return True
    answered = view.attempt.issues if view.attempt and (view.attempt.status or 0) >= 400 else ()
    return path is not None and any(issue.expression == path for issue in answered)


def _is_named(field: str | None, origin: OriginView) -> bool:
    return field is not None and field == origin.field and origin.how is not How.DEFAULTED


def _format_value(value: Any) -> str:
    if value is None:
        return "—"
    return "true" if value is True else "false" if value is False else str(value)
