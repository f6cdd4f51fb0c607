"""A program without a Python of its own: it starts its practice server, and finds what lies beside it."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from fhirdesk.core.child_process import COMMAND_LINE, command
from tests.ui.conftest import Run
from ui.session import PracticeServer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An executable that is the program and no Python, as PyInstaller makes it."""
    made = tmp_path / "fhirdesk.exe"
    made.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "main.py"}" "$@"\n', encoding="utf-8")
    made.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(made))
    return made


def test_a_child_is_started_by_what_can_start_it(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("sandbox", "--port", "0") == (str(frozen), [COMMAND_LINE, "sandbox", "--port", "0"])
    monkeypatch.delattr(sys, "frozen")
    assert command("sandbox")[1] == ["-m", "fhirdesk", "sandbox"]


def version(base: str) -> str:
    with urllib.request.urlopen(f"{base}/metadata") as answer:
        return str(json.load(answer)["fhirVersion"])


def test_a_frozen_program_starts_its_practice_server(frozen: Path, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        server = PracticeServer(tmp_path / "server.store")
        base = await server.start()
        assert (await asyncio.to_thread(version, base)) == "4.0.1"
        await server.stop()

    run(scene())


def test_the_program_is_the_command_line_for_its_children_alone() -> None:
    def said(*words: str) -> str:
        done = subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
        return done.stdout

    assert said(COMMAND_LINE, "queue", "--help").startswith("usage: fhirdesk-cli queue")
    assert said("--help").startswith("usage: fhirdesk ")


def test_no_room_starts_a_python_of_its_own() -> None:
    sources = [path for room in ("fhirdesk", "ui") for path in (ROOT / room).rglob("*.py")]
    starters = [path.name for path in sources if "sys.executable" in path.read_text(encoding="utf-8")]
    assert starters == ["child_process.py"]
