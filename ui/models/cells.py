"""What a cell shows: a value that the model gives and the row delegate paints."""

from dataclasses import dataclass

from PySide6.QtCore import Qt

CELL_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: a mark, a word in a tone, and the rest in a quiet one. A link is the row's next action.

    `mark`: a name of ui/design/marks, or none. `lead`: the first words, in the colour of the token `tone`, semibold
    where `strong`. `rest`: what follows. `mono`: a path or code. `below`: a second line, such as the path of a field.
    `chip`: the token of a ground behind the words. `mark_says`: the word of the mark, where no other word of the cell
    says it. A section is a row of its own: its title (lead) and its count (rest)."""

    lead: str
    rest: str = ""
    tone: str = "text"
    mark: str = ""
    strong: bool = False
    tabular: bool = False
    right: bool = False
    mono: bool = False
    below: str = ""
    chip: str = ""
    is_link: bool = False
    is_section: bool = False
    is_skeleton: bool = False
    mark_says: str = ""

    @property
    def text(self) -> str:
        """The words of the cell, as they are seen."""
        return self.lead + self.rest

    @property
    def spoken(self) -> str:
        """The words of the cell, as a screen reader says them: with what its mark shows."""
        return f"{self.text}, {self.mark_says}" if self.mark_says else self.text


SKELETON = Cell("", is_skeleton=True)  # of a row that is not read yet
