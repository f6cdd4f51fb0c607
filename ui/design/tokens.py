"""Colours by name. A theme is one column of resources/styles/tokens.json; nothing else in the window names a colour."""

import json
from functools import cache

from PySide6.QtGui import QColor

from ui import assets

LIGHT, DARK, CONTRAST = "light", "dark", "contrast"
_shown = LIGHT


@cache
def read_tokens(theme: str) -> dict[str, str]:
    """Read the colours of a theme as token → #rrggbb or #aarrggbb."""
    themes: dict[str, dict[str, str]] = json.loads(assets.path("styles/tokens.json").read_text(encoding="utf-8"))
    return themes[theme]


def show_theme(theme: str) -> None:
    """Take the colours of that theme from now on."""
    global _shown
    _shown = theme


def shown_theme() -> str:
    """Return the theme whose colours are shown."""
    return _shown


def colour(token: str) -> QColor:
    """Return the colour of a token in the theme that is shown. Raises KeyError for an unknown token."""
    return QColor(read_tokens(_shown)[token])
