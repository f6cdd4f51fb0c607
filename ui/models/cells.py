"""What a cell shows: a value that the model gives and the row delegate paints."""

from dataclasses import dataclass

from PySide6.QtCore import Qt

CELL_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: a mark, a word in a tone, and the rest in a quiet one. A link is the row's next action.

    `mark`: a name of ui/design/marks, or none. `lead`: the first words, in the colour of the token `tone`, semibold
    where `strong`. `rest`: what follows. A section is a row of its own: its title (lead) and its count (rest)."""

    lead: str
    rest: str = ""
    tone: str = "text"
    mark: str = ""
    strong: bool = False
    tabular: bool = False
    right: bool = False
    is_link: bool = False
    is_section: bool = False
    is_skeleton: bool = False

    @property
    def text(self) -> str:
        """The words of the cell, as a screen reader says them."""
        return self.lead + self.rest


SKELETON = Cell("", is_skeleton=True)  # of a row that is not read yet
