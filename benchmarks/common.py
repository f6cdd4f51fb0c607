"""What the benchmarks share: the embedded server as a process of its own, and a table of ratios."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]


@contextmanager
def server(delay_ms: float = 0) -> Iterator[str]:
    """The embedded server, each request answered that much later."""
    command = [sys.executable, "-m", "fhirdesk", "sandbox", "--port", "0", "--with-parent"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base: str = json.loads(process.stdout.readline())["base"]
        if delay_ms:
            admin(base, "faults", [{"method": "POST", "path": "^/fhir", "chance": 1, "delayMs": delay_ms}])
        try:
            yield base
        finally:
            process.terminate()


def admin(base: str, call: str, body: object) -> None:
    """An admin call of the embedded server."""
    data, url = json.dumps(body).encode(), f"{base.removesuffix('/fhir')}/__admin/{call}"
    urlopen(Request(url, data, {"Content-Type": "application/json"}, method="POST")).read()


def journal(base: str) -> list[dict[str, object]]:
    """What the server applied."""
    with urlopen(f"{base.removesuffix('/fhir')}/__admin/journal") as answer:
        rows: list[dict[str, object]] = json.load(answer)
        return rows


def resident(process: int | str = "self") -> float:
    """MB of memory that a process holds; 0 of one that has ended."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
