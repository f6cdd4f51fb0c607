"""Where the assets are: icons, styles, one font and translations of the package `resources`."""

import json
from functools import cache
from pathlib import Path

import resources

FOLDER = Path(next(iter(resources.__path__)))


@cache
def load_tokens(name: str) -> dict[str, str]:
    """Read the colours of a theme (`light` or `dark`), as token → #rrggbb."""
    themes: dict[str, dict[str, str]] = json.loads((FOLDER / "styles" / "tokens.json").read_text(encoding="utf-8"))
    return themes[name]


@cache
def load_style_sheet(name: str) -> str:
    """Read the style sheet and put the colours of a theme in. Longer tokens first, so that @text does not match inside
    @text_x."""
    text = (FOLDER / "styles" / "desk.qss").read_text(encoding="utf-8")
    text = text.replace("@icons", (FOLDER / "icons").as_posix()).replace("@theme", name)
    for token, colour in sorted(load_tokens(name).items(), key=lambda item: -len(item[0])):
        text = text.replace(f"@{token}", colour)
    return text


def icon_path(name: str) -> str:
    """Path of an icon."""
    return str(FOLDER / "icons" / f"{name}.svg")


def korean_font_path() -> str:
    """Path of the font that is used where the system has no Korean one."""
    return str(FOLDER / "fonts" / "NanumSquareR.ttf")


def translation_path(lang: str) -> str:
    """Path of the program's own translation; English has none, because the code is written in it."""
    return str(FOLDER / "i18n" / f"fhirdesk_{lang}.qm")
