"""Looks at a window as a person would: are texts cut, can they be read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from ui.design import fonts
from ui.design.measures import CONTROL, DISC, RING, SHEET_CONTROL
from ui.models.cells import CELL_ROLE, Cell
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.counters import Counter as StateCounter
from ui.widgets.row_delegate import AFTER_MARK
from ui.widgets.table import Table

STEP = 4  # px of the grid
SCALE = 3  # the picture is drawn so many times larger: thin strokes then have their whole colour somewhere
READABLE = 4.5  # https://www.w3.org/TR/WCAG21/#contrast-minimum


@dataclass(frozen=True)
class Finding:
    """Something that a person would dislike: where, and what."""

    where: str
    what: str


def describe(widget: QWidget) -> str:
    """The class and the name of a widget, and of the window that it is in."""
    return f"{type(widget.window()).__name__}/{type(widget).__name__} {widget.objectName()}".strip()


def list_texts(top: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Every visible widget of a window with the text that it shows."""
    for widget in top.findChildren(QWidget):
        if not widget.isVisibleTo(top) or widget.width() <= 1 or widget.height() <= 1:
            continue
        if isinstance(widget, QLabel) and widget.text():
            yield widget, widget.text()
        elif isinstance(widget, QAbstractButton) and widget.text():
            yield widget, widget.text().replace("&", "")
        elif isinstance(widget, QLineEdit) and not widget.text() and widget.placeholderText():
            yield widget, widget.placeholderText()
        elif isinstance(widget, QAbstractSpinBox):
            yield widget, widget.text()
        elif isinstance(widget, QComboBox) and widget.currentText():
            yield widget, widget.currentText()


def find_text_room(widget: QWidget, needed: int) -> int:
    """The width that a widget has for its text, which needs so much."""
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        return widget.style().subControlRect(control, option, field, widget).width()
    if isinstance(widget, Button | StateCounter):  # they paint icon, number and padding, too
        return needed + widget.width() - widget.sizeHint().width()
    return widget.width()


def find_cut_texts(top: QWidget) -> list[Finding]:
    """Texts that are wider than their widget. A label that elides on purpose has the whole text in its tip."""
    cut = []
    for widget, text in list_texts(top):
        metrics = QFontMetrics(widget.font())
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        longest = max((metrics.horizontalAdvance(line) for line in text.splitlines()), default=0)
        if wraps:
            assert isinstance(widget, QLabel)
            needed = widget.heightForWidth(widget.width())
            if needed > widget.height() + 1:
                cut.append(Finding(describe(widget), f"{text!r} is {needed} px high in {widget.height()}"))
        elif longest > (room := find_text_room(widget, longest)) and widget.toolTip() != text:
            cut.append(Finding(describe(widget), f"{text!r} is {longest} px wide in {room}"))
    for tabs in top.findChildren(QTabBar):
        for number in range(tabs.count()) if tabs.isVisibleTo(top) else ():
            room = tabs.tabRect(number).width()
            if QFontMetrics(tabs.font()).horizontalAdvance(tabs.tabText(number)) > room:
                cut.append(Finding(describe(tabs), f"{tabs.tabText(number)!r} in {room} px"))
    return cut


def take_picture(top: QWidget, scale: int = SCALE) -> QImage:
    """Draw a window `scale` times as large as it is."""
    canvas = QPixmap(top.size() * scale)
    canvas.setDevicePixelRatio(scale)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    top.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren)
    painter.end()
    return canvas.toImage()


def luminance(colour: QColor) -> float:
    """The relative luminance of a colour (https://www.w3.org/TR/WCAG21/#dfn-relative-luminance)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def measure_contrast(picture: QImage, box: QRect) -> float:
    """The contrast between the ground of a box (its most frequent colour) and the ink that differs most from it."""
    part = picture.copy(box.intersected(picture.rect())).convertToFormat(QImage.Format.Format_ARGB32)
    colours = Counter(memoryview(part.constBits()).cast("I"))
    ground = QColor.fromRgba(colours.most_common(1)[0][0])
    frequent = [QColor.fromRgba(c) for c, n in colours.most_common(40) if n >= 4]
    return max((contrast(ground, ink) for ink in frequent), default=1.0)


def list_cells(top: QWidget) -> Iterator[tuple[Table, QModelIndex, Cell, QRect]]:
    """Every painted cell that has words, with the room of its words in the table's viewport."""
    for table in (t for t in top.findChildren(Table) if t.isVisibleTo(top)):
        seen = table.viewport().rect()
        last = table.rowAt(seen.bottom())  # -1: the rows end above
        for row in range(max(0, table.rowAt(0)), (last if last >= 0 else table.rows.rowCount() - 1) + 1):
            for column in range(table.rows.columnCount()):
                index = table.rows.index(row, column)
                cell, box = index.data(CELL_ROLE), table.visualRect(index)
                is_first = column == 0 or not cell or not cell.is_section  # a section is one cell as wide as the row
                if cell and cell.text and is_first and seen.contains(box):
                    room = table.row_delegate._text_room(box, index)
                    yield table, index, cell, room.adjusted(DISC + AFTER_MARK if cell.mark else 0, 0, 0, 0)


def measure_words(cell: Cell, words: str) -> int:
    """The width of words of a cell in its own font."""
    weight = QFont.Weight(600 if cell.is_section else 500 if cell.strong else 400)
    size = fonts.Size.SMALL if cell.is_section else fonts.Size.BODY
    return QFontMetrics(fonts.sans(size, weight, tabular=cell.tabular)).horizontalAdvance(words)


def find_cut_cells(top: QWidget) -> list[Finding]:
    """Painted cells whose words do not fit, unless their tip has them."""
    cut = []
    for table, index, cell, room in list_cells(top):
        weight = (
            QFont.Weight.DemiBold if cell.is_section else QFont.Weight.Medium if cell.strong else QFont.Weight.Normal
        )
        needed = QFontMetrics(fonts.sans(weight=weight, tabular=cell.tabular)).horizontalAdvance(cell.text)
        if needed > room.width() and not index.data(Qt.ItemDataRole.ToolTipRole):
            cut.append(Finding(describe(table), f"{cell.text!r} is {needed} px wide in {room.width()}, without a tip"))
    return cut


def find_unreadable_cells(top: QWidget) -> list[Finding]:
    """Words of painted cells that differ too little from the ground that their row has: plain, chosen, hovered."""
    picture, faint = take_picture(top), []
    for table, _, cell, room in list_cells(top):
        at = table.viewport().mapTo(top, room.topLeft())
        lead = measure_words(cell, cell.lead)
        parts = [QRect(at, room.size())]
        if cell.rest and not cell.right:  # its own ink: it is looked at by itself, too
            parts = [QRect(at, QSize(min(lead - 4, room.width()), room.height()))]
            parts += [QRect(at, room.size()).adjusted(lead + 8, 0, 0, 0)] if lead + 40 < room.width() else []
        for part in parts:
            inside = part.adjusted(0, 4, 0, -4)  # without the lines between rows and around the focus
            measured = measure_contrast(picture, QRect(inside.topLeft() * SCALE, inside.size() * SCALE))
            if measured < READABLE and table.isVisibleTo(top):
                faint.append(Finding(describe(table), f"{cell.text!r}: {measured:.1f} to 1"))
    return faint


def find_off_grid(top: QWidget) -> list[Finding]:
    """Controls that are not as high as the design says, and heads whose controls do not stand on one line."""
    off = []
    for widget in top.findChildren(QWidget):
        if not widget.isVisibleTo(top) or not isinstance(widget, QLineEdit | QComboBox | Button):
            continue
        height = widget.height() - (2 * RING if isinstance(widget, Button) else 0)
        is_part = isinstance(widget.parent(), QComboBox)
        if height not in (CONTROL, SHEET_CONTROL) and not is_part:
            off.append(Finding(describe(widget), f"{height} px high"))
    for card in (c for c in top.findChildren(Card) if c.isVisibleTo(top)):
        bar = card.head_bar
        controls = [w for w in bar.findChildren(QWidget) if isinstance(w, QLineEdit | QComboBox | Button)]
        parts = [w for w in controls if w.parent() is bar and w.isVisibleTo(top)]
        middles = {p.geometry().top() + p.geometry().bottom() for p in parts}
        if middles and max(middles) - min(middles) > 2:
            off.append(Finding(describe(card), f"the middles of its head differ: {sorted(middles)}"))
    for table in (t for t in top.findChildren(Table) if t.isVisibleTo(top)):
        heights = {table.horizontalHeader().height(), table.verticalHeader().defaultSectionSize()}
        if any(height % STEP for height in heights):
            off.append(Finding(describe(table), f"head and rows are {sorted(heights)} px high"))
    return off


def find_all(top: QWidget) -> list[Finding]:
    """Everything that a person would dislike."""
    looks = (find_cut_texts, find_cut_cells, find_unreadable, find_unreadable_cells, find_off_grid)
    return [finding for look in looks for finding in look(top)]


def find_unreadable(top: QWidget) -> list[Finding]:
    """Texts of enabled widgets that differ too little from their ground, measured in the picture."""
    picture, faint = take_picture(top), []
    for widget, text in list_texts(top):
        if not widget.isEnabled() or not text.strip() or text.strip() in "·—–|":
            continue
        at = widget.mapTo(top, QPoint())
        shown = widget.visibleRegion().boundingRect().translated(at)
        box = QRect(shown.topLeft() * SCALE, shown.size() * SCALE)
        if box.isEmpty():
            continue
        if (measured := measure_contrast(picture, box)) < READABLE:
            faint.append(Finding(describe(widget), f"{text!r}: {measured:.1f} to 1"))
    return faint
