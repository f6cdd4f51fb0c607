"""Light and dark: one table of colours becomes the palette and the style sheet (setColorScheme has no effect on
X11)."""

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.design import fonts, tokens
from ui.design.style_sheet import build_style_sheet

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
    CONTRAST = "contrast"


def apply(app: QApplication, theme: Theme) -> None:
    """Set the palette, style sheet and font of the whole program."""
    fonts.load()
    tokens.show_theme(_resolve(app, theme))
    palette = QPalette()
    for role, token in ROLES.items():
        palette.setColor(role, tokens.colour(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, tokens.colour("faint"))
    if not app.styleSheet():  # once: each new style brings the system's fonts of tables, menus and boxes back
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette)
    app.setStyleSheet(build_style_sheet(tokens.shown_theme()))
    app.setFont(fonts.sans())  # last: a first style sheet brings the system's fonts of tables, menus and boxes back


def _resolve(app: QApplication, theme: Theme) -> str:
    if theme is not Theme.SYSTEM:
        return theme.value
    return tokens.DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else tokens.LIGHT
