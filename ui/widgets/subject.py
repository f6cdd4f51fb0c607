"""What a sheet is about: the mark of its state, its name, and its state in a word."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.card import ElidedLabel
from ui.widgets.fields import MarkLabel, text_label


class Subject(QWidget):
    """One line; a long name is elided, its tip has the whole of it."""

    def __init__(self) -> None:
        super().__init__()
        self.mark, self.name, self.state = MarkLabel("not_sent"), ElidedLabel("heading"), text_label(weight=500)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.name)
        row.addSpacing(4)
        row.addWidget(self.state)
        row.addStretch(1)

    def show_subject(self, mark: str, name: str, state: str = "", tone: str = "text") -> None:
        """`mark`: a name of ui/design/marks; `tone`: the token of the state's colour."""
        self.mark.show_mark(mark)
        self.name.setText(name)
        self.state.setText(state)
        self.state.setProperty("tone", tone)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)
        self.state.setVisible(bool(state))
