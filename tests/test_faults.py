"""Each row of the table of faults keeps its test: a function of tests with the row in its `@fault(...)`."""

import pytest

from tests.coverage_marks import find_tests
from tests.faults import LAST, ROWS

TESTS_BY_ROW = find_tests("fault")


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_of_faults_has_its_test(row: str) -> None:
    assert TESTS_BY_ROW[row], ROWS[row]


def test_no_test_names_a_row_that_is_none() -> None:
    assert [row for row in TESTS_BY_ROW if not 0 < int(row[1:]) <= LAST[row[0]]] == []
