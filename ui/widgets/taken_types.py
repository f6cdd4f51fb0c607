"""What a server takes of each record type, and how many changes wait for it there."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from fhirdesk.core.views import ServerFacts, TypeTaken
from fhirdesk.i18n.labels import TYPES, type_label
from fhirdesk.i18n.translation import _
from ui import words
from ui.widgets.grid import Grid
from ui.widgets.states import Sign

WIDTHS = (144, 144, 0, 72)  # px; 0: what is left
WAITING = 3
SENDING = frozenset(["create", "update"])


def describe_taken(taken: TypeTaken | None) -> tuple[str, str]:
    """Words for what is taken of a type, and their mark; None: it is not known."""
    if taken is None:
        return "–", "local"
    if taken.interactions >= SENDING:
        return _("all of it"), "saved"
    if "create" in taken.interactions:
        return _("new ones"), "waiting"
    return (_("changes"), "waiting") if "update" in taken.interactions else (_("nothing"), "ended")


class TakenTypes(QFrame):
    """A row for each type; a type that is not taken while something waits for it is told in a colour."""

    def __init__(self) -> None:
        super().__init__()
        titles = [_("Kind of record"), "FHIR", _("Takes"), _("Waiting")]
        self.rows = Grid(_("What the server takes"), titles, 2, WIDTHS)
        self.rows.setObjectName("plainRows")
        self.rows.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.rows.setSelectionMode(Grid.SelectionMode.NoSelection)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the page around it scrolls
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)

    def show_types(self, facts: ServerFacts | None, unsent: Mapping[str, int]) -> None:
        """Show what is known of the server; None: it was not asked yet. `unsent`: record type → what waits there."""
        known = {each.type: each for each in facts.types} if facts else {}
        types = list(known) if facts else list(TYPES)
        types += [type_ for type_ in unsent if type_ not in types]
        signs: list[Sign] = [self._find_sign(known.get(type_), unsent.get(type_, 0)) for type_ in types]
        self.rows.fill([self._write_row(type_, known.get(type_), unsent.get(type_, 0)) for type_ in types], signs)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in range(len(types)):
            if item := self.rows.item(row, WAITING):
                item.setTextAlignment(right)
        if head := self.rows.horizontalHeaderItem(WAITING):
            head.setTextAlignment(right)
        self.rows.fit_height()

    @staticmethod
    def _find_sign(taken: TypeTaken | None, waiting: int) -> Sign:
        mark = describe_taken(taken)[1]
        return ("conflict", "conflict") if waiting and mark == "ended" else (mark, "text")

    @staticmethod
    def _write_row(type_: str, taken: TypeTaken | None, waiting: int) -> tuple[str, ...]:
        count = words.format_count(waiting) if waiting else "–"
        return (type_label(type_), taken.resource_type if taken else "", describe_taken(taken)[0], count)
