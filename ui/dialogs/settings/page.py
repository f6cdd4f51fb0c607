"""What the pages of the settings share: a title, rows of a label, a value and where the value comes from."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from fhirdesk.core.settings import Source
from fhirdesk.i18n.translation import N_, _
from ui.design.fonts import Size
from ui.design.measures import RING, SHEET_CONTROL, SHEET_FOOTER
from ui.widgets.fields import text_label

HEAD = 64  # px
BESIDE = 24
CLOSE = 44  # px at the right of a head that the sheet's × takes
LABEL, VALUE = 176, 304  # px at least, so that labels, values and sources of a page line up
SOURCES = {
    Source.OPTION: N_("an option at the start"),
    Source.ENVIRONMENT: N_("the environment"),
    Source.ENV_FILE: N_("the .env file"),
    Source.FILE: N_("settings.toml"),
    Source.PROFILE: N_("this server's profile"),
    Source.DEFAULT: N_("default"),
}


def name_source(source: Source) -> str:
    """Where a value comes from, and that it cannot be changed here if it is so."""
    word, fixed = _(SOURCES[source]), _("cannot be changed here")
    return f"{word} · {fixed}" if source.is_fixed else word


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of a page."""

    label: QLabel
    control: QWidget
    source: QLabel


class Page(QWidget):
    """A page with a title; its rows scroll where the room is too small."""

    def __init__(self, title: str, note: str = ""):
        super().__init__()
        self.title = text_label(title, "text", Size.PERSON, 600)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._build_head())
        holder = QWidget()
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(BESIDE, 0, BESIDE, BESIDE)
        self.body.setSpacing(12)
        if note:
            self.add_note(note)
        self._grid: QGridLayout | None = None
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column.addWidget(area, 1)

    def _build_head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(HEAD)
        self.head = QHBoxLayout(head)
        self.head.setContentsMargins(BESIDE, 8, CLOSE, 0)
        self.head.setSpacing(0)
        self.head.addWidget(self.title, 1)
        return head

    def add_note(self, text: str) -> QLabel:
        """Add a muted sentence that wraps."""
        label = text_label(text, "muted")
        label.setWordWrap(True)
        self.body.addWidget(label)
        return label

    def add_part(self, title: str) -> None:
        """Add the title of a group; the rows after it line up with each other."""
        self.body.addWidget(text_label(title, "text", Size.BODY, 600))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, LABEL)
        self._grid.setColumnMinimumWidth(1, VALUE)
        self._grid.setColumnStretch(2, 1)
        self.body.addLayout(self._grid)

    def add_row(self, label: str, control: QWidget, source: str = "") -> Row:
        """Add a setting to the group. `source`: where its value comes from."""
        assert self._grid is not None, "add_part comes first"
        row = Row(text_label(label, "muted"), control, text_label(source, "faint", Size.SMALL))
        for text in (row.label, row.source):
            text.setWordWrap(True)
            text.setMinimumHeight(SHEET_CONTROL)
        row.label.setBuddy(control)
        control.setAccessibleName(label)
        control.setAccessibleDescription(source)
        number = self._grid.rowCount()
        self._grid.addWidget(row.label, number, 0)
        left = Qt.AlignmentFlag(0) if isinstance(control, QLabel) else Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(control, number, 1, Qt.AlignmentFlag.AlignTop | left)
        self._grid.addWidget(row.source, number, 2)
        return row

    def add_text(self, label: str, value: str, source: str = "") -> QLabel:
        """Add a value that can be read and copied, and not changed."""
        text = text_label(value)
        text.setWordWrap(True)
        text.setMinimumSize(VALUE, SHEET_CONTROL)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_row(label, text, source)
        return text

    def add_footer(self, *right: QWidget) -> QHBoxLayout:
        """Add a footer with buttons at its right; returns it, so that something can stand at its left."""
        footer = QFrame()
        footer.setObjectName("sheetFooter")
        footer.setFixedHeight(SHEET_FOOTER)
        row = QHBoxLayout(footer)
        row.setContentsMargins(BESIDE - RING, 0, BESIDE - RING, 0)
        row.setSpacing(0)
        row.addStretch(1)
        for widget in right:
            row.addWidget(widget)
        self._column.addWidget(footer)
        return row
