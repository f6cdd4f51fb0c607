"""What the server said, in its own words: a red bar, its sentences in quotation marks, and where they come from."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _
from ui.design import fonts
from ui.design.fonts import Size
from ui.models.tables import visible
from ui.widgets.fields import text_label


class Quote(QWidget):
    """Hidden while there is nothing to quote. The first sentence is meant for people, the others are quieter."""

    def __init__(self) -> None:
        super().__init__()
        bar = QFrame()
        bar.setObjectName("quoteBar")
        self.first, self.more = text_label(), text_label(tone="muted", size=Size.SMALL)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        for label in (self.first, self.more):
            label.setWordWrap(True)
            label.setAccessibleName(_("The server's own words"))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            lines.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(9)
        row.addWidget(bar)
        row.addLayout(lines, 1)
        self.source = text_label(tone="muted", size=Size.SMALL)
        self.place = text_label()
        self.place.setFont(fonts.mono())
        self.place.setWordWrap(True)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.source)
        foot.addWidget(self.place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addLayout(foot)
        self.hide()

    def show_quote(self, sentences: Sequence[str], source: str = "", place: str = "") -> None:
        """Quote these sentences. `source`: whose words they are; `place`: the element that they are about."""
        quoted = [f"“{visible(text)}”" for text in sentences]
        self.first.setText(quoted[0] if quoted else "")
        self.more.setText("\n".join(quoted[1:]))
        self.source.setText(source)
        self.place.setText(visible(place))
        for label in (self.more, self.source, self.place):
            label.setVisible(bool(label.text()))
        self.setVisible(bool(quoted))
