"""The Diff tab: field by field how a record was last in step, is here, is on the server; below it both resources."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from fhirdesk.core.views import ComparisonView, FieldValues, How, PreviewView, Side
from fhirdesk.i18n.labels import field_label
from fhirdesk.i18n.translation import _, fill, pgettext
from ui import words, words_versions
from ui.models.cells import Cell
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.cell_grid import CellGrid, Row
from ui.widgets.chips import LinkButton, Segments
from ui.widgets.read_bar import ServerPane
from ui.widgets.side_by_side import OURS, SERVER, SideBySide

WIDE = 700  # px: room for the choice of what is shown
WIDTHS = (136, 0, 0, 0, 104)  # px of the columns
SIDES = (1, 2, 3)  # the columns that share what is left
BOTH, FIELDS, TEXTS = range(3)  # what is shown


class DiffTab(ServerPane):
    """Shows a comparison. `read_requested`: the server's copy of now is wanted."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None):
        self.table, self.sides = CellGrid(5, SIDES, WIDTHS), SideBySide(tasks)
        self._view: ComparisonView | None = None
        self._paths: Mapping[str, str] = {}
        self._shows_all = False
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.sides)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        super().__init__(splitter, parent)
        self.segments = Segments(["", "", ""], "")
        self.segments.chosen.connect(self._show_part)
        self.show_all = LinkButton("")
        self.show_all.clicked.connect(lambda _=False: self._toggle_all())
        self.bar.row.insertWidget(1, self.show_all)
        self.bar.row.addWidget(self.segments)
        self.table.currentCellChanged.connect(lambda row, *_: self._go(row))
        self.retranslate()

    def retranslate(self) -> None:
        super().retranslate()
        self.segments.set_texts([_("Fields + JSON"), _("Fields"), _("JSON")])
        self.segments.setAccessibleName(_("What is compared"))
        self.table.setAccessibleName(_("Differences"))
        if self._view:
            self._show(self._view)

    def apply_theme(self) -> None:
        super().apply_theme()
        self.sides.apply_theme()

    @property
    def is_shown(self) -> bool:
        """Whether there is a comparison."""
        return self._view is not None

    @property
    def is_read(self) -> bool:
        """Whether the server's copy of now is shown."""
        return self._view is not None and self._view.read_at is not None

    @property
    def count(self) -> int:
        """How many fields differ."""
        return len(self._view.fields) if self._view else 0

    def show_view(self, view: ComparisonView | None, preview: PreviewView | None) -> None:
        """Show a comparison; None: there is nothing to compare."""
        self._view = view
        shown = preview.origins if preview else ()
        self._paths = {o.field: o.path for o in shown if o.field and o.path and o.how is not How.DEFAULTED}
        if view is None or view.reference is None:
            self.show_note(
                _(words_versions.NOT_STORED if view is None else words_versions.NOT_THERE),
                glyph="git-compare",
                can_read=False,
            )
            self._name_all()
        else:
            self._show(view)

    def _show(self, view: ComparisonView) -> None:
        base, ours, server = words_versions.name_sides(view)
        self.table.name_columns([_("Field"), base, ours, server, pgettext("diff", "Changed")])
        self.table.fill([*(self._build_row(f, view) for f in view.fields), *self._list_alike(view)])
        other, head = (view.theirs, server) if view.theirs is not None else (view.base, base)
        self.sides.show_texts((ours, head), view.mine, other or "")
        self.show_content(words_versions.summarise_comparison(view), view.read_at)
        self._name_all()

    def _build_row(self, field: FieldValues, view: ComparisonView) -> Row:
        is_read = view.read_at is not None
        mine = OURS if field.who is not Side.THEIRS else ""
        theirs = SERVER if field.who is not Side.MINE and is_read else ""
        return (
            Cell(field_label(field.field), below=self._paths.get(field.field, "")),
            Cell(_say(field.field, field.base), tone="muted"),
            Cell(_say(field.field, field.mine), chip=mine),
            Cell(_say(field.field, field.theirs) if is_read else "—", chip=theirs),
            Cell(words_versions.describe_side(field), tone="conflict" if field.who is Side.BOTH else "text"),
        )

    def _list_alike(self, view: ComparisonView) -> list[Row]:
        if not self._shows_all or not view.alike:
            return []
        rows: list[Row] = [[Cell(_("Equal"), f"  {words.format_count(len(view.alike))}", is_section=True)]]
        for name, value in view.alike.items():
            said = Cell(_say(name, value), tone="muted")
            label = Cell(field_label(name), tone="muted", below=self._paths.get(name, ""))
            rows.append((label, said, said, said if view.read_at else Cell("—", tone="muted"), Cell("")))
        return rows

    def _name_all(self) -> None:
        """Offer the equal fields, or hide them again."""
        number = len(self._view.alike) if self._view else 0
        self.show_all.setVisible(bool(number) and self.pages.currentWidget() is self.content)
        count = words.format_count(number)
        hidden = fill(_("Show {count} equal"), count=count)
        self.show_all.setText(_("Hide equal fields") if self._shows_all else hidden)

    def _toggle_all(self) -> None:
        self._shows_all = not self._shows_all
        if self._view:
            self._show(self._view)

    def _go(self, row: int) -> None:
        """Mark the place of a field in both resources."""
        fields = [f.field for f in self._view.fields] if self._view else []
        path = self._paths.get(fields[row]) if 0 <= row < len(fields) else None
        for side in (self.sides.left, self.sides.right):
            match = side.text.spans.find(path) if path and not side.text.is_long else None
            if match:
                side.text.go_to(match[1])

    def _show_part(self, part: int) -> None:
        self.table.setVisible(part != TEXTS)
        self.sides.setVisible(part != FIELDS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the choice of what is shown where there is room for it."""
        super().resizeEvent(event)
        self.segments.setVisible(event.size().width() >= WIDE)


def _say(field: str, value: str | None) -> str:
    return visible(words.format_value(field, value))
