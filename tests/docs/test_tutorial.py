"""The first hour, command by command, as it is written: what it says that you see is what you see."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fhirdesk.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
MARK = "--- end of a block ---"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),  # a score of processes, on a machine that is busy
    pytest.mark.skipif(os.name == "nt" or not shutil.which("curl"), reason="the tutorial is for a shell with curl"),
]


def read_blocks(origin: str) -> list[tuple[str, str]]:
    """The commands of the tutorial, and what it says that they print."""
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    return [(commands, shown) for commands, shown in BLOCK.findall(text.replace("http://127.0.0.1:8080", origin))]


def is_shown(line: str, output: str) -> bool:
    """True if a line of the tutorial is in the output; … stands for anything."""
    parts = (re.escape(part.strip()) for part in line.split("…"))
    return re.search(".*".join(parts), output) is not None


def test_the_first_hour_goes_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    cli = tmp_path / "bin" / "fhirdesk-cli"
    cli.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m fhirdesk "$@"\n', encoding="utf-8")
    cli.chmod(0o755)
    path = f"{cli.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    with Sandbox() as server:
        blocks = read_blocks(server.origin)
        script = f"\necho '{MARK}'\n".join(commands for commands, _ in blocks)
        done = subprocess.run(
            ["bash", "-c", script],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd=tmp_path,
            timeout=360,
        )
        writes = [write["type"] for write in server.journal()]
    outputs = done.stdout.split(MARK)
    assert done.stderr == "" and len(outputs) == len(blocks) > 8, done.stderr
    for (commands, shown), output in zip(blocks, outputs, strict=True):
        missing = [line for line in shown.splitlines() if not is_shown(line, output)]
        assert not missing, (commands, missing, output)
    assert writes.count("Patient") == 7  # five, one more whose answer was lost, and her change by somebody there
