"""What sync and app hold is a snapshot or a unit of work: which connection is behind it only the store knows."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "fhirdesk"
OF_THE_STORE = {"conn", "_conn", "connection", "Connection"}


def names_in(path: Path) -> list[str]:
    """The words by which a module speaks of a connection to the database: names, attributes, parameters, imports."""
    words = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        word = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)
        words += [word] if isinstance(word, str) else []
        words += [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
    return [f"{path.relative_to(HOUSE)}: {word}" for word in words if word in OF_THE_STORE]


@pytest.mark.parametrize("room", ["sync", "app"])
def test_no_connection_is_seen_behind_the_store(room: str) -> None:
    files = [*(HOUSE / room).rglob("*.py")]
    assert files and [word for path in files for word in names_in(path)] == []


def test_the_names_of_a_connection_are_found_where_they_are() -> None:
    assert names_in(HOUSE / "store" / "unit_of_work.py")
