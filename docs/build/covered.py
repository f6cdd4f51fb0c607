"""The page of faults: what can go wrong, what is promised of the queue, and the tests that hold us to it."""

from docs.build.markdown import code, escape, page, table
from tests.coverage_marks import find_tests
from tests.faults import ROWS

INTRO = """Each row is something that can go wrong, and has at least one test that is marked with it (`@fault("D12")`);
`pytest -k D12` runs those of a row. The numbers in comments and in tests are these. docs/faults-harness.md tells of the
loops that kill, cut and delay at random."""
PARTS = {
    "A": "The process",
    "B": "Disk and database",
    "C": "Network",
    "D": "The server's answers",
    "E": "Order",
    "F": "Hostile or odd content",
    "G": "Identity, secrets, privacy",
    "H": "Seen in the field",
}


def write_page() -> str:
    """The faults part by part, then the rules and invariants."""
    tests = find_tests("fault")
    faults = [f"## {part}. {title}\n\n{_faults_of(part, tests)}" for part, title in PARTS.items()]
    return page(
        "Faults and their tests", INTRO, *faults, _numbered("rule", "Rules"), _numbered("invariant", "Invariants")
    )


def _faults_of(part: str, tests: dict[str, list[str]]) -> str:
    ids = sorted((row for row in ROWS if row.startswith(part)), key=lambda row: int(row[1:]))
    return table(("", "what goes wrong", "tests"), ((row, escape(ROWS[row]), _list(tests[row])) for row in ids))


def _numbered(mark: str, title: str) -> str:
    tests = find_tests(mark)
    rows = ((number, _list(tests[number])) for number in sorted(tests, key=int))
    return f"## {title}\n\nThose of docs/queue.md.\n\n{table(('', 'tests'), rows)}"


def _list(tests: list[str]) -> str:
    return "<br>".join(map(code, sorted(set(tests))))
