"""Exact crash points: a drain of 12 entries (patient, visit, result of four) killed at the N-th system call of a kind.

By hand, all of them: python -m tests.harness.crash_points [most points]
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.harness import journal, trace
from tests.harness.judge import Change, Verdict, judge
from tests.harness.server import Embedded, embedded
from tests.harness.workload import Workload, write

CALLS = ("fdatasync", "pwrite64", "sendto", "recvfrom")


class Scenario:
    """The folder as it is before the drain, made once."""

    def __init__(self, folder: Path, server: Embedded):
        self.folder, self.server = folder, server
        work = Workload(12, 100)
        asked = []
        while len(asked) < 12:
            asked += work.batch(3)
        self.changes: list[Change] = [a.change for a in asked[:12]]
        self.ready = folder / "ready"
        file = write(asked[:12], folder / "twelve.ndjson")
        done = trace.run(["import", file, "--data-dir", self.ready, "--json"])
        assert done.returncode == 0, done.stderr

    def drain(self, data: Path) -> list[object]:
        """The words of the drain."""
        return ["drain", "--until-empty", "--data-dir", data, "--server", self.server.base, "--deadline", "2"]

    def points(self) -> list[tuple[str, int]]:
        """Every point there is."""
        data = self._fresh("count")
        counts = trace.count(self.drain(data), CALLS, self.folder / "calls")
        return [(call, n) for call, most in counts.items() for n in range(1, most + 1)]

    def crash(self, call: str, n: int) -> Verdict:
        """Killed there, started again."""
        data = self._fresh(f"{call}-{n}")
        trace.run(self.drain(data), f"{call}:signal=KILL:when={n}")
        again = trace.run(self.drain(data))
        assert again.returncode == 0, (call, n, again.stdout, again.stderr[-2000:])
        shutil.rmtree(data)
        return judge(self.changes, self.server.writes())

    def _fresh(self, name: str) -> Path:
        journal.admin(self.server.base, "reset", {})
        return Path(shutil.copytree(self.ready, self.folder / name))


def crashes(most: int, seed: int = 1) -> Iterator[tuple[str, int, Verdict]]:
    """So many of the points, evenly chosen; (call, N, verdict) of each."""
    with tempfile.TemporaryDirectory() as folder, embedded("conditional") as server:
        scenario = Scenario(Path(folder), server)
        found = scenario.points()
        for call, n in random.Random(seed).sample(found, min(most, len(found))):
            yield call, n, scenario.crash(call, n)


def main() -> None:
    """By hand."""
    done: dict[str, int] = {}
    wrong = []
    for call, n, verdict in crashes(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        done[call] = done.get(call, 0) + 1
        if verdict.faults:
            wrong.append((call, n, str(verdict)))
            print(wrong[-1], flush=True)
    print(f"{sum(done.values())} crash points {done}: {len(wrong)} wrong", flush=True)


if __name__ == "__main__":
    main()
