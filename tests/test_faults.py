"""Each row of the table of faults keeps its test: a function of tests whose name begins with the row."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.faults import LAST, ROWS

TESTS = Path(__file__).parent
NAMED = re.compile(r"test_((?:[A-H]\d+_)+)")


def named() -> dict[str, list[str]]:
    """The tests that name each row, as pytest finds them: functions of test files, in classes or not."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (names := NAMED.match(node.name)):
                for row in names[1].strip("_").split("_"):
                    found[row].append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


TABLE = named()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_of_faults_has_its_test(row: str) -> None:
    assert TABLE[row], ROWS[row]


def test_no_test_names_a_row_that_is_none() -> None:
    assert [row for row in TABLE if not 0 < int(row[1:]) <= LAST[row[0]]] == []
