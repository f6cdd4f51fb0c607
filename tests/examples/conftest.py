"""The examples beside the program: a practice server, and `fhirdesk-cli` as another process starts it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fhirdesk.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path, server: Sandbox) -> dict[str, str]:
    """A data folder of the test's own, and the practice server."""
    own = {"FHIRDESK_DATA_DIR": str(tmp_path / "data"), "FHIR_SERVER_URL": server.base, "PYTHONUTF8": "1"}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FHIR")}
    return {**inherited, **own, "LC_ALL": "C.UTF-8"}


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """`fhirdesk-cli` as a program of its own."""
    path = tmp_path / "fhirdesk-cli"
    path.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m fhirdesk "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run a command, and return what it said."""

    def run(*words: object, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*map(str, words)],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**environment, **more},
            cwd=ROOT,
            timeout=120,
        )

    return run
