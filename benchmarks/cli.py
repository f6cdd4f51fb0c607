"""`queue stats` as a whole process, from its start to its end, beside what Python alone takes; compiled, as installed.

    python -m benchmarks.cli [times]

Goal: median < 0.4 s, over the sample clinic's 6000 waiting entries.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import ROOT
from benchmarks.full_clinic import CLI, cli, clinic

GOAL = 0.4
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
WORDS = ("--version", "queue stats", "metrics")


def seconds(command: list[str]) -> float:
    """One process."""
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env=ENVIRON, stdout=subprocess.DEVNULL, timeout=60)
    return time.perf_counter() - started


def main(times: int) -> None:
    """The first of each is thrown away: it reads the disk, and compiles what was not yet."""
    with tempfile.TemporaryDirectory() as folder:
        cli(Path(folder), "import", str(clinic(Path(folder), 1000)))
        here = [*CLI, "--data-dir", str(Path(folder) / "data")]
        rows = {"python alone": [sys.executable, "-c", ""]} | {word: [*here, *word.split()] for word in WORDS}
        for name, command in rows.items():
            found = sorted([seconds(command) for _ in range(times + 1)][1:])
            spread = f"best {found[0]:.3f}, worst {found[-1]:.3f}"
            goal = f"; goal {GOAL}" if name == "queue stats" else ""
            print(f"{name:14} median {statistics.median(found):.3f} s of {times} ({spread}){goal}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
