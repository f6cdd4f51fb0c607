"""The style sheet of a theme: resources/styles/desk.qss with its colours filled in."""

from functools import cache

from ui import assets
from ui.design.tokens import read_tokens


@cache
def build_style_sheet(theme: str) -> str:
    """Fill in the colours and icons of a theme. Longer tokens first, so that @text does not match inside @text_x."""
    sheet = assets.path("styles/desk.qss").read_text(encoding="utf-8")
    sheet = sheet.replace("@icons", assets.path("icons").as_posix()).replace("@theme", theme)
    for token, colour in sorted(read_tokens(theme).items(), key=lambda item: -len(item[0])):
        sheet = sheet.replace(f"@{token}", colour)
    return sheet
