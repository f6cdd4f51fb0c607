"""Each row of the table of faults keeps its test: a function of tests with the row in its `@fault(...)`."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import LAST, ROWS

TESTS = Path(__file__).parent


def read_rows(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the rows in the `@fault(...)` decorators of a function."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="fault"), args=rows):
                yield from (ast.literal_eval(row) for row in rows)


def find_tests_by_row() -> dict[str, list[str]]:
    """Return the tests of each row: functions that pytest collects, in classes or not. Read from the source, so that
    it holds however few tests are run."""
    tests: dict[str, list[str]] = defaultdict(list)
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for row in read_rows(node):
                    tests[row].append(f"{path.relative_to(TESTS)}::{node.name}")
    return tests


TESTS_BY_ROW = find_tests_by_row()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_of_faults_has_its_test(row: str) -> None:
    assert TESTS_BY_ROW[row], ROWS[row]


def test_no_test_names_a_row_that_is_none() -> None:
    assert [row for row in TESTS_BY_ROW if not 0 < int(row[1:]) <= LAST[row[0]]] == []
