"""F3: a file that is made to take room is refused in words, and takes no more than 256 MB of it."""

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import fault

ROOM = 256  # MB
MEASURED = """
import resource, sys
from fhirdesk.cli import main
code = main(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
sys.exit(code)
"""
PARTS = {
    "list": (b"[", b"[],", 300, b"[]]"),
    "bundle": (b'{"resourceType":"Bundle","type":"batch","entry":[', b"[],", 60, b"[]]}"),
    "object": (b'{"resourceType":"Patient","name":[', b"[],", 60, b"[]]}"),
    "line": (b"x_id,", b"aaa", 120, b""),
    "text": (b'[{"a":"', b"aaa", 120, b'"}]'),
}


def peak(tmp_path: Path, *words: str) -> tuple[int, int, str]:
    """Exit code, MB of room at most, and what was said."""
    command = [sys.executable, "-c", MEASURED, "--data-dir", str(tmp_path / "data"), "--lang", "en", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said, _, measured = done.stderr.rpartition("peak ")
    return done.returncode, int(measured), said


@fault("F3")
@pytest.mark.skipif(os.name == "nt", reason="measured with resource")
@pytest.mark.parametrize("given", [*PARTS, "device"])
def test_a_file_without_measure_is_refused_in_words(tmp_path: Path, given: str) -> None:
    file = Path("/dev/zero")
    if given in PARTS:
        file = tmp_path / "given.gz"
        head, part, megabytes, tail = PARTS[given]
        with gzip.open(file, "wb", 1) as packed:
            packed.write(head)
            for _ in range(megabytes):
                packed.write(part * 350_000)
            packed.write(tail)
    _, before, _ = peak(tmp_path, "import", str(tmp_path / "nowhere"))
    code, most, said = peak(tmp_path, "import", str(file))
    assert code == 6 and most < before + ROOM, (most, before)
    assert re.search("Line 1: .+(too long|too large|more than|no record|JSON object)", said)
