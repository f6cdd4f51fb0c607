"""The real servers of ../shared/servers; a test that needs one skips, saying so, where it is absent."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SERVERS = Path(__file__).parents[1] / ".." / "shared" / "servers"
NEEDS = {"medplum": "node", "hapi": "java"}
READY = 180.0


@contextmanager
def real(name: str, *options: str) -> Iterator[str]:
    """The base address of a real server."""
    start = SERVERS / name / "start"
    if not start.exists():
        pytest.skip("../shared/servers is not beside this checkout")
    if shutil.which(NEEDS[name]) is None:
        pytest.skip(f"{name} needs {NEEDS[name]}")
    with subprocess.Popen([start, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                pytest.skip(f"{name} did not start")
            yield json.loads(line)["base"]
        finally:
            process.terminate()
            process.wait(30)
