"""The widths of the columns of a table: as preferred where there is room, narrower where not, and some columns
hidden."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QHeaderView

from ui.models.paged import Column


def fit(columns: Sequence[Column[Any]], preferred: Sequence[int], room: int, dragged: int = -1) -> dict[int, int]:
    """Compute widths (px) by column number, of the columns that are shown. Nothing is lost beside the table as long as
    the minimum of each fits. `dragged`: the column that the user is dragging keeps its width."""
    shown = list(range(len(columns)))
    while sum(columns[n].min_width for n in shown) > room and any(columns[n].hide_rank for n in shown):
        shown.remove(max(shown, key=lambda n: columns[n].hide_rank))
    least = {n: preferred[n] if n == dragged else min(columns[n].min_width, preferred[n]) for n in shown}
    asked = sum(preferred[n] for n in shown)
    over, slack = asked - room, asked - sum(least.values())
    share = min(1.0, over / slack) if over > 0 and slack else float(over > 0)
    widths = {n: preferred[n] - round((preferred[n] - least[n]) * share) for n in shown}
    growing = next((n for n in shown if columns[n].stretches), shown[-1])
    widths[growing] = max(least[growing], widths[growing] + room - sum(widths.values()))
    return widths


class Widths:
    """Keeps the preferred widths apart from what the window has room for, so that a small window does not forget
    them."""

    def __init__(self, head: QHeaderView, columns: Sequence[Column[Any]]):
        self._head, self._columns = head, columns
        self._preferred = [c.width for c in columns]
        self._room = 0
        self._busy = False
        head.sectionResized.connect(self._prefer)

    def fit_into(self, room: int) -> None:
        """Fit the columns into that many px."""
        self._room = room
        self._resize(fit(self._columns, self._preferred, room))

    def _prefer(self, number: int, _old: int, new: int) -> None:
        """Prefer the width that the user has dragged a column to."""
        if not self._busy and new:
            self._preferred[number] = new
            self._resize(fit(self._columns, self._preferred, self._room, number))

    def _resize(self, widths: dict[int, int]) -> None:
        self._busy = True
        for number in range(len(self._columns)):
            self._head.setSectionHidden(number, number not in widths)
            if number in widths:
                self._head.resizeSection(number, widths[number])
        self._busy = False

    def read_state(self) -> QByteArray:
        """Order and preferred widths, to be saved."""
        self._resize(dict(enumerate(self._preferred)))
        state = self._head.saveState()
        self.fit_into(self._room)
        return self._name_columns() + state

    def _name_columns(self) -> QByteArray:
        """What a saved state begins with: it fits these columns only."""
        return QByteArray(",".join(column.name for column in self._columns).encode() + b"\n")

    def restore(self, state: QByteArray) -> None:
        """Arrange the columns as they were saved; the state of a table with other columns is left alone."""
        names = self._name_columns()
        if not state.startsWith(names):
            return
        self._busy = True
        self._head.restoreState(state.sliced(names.size()))
        self._busy = False
        self._preferred = [self._head.sectionSize(n) or c.width for n, c in enumerate(self._columns)]
        self.fit_into(self._room)

    def reset(self) -> None:
        """Arrange the columns as they were at the first start."""
        for number, column in enumerate(self._columns):
            self._head.moveSection(self._head.visualIndex(number), number)
            self._preferred[number] = column.width
        self.fit_into(self._room)
