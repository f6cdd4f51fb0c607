"""Looks at a window as a person would: are texts cut, can they be read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QTabBar, QWidget

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
        elif isinstance(widget, QComboBox) and widget.currentText():
            yield widget, widget.currentText()


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
        elif longest > widget.width() and widget.toolTip() != text:
            cut.append(Finding(describe(widget), f"{text!r} is {longest} px wide in {widget.width()}"))
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
    box = box.intersected(picture.rect())
    colours = Counter(
        picture.pixel(x, y) for x in range(box.left(), box.right() + 1) for y in range(box.top(), box.bottom() + 1)
    )
    ground = QColor.fromRgba(colours.most_common(1)[0][0])
    frequent = [QColor.fromRgba(c) for c, n in colours.most_common(40) if n >= 4]
    return max((contrast(ground, ink) for ink in frequent), default=1.0)


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
