"""The command line in this process: its exit code, and what it said."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.cli import main
from tests.factories import person_row


@dataclass(frozen=True)
class Said:
    """What came of one call."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """Each document on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Said]


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """One call on a data folder of the test's own, without the environment's settings."""
    names = ("SERVER_URL", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_KEY", "TOKEN_URL")
    for name in (*(f"FHIR_{name}" for name in names), "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: object) -> Said:
        capsys.readouterr()
        try:
            code = main(["--data-dir", str(tmp_path / "data"), *map(str, words)])
        except SystemExit as usage:
            code = int(usage.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Three patients."""
    path = tmp_path / "people.ndjson"
    path.write_text("".join(json.dumps(person_row(f"P-{n}")) + "\n" for n in range(3)), encoding="utf-8")
    return path
