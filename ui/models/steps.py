"""What a step of a timeline shows: one thing that happened, or one entry of a chain."""

from dataclasses import dataclass

from PySide6.QtCore import Qt

STEP_ROLE = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class Step:
    """A mark (a name of ui/design/marks), what happened, more about it, and at the right when, and how long it took.
    `tone`: the token of the colour of `when`."""

    mark: str
    title: str
    rest: str = ""
    when: str = ""
    span: str = ""
    tone: str = "muted"

    @property
    def text(self) -> str:
        """The words of the step, as a screen reader says them."""
        return " · ".join(filter(None, (self.title, self.rest, self.when, self.span)))
