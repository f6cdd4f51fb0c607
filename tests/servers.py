"""The real servers of ../shared/servers; a test that needs one skips, saying so, where it is absent."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SERVERS = Path(__file__).parents[1] / ".." / "shared" / "servers"
NEEDS = {"medplum": "node", "hapi": "java"}
READY = 180.0
OLDEST_NODE = 20  # Debian 12 has 18


def lacking(tool: str) -> str | None:
    """Why a tool cannot be used here, None: it can."""
    if shutil.which(tool) is None:
        return f"not installed: {tool}"
    if tool != "node":
        return None
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = said.removeprefix("v").partition(".")[0]
    return (
        None if major.isdigit() and int(major) >= OLDEST_NODE else f"needs Node {OLDEST_NODE}, {said or 'none'} is here"
    )


@contextmanager
def real(name: str, *options: str) -> Iterator[str]:
    """The base address of a real server."""
    start = SERVERS / name / "start"
    if not start.exists():
        pytest.skip("../shared/servers is not beside this checkout")
    if reason := lacking(NEEDS[name]):
        pytest.skip(reason)
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


@contextmanager
def validator() -> Iterator[Callable[[bytes], list[str]]]:
    """HL7's own validator: a resource in, its errors out."""
    start = SERVERS / "validator" / "start"
    if not start.exists():
        pytest.skip("../shared/servers is not beside this checkout")
    if shutil.which("java") is None:
        pytest.skip("the validator needs java")
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen([start], stdin=pipe, stdout=pipe, stderr=nothing) as process:
        said, told = process.stdin, process.stdout
        assert said is not None and told is not None
        if b"ready" not in told.readline():
            pytest.skip("the validator did not start")

        def errors(resource: bytes) -> list[str]:
            said.write(resource + b"\n")
            said.flush()
            issues = json.loads(told.readline())["issues"]
            return [f"{i.get('expression')}: {i['message']}" for i in issues if i["severity"] in ("error", "fatal")]

        yield errors
        said.close()
        process.wait(30)
