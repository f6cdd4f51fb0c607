"""The acceptance cases beside the repository, run against this checkout's command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import lacking

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def needs(*tools: str) -> None:
    """Skip, saying so, where the servers cannot be had."""
    if not (SHARED / "accept" / "run.py").exists():
        pytest.skip("../shared is not here")
    reasons = [reason for tool in tools if (reason := lacking(tool))]
    if reasons:
        pytest.skip("; ".join(reasons))


def accept(tmp_path: Path, *words: str, seconds: float = 400) -> str:
    """Run cases; returns what they printed, fails when one failed."""
    cli = tmp_path / "fhirdesk-cli"
    script = f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m fhirdesk "$@"\n'
    cli.write_text(script, encoding="utf-8")
    cli.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "run.py", *words, "--cli", str(cli)],
        cwd=SHARED / "accept",
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    return done.stdout
