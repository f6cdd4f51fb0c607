"""Whom a card is about: the name, and below it what tells one person from another."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.design import fonts
from ui.widgets.card import ElidedLabel

BETWEEN = "\u2003"  # between two facts: as wide as a letter is high


class PersonHead(QWidget):
    """A name of 18 px and a line of facts."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.name, self.facts = ElidedLabel("heading"), ElidedLabel("muted")
        self.facts.setFont(fonts.sans(tabular=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(2)
        for label in (self.name, self.facts):
            column.addWidget(label)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_subject(self, name: str, facts: Sequence[str]) -> None:
        """Show a name and its facts; the ones that are not known are left out."""
        self.name.setText(name)
        self.facts.setText(BETWEEN.join(filter(None, facts)))
