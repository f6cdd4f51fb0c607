"""The script of `examples/nightly`: what it does with rows that are good, bad, and with a program that cannot save."""

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.examples.conftest import EXAMPLES, Run
from tests.factories import person_row

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the command is a script of the shell")
FEED = EXAMPLES / "nightly" / "feed.py"


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_rows_of_a_night_arrive_and_a_second_run_changes_nothing(
    tmp_path: Path, run: Run, command: Path, server: Sandbox
) -> None:
    night = write(tmp_path / "night.ndjson", *(person_row(f"P-{n}") for n in range(3)))
    feed = (sys.executable, FEED, night, "--command", command)
    assert run(*feed).returncode == 0
    again = run(*feed)
    assert again.returncode == 0 and '"unchanged": 3' in again.stdout
    assert run(command, "drain", "--until-empty").returncode == 0
    assert len(server.journal()) == 3


def test_a_row_that_is_refused_is_kept_with_why_until_it_is_mended(tmp_path: Path, run: Run, command: Path) -> None:
    wrong = person_row("P-1") | {"gender": "남"}
    night = write(tmp_path / "night.ndjson", person_row("P-0"), wrong)
    feed = (sys.executable, FEED, night, "--command", command)
    assert run(*feed).returncode == 1
    (kept,) = (tmp_path / "night.ndjson.refused").read_text(encoding="utf-8").splitlines()
    assert "gender" in json.loads(kept)["why"] and json.loads(json.loads(kept)["row"]) == wrong
    write(night, person_row("P-0"), person_row("P-1"))
    assert run(*feed).returncode == 0 and not (tmp_path / "night.ndjson.refused").exists()


@pytest.mark.slow
def test_what_may_pass_is_tried_again(tmp_path: Path, run: Run, command: Path) -> None:
    night = write(tmp_path / "night.ndjson", person_row("P-0"))
    assert run(command, "queue", "stats").returncode == 0  # there is a database
    with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = run(sys.executable, FEED, night, "--command", command, "--waits", "0.1")
    assert done.returncode == 70 and done.stderr.count("trying again") == 1
    done = run(sys.executable, FEED, night, "--command", command)
    assert done.returncode == 0 and '"new": 1' in done.stdout


def test_a_wrong_setting_is_not_tried_again(tmp_path: Path, run: Run, command: Path) -> None:
    night = write(tmp_path / "night.ndjson", person_row("P-0"))
    done = run(sys.executable, FEED, night, "--command", command, FHIR_SERVER_URL="nonsense")
    assert done.returncode == 3 and "trying again" not in done.stderr
