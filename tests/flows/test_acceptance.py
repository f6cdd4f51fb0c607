"""The promise, judged from outside by what a real FHIR server holds."""

from pathlib import Path

import pytest

from tests.acceptance import accept, needs
from tests.marks import fault

# the first start of a server builds it
pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.mark.parametrize("case", ["main_job", "korean", "write_through", "outage", "busy"])
def test_the_case_passes(case: str, tmp_path: Path) -> None:
    needs("node", "npm")
    assert "passed" in accept(tmp_path, case, "--size", "20")


@fault("A1", "A2")
def test_killed_again_and_again_nothing_is_lost_twice_or_out_of_order(tmp_path: Path) -> None:
    needs("node", "npm")
    assert "passed" in accept(tmp_path, "kill_loop", "--kills", "6", "--size", "60")


def test_hostile_files_and_texts(tmp_path: Path) -> None:
    needs("node", "npm")
    assert "passed" in accept(tmp_path, "bad_input")


def test_the_main_job_on_hapi(tmp_path: Path) -> None:
    needs("java", "mvn")
    assert "passed" in accept(tmp_path, "main_job_hapi", "--size", "20")
