"""The fonts that come with the program: Pretendard for texts, JetBrains Mono for JSON (its Korean from Pretendard)."""

from enum import IntEnum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from ui import assets

SANS, MONO = "Pretendard", "JetBrains Mono"
FILES = ("Pretendard-Regular.otf", "Pretendard-Medium.otf", "Pretendard-SemiBold.otf", "JetBrainsMono-Regular.ttf")
FALLBACK = ("Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic")  # letters that Pretendard lacks
TABULAR = QFont.Tag("tnum")


class Size(IntEnum):
    """Sizes of text in pixels."""

    SMALL = 12
    BODY = 13
    TITLE = 15
    PERSON = 18
    NUMBER = 22


@cache
def load() -> None:
    """Make the fonts of the program known to Qt. Needs a QGuiApplication; later calls do nothing."""
    for name in FILES:
        QFontDatabase.addApplicationFont(str(assets.path(f"fonts/{name}")))


def sans(size: Size = Size.BODY, weight: QFont.Weight = QFont.Weight.Normal, *, tabular: bool = False) -> QFont:
    """Build the font of texts. `tabular`: every digit is equally wide, so that numbers line up in a column."""
    font = QFont([SANS, *FALLBACK])
    font.setPixelSize(size)
    font.setWeight(weight)
    if tabular:
        font.setFeature(TABULAR, 1)
    return font


def mono() -> QFont:
    """Build the font of JSON, requests and paths."""
    font = QFont([MONO, SANS, *FALLBACK])
    font.setPixelSize(Size.SMALL)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFeature(QFont.Tag("calt"), 0)  # no ligatures: every character stands for itself
    return font
