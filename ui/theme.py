"""Light and dark: one table of colours becomes the palette and the style sheet (setColorScheme has no effect on
X11)."""

import functools
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui import assets

SANS: tuple[str, ...] = (
    "Pretendard",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "NanumGothic",
)
MONO: tuple[str, ...] = (
    "JetBrains Mono",
    "Cascadia Mono",
    "Menlo",
    "DejaVu Sans Mono",
    "Noto Sans Mono CJK KR",
    "NanumGothicCoding",
)
ROLES = {
    QPalette.ColorRole.Window: "ground",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Link: "accent",
}


class Theme(StrEnum):
    """The theme that the user chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_shown = "light"


def colour(token: str) -> QColor:
    """The colour of a token in the theme that is shown."""
    return QColor(assets.load_tokens(_shown)[token])


def colours() -> dict[str, str]:
    """All colours of the theme that is shown, by token."""
    return assets.load_tokens(_shown)


def apply(app: QApplication, theme: Theme) -> None:
    """Set the palette, style sheet and font of the whole program."""
    global _shown
    _shown = _resolve(app, theme)
    palette = QPalette()
    for role, token in ROLES.items():
        palette.setColor(role, colour(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour("faint"))
    if not app.styleSheet():  # once: each new style brings the system's fonts of tables, menus and boxes back
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette)
    app.setStyleSheet(assets.load_style_sheet(_shown))
    app.setFont(sans_font())  # last: a first style sheet brings the system's fonts of tables, menus and boxes back


def _resolve(app: QApplication, theme: Theme) -> str:
    if theme is not Theme.SYSTEM:
        return theme.value
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def sans_font() -> QFont:
    """The font of labels and tables."""
    return _build_font((*SANS, *korean_families()), 9.5)


def mono_font() -> QFont:
    """The font of JSON, with a Korean font as fallback."""
    font = _build_font((*MONO, *SANS, *korean_families()), 9.5)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


@functools.cache
def korean_families() -> tuple[str, ...]:
    """One font family that has Korean letters: the system's, else the one that comes with the program, so that names
    are not shown as boxes."""
    families = QFontDatabase.families(QFontDatabase.WritingSystem.Korean)
    if not families:
        families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(assets.korean_font_path()))
    return tuple(families[:1])


def _build_font(families: tuple[str, ...], size: float) -> QFont:
    installed = set(QFontDatabase.families())
    font = QFont()
    font.setFamilies([f for f in families if f in installed] or list(families))
    font.setPointSizeF(size)
    return font
