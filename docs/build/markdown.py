"""The few pieces of Markdown that generated pages are made of."""

import re
from collections.abc import Iterable, Sequence

CODE = re.compile(r"(`+[^`]+`+)")


def escape(text: str) -> str:
    """Plain text as Markdown shows it letter by letter; code between backticks stays."""
    parts = CODE.split(text)
    return "".join(part if part.startswith("`") else _escape_plain(part) for part in parts)


def _escape_plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("*", r"\*").replace("[", r"\[")


def code(text: object) -> str:
    """Text as code inside a line."""
    return f"`{text}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar or a line end in a cell does not end it."""
    lines = [_row(heads), _row(["---"] * len(heads)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", r"\|") for cell in cells) + " |"


def page(title: str, *parts: str) -> str:
    """A page of those parts under its title."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"
