"""System calls that fail, or are the last ones: strace injects a kill or an error at the N-th call (Linux, strace)."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 60.0  # seconds


def here() -> bool:
    """Whether strace is there and may trace."""
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, check=False)
    return done.returncode == 0


def run(words: Sequence[object], inject: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command line with an injection, as `fdatasync:signal=KILL:when=3` or `pwrite64:error=ENOSPC:when=5+`."""
    command = [sys.executable, "-m", "fhirdesk", *map(str, words)]
    if inject:
        command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={inject}", *command]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False)


def count(words: Sequence[object], calls: Sequence[str], out: Path) -> dict[str, int]:
    """How often each call is made by the thread that makes it most: strace counts the N of an injection so."""
    command = ["strace", "-f", "-qq", "-o", str(out), "-e", f"trace={','.join(calls)}", sys.executable, "-m"]
    words = ["fhirdesk", *words]
    subprocess.run([*command, *map(str, words)], cwd=ROOT, capture_output=True, timeout=LIMIT, check=False)
    lines = out.read_text(encoding="utf-8", errors="replace").splitlines()
    made = Counter(tuple(line.partition("(")[0].split()) for line in lines)
    return {call: max(n for (_, *what), n in made.items() if what == [call]) for call in calls}
