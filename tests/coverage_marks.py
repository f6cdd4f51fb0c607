"""Which test covers what: read from the marks in the source, so that it holds however few tests are run."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
Function = ast.FunctionDef | ast.AsyncFunctionDef


def find_tests(mark: str) -> dict[str, list[str]]:
    """Return the tests of each row of `mark` (fault, rule or invariant): functions that pytest collects, in classes or
    not, as `sync/test_order.py::test_name`."""
    tests: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function) and node.name.startswith("test_"):
                for row in _read_rows(node, mark):
                    tests[row].append(f"{path.relative_to(TESTS).as_posix()}::{node.name}")
    return tests


def _read_rows(function: Function, mark: str) -> Iterator[str]:
    """Yield the rows in the decorators `@mark(...)` of a function."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id=name), args=rows) if name == mark:
                yield from (str(ast.literal_eval(row)) for row in rows)
