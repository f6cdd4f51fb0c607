"""The line at the foot of a card: a mark, and what is known of what the card shows."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.design import measures
from ui.widgets.card import ElidedLabel
from ui.widgets.fields import MarkLabel


class Foot(QFrame):
    """One line, 36 px; where the room is narrow it is elided and its tip has the whole text."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("footBar")
        self.setFixedHeight(measures.FOOTER)
        self.mark, self.line = MarkLabel("saved"), ElidedLabel("footLine")
        row = QHBoxLayout(self)
        row.setContentsMargins(measures.CARD_PADDING, 0, measures.CARD_PADDING, 0)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.line, 1)

    def text(self) -> str:
        """The line that is shown."""
        return self.line.text()

    def show_line(self, text: str, mark: str = "") -> None:
        """Show a line with the mark of that name; without a mark the text alone."""
        self.line.setText(text)
        self.line.setToolTip("")
        self.mark.setVisible(bool(mark))
        if mark:
            self.mark.show_mark(mark)
        self.line.setProperty("tone", "refused" if mark == "refused" else "muted")
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
