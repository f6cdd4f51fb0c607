"""The components of the gallery, each in its states."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fhirdesk.core.settings import COLOURS
from ui.design import marks
from ui.design.fonts import Size
from ui.models.cells import CELL_ROLE, Cell
from ui.models.chain import ChainNode
from ui.widgets.button import Button, Kind
from ui.widgets.cell_grid import CellGrid
from ui.widgets.chain_bar import ChainBar
from ui.widgets.chips import LinkButton, Segments, practice_tag
from ui.widgets.fields import Field, MarkLabel, text_label
from ui.widgets.foot import Foot
from ui.widgets.notices import NoticeRow, ToastFrame
from ui.widgets.person_head import PersonHead
from ui.widgets.row_delegate import RowDelegate
from ui.widgets.swatches import Swatches
from ui.window.start_page import Door

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
BUTTONS = (
    ("Send now", Kind.PRIMARY, "send-horizontal"),
    ("New patient", Kind.NORMAL, "user-plus"),
    ("Pause", Kind.QUIET, "pause"),
    ("Give up…", Kind.DANGER, "trash-2"),
)
STATES = ("rest", "hover", "pressed", "focus", "disabled", "busy")
ROWS = (
    (Cell("Needs you", " 2", is_section=True), Cell("", is_section=True), Cell("", is_section=True)),
    (
        Cell("José Müller", mark="refused", strong=True),
        Cell("P-2026-001004", tabular=True, tone="muted"),
        Cell("Refused", " · date of birth", tone="refused"),
    ),
    (
        Cell("구하은", mark="conflict", strong=True),
        Cell("P-2025-000207", tabular=True, tone="muted"),
        Cell("Resolve", is_link=True),
    ),
    (
        Cell("김경민", mark="checking"),
        Cell("P-2025-000318", tabular=True, tone="muted"),
        Cell("Checking", " · in 20 s"),
    ),
    (Cell("정유진", mark="saved"), Cell("P-2025-000044", tabular=True, tone="muted"), Cell("", "Saved · just now")),
    (Cell("", is_skeleton=True),) * 3,
    (Cell("", is_skeleton=True),) * 3,
)


class Rows(QAbstractTableModel):
    """The rows of the gallery's table."""

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return len(ROWS)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return len(ROWS[0])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The cell, and its words for a screen reader."""
        cell = ROWS[index.row()][index.column()]
        return {CELL_ROLE: cell, Qt.ItemDataRole.AccessibleTextRole: cell.lead + cell.rest}.get(role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heads of the columns, left like their cells."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return ("Name", "Number", "State")[section]
        return None


def build_card(title: str, *children: QWidget) -> QFrame:
    """Build a card with its title and its children one below the other."""
    card = QFrame()
    card.setObjectName("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(8)
    column.addWidget(text_label(title, "muted", Size.SMALL, 500))
    for child in children:
        column.addWidget(child)
    column.addStretch(1)
    return card


def lay_side_by_side(*widgets: QWidget, gap: int = 8) -> QWidget:
    """Lay widgets in a row that begins at the left."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return holder


class StillButton(Button):
    """A button that stands in one state, for the picture."""

    def __init__(self, text: str, kind: Kind, icon: str, state: str):
        super().__init__(text, kind, icon=icon)
        self._still = state
        self.setDown(state == "pressed")
        self.setEnabled(state != "disabled")
        if state == "busy":
            self.set_busy(True)

    def underMouse(self) -> bool:
        return self._still == "hover"

    def hasFocus(self) -> bool:
        return self._still == "focus"

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay as it is."""


def build_buttons() -> QWidget:
    """Build each kind of button in each state."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    for column, state in enumerate(STATES):
        grid.addWidget(text_label(state, "muted", Size.SMALL), 0, column)
        for row, (text, kind, icon) in enumerate(BUTTONS, 1):
            grid.addWidget(StillButton(text, kind, icon, state), row, column, Qt.AlignmentFlag.AlignLeft)
    return holder


def build_fields() -> QWidget:
    """Build inputs at rest, with help, wrong, read only, and choices."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    wrong = Field("Born", QLineEdit("2026-12-01"), required=True)
    wrong.show_error("This date is in the future", "birthDate must not be in the future")
    locked = QLineEdit("P-2025-000663")
    locked.setReadOnly(True)
    choice = QComboBox()
    choice.addItems(["Female", "Male"])
    fields = (
        Field("Name", QLineEdit("도윤"), required=True),
        Field("Mobile", QLineEdit("010-0127"), help_text="For example 010-1234-5678"),
        Field("Sex", choice),
        wrong,
        Field("Number", locked, help_text="It cannot be changed later"),
    )
    for number, field in enumerate(fields):
        grid.addWidget(field, number // 3, number % 3, Qt.AlignmentFlag.AlignTop)
    boxes, radios = QCheckBox("Send when the server is back"), QRadioButton("What I typed")
    boxes.setChecked(True)
    radios.setChecked(True)
    column = QWidget()
    layout = QVBoxLayout(column)
    for widget in (boxes, QCheckBox("Show finished entries too"), radios):
        layout.addWidget(widget)
    grid.addWidget(column, 1, 2)
    return holder


def build_states() -> QWidget:
    """Build every mark with its name."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    for number, (name, mark) in enumerate(marks.MARKS.items()):
        place = lay_side_by_side(MarkLabel(name), text_label(name, mark.word, Size.BODY, 500))
        grid.addWidget(place, number // 3, number % 3)
    return holder


def build_table() -> QTableView:
    """Build a table with a section, states, a link and an opening row."""
    table = QTableView()
    table.setModel(Rows(table))
    table.setItemDelegate(RowDelegate(table, has_pencil=True))
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(32)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setHighlightSections(False)
    table.setColumnWidth(0, 168)
    table.setColumnWidth(1, 128)
    table.selectRow(3)
    table.setMinimumHeight(28 + 32 * len(ROWS))
    return table


def build_notices() -> Sequence[QWidget]:
    """Build the banners and the toasts."""
    rows = []
    for mark, sentence, rest, action in (
        ("refused", "The server refused the mobile number.", "Nothing was changed.", "Fix"),
        ("conflict", "It was changed on the server meanwhile.", "Choose 2 values.", "Resolve"),
        ("waiting", "Sending is paused.", "23 changes are kept on this computer.", "Resume sending"),
        ("done", "Saved on the server.", "", "Open"),
    ):
        row = NoticeRow()
        row.show_notice(mark, sentence, rest, action)
        rows.append(row)
    toast = ToastFrame()
    toast.show_message("done", "Saved on the server.", "Show", "정유진 · P-2026-000007")
    error = ToastFrame()
    error.show_message("refused", "The disk is full: this was not saved. Make room, then save again.")
    return (*rows, lay_side_by_side(toast, error))


def build_door() -> QWidget:
    """Build one way to begin."""
    door = Door("flask-conical", "accent", Kind.PRIMARY)
    facts = ("No server and no internet needed", "Practice records never leave this computer", "Change it at any time")
    door.show_texts("Look around in a practice clinic", "Opens a clinic with 200 patients.", facts, "Open the clinic")
    door.apply_theme()
    return door


def build_others() -> Sequence[QWidget]:
    """Build segments, tags, links, progress and tabs."""
    bar = QProgressBar(textVisible=False)
    bar.setValue(64)
    bar.setFixedWidth(160)
    tabs = QTabBar(expanding=False)
    for name in ("Resource", "Mapping", "Request", "Diff", "History", "Issues 2"):
        tabs.addTab(name)
    return (
        lay_side_by_side(Segments(["All 128", "Warnings 9", "Errors 5"], "Level"), bar, text_label("6,400 / 10,000")),
        lay_side_by_side(
            practice_tag("Practice"), LinkButton("Resume sending"), Swatches(COLOURS, COLOURS[1], "Colour")
        ),
        tabs,
    )


def build_preview_parts() -> Sequence[QWidget]:
    """Build the head of a preview, a chain, differing fields, and the foot of a card."""
    person, chain, fields, foot = PersonHead(), ChainBar(), CellGrid(3, (1, 2), (136,)), Foot()
    person.show_subject("구하은", ("F · 61", "1964-12-24", "P-2025-000207", "010-0127-0099"))
    chain.show_nodes(
        (
            ChainNode("patient", "P-1", "done", "Patient", "On the server"),
            ChainNode("encounter", "E-1", "checking", "Visit", "Checking · in 20 s"),
            ChainNode("lab_result", "L-1", "waiting", "Lab result", "Held, 2 entries"),
        )
    )
    fields.name_columns(("Field", "Ours · not sent", "Server now · version 5"))
    label = Cell("Phone", below="telecom[0].value")
    fields.fill(((label, Cell("010-0127-0100", chip="diff_ours"), Cell("010-0881-4042", chip="diff_server")),))
    fields.setFixedHeight(72)
    foot.show_line("Valid R4 · same as version 3, seen on the server at 10:42", "done")
    return person, chain, fields, foot
