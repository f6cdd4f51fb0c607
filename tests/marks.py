"""What a test covers: rows of the table of faults, rules and invariants of docs/queue.md; `-k D12` selects by it."""

import pytest


def fault(*rows: str) -> pytest.MarkDecorator:
    """Mark a test that covers these rows of tests/faults.py, as in `@fault("D12")`."""
    return pytest.mark.fault(*rows)


def rule(*numbers: int) -> pytest.MarkDecorator:
    """Mark a test that covers these rules of docs/queue.md, as in `@rule(7)`."""
    return pytest.mark.rule(*numbers)


def invariant(*numbers: int) -> pytest.MarkDecorator:
    """Mark a test that covers these invariants of docs/queue.md, as in `@invariant(12)`."""
    return pytest.mark.invariant(*numbers)


def find_keywords(item: pytest.Item) -> set[str]:
    """Return the words by which `-k` selects the test: D12, rule7, I12."""
    prefixes = {"fault": "", "rule": "rule", "invariant": "I"}
    marks = (mark for mark in item.iter_markers() if mark.name in prefixes)
    return {f"{prefixes[mark.name]}{code}" for mark in marks for code in mark.args}
