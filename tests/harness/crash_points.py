"""Exact crash points: a drain of 12 entries killed at the N-th system call of a kind.

The 12 are creates with their dependencies, updates and deletes of what the server has, in Bundles of three.
By hand, all of them: python -m tests.harness.crash_points [most points]
"""

import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fhirdesk.core.settings import Profile, save_profiles
from tests.harness import journal, trace
from tests.harness.judge import Change, Verdict, judge
from tests.harness.processes import Running
from tests.harness.server import Embedded, embedded
from tests.harness.workload import Asked, Workload, write

CALLS = ("fdatasync", "pwrite64", "sendto", "recvfrom")
MIX = {"create": 4, "update": 6, "delete": 2}  # of the 12


@dataclass(frozen=True, slots=True)
class Crash:
    """One of them. `landed`: the process was there and died; threads shift the last few calls of a run."""

    call: str
    n: int
    landed: bool
    verdict: Verdict


class Scenario:
    """The folder and the server as they are before the drain, made once."""

    def __init__(self, folder: Path, server: Embedded):
        self.folder, self.server, self.ready = folder, server, folder / "ready"
        self.changes: list[Change] = []
        profile = Profile(url=server.base, bundle_entries=3)
        save_profiles(self.ready, {profile.name: profile}, profile.name)
        work = Workload(3, 6)
        self._import(work.batch(9))
        assert self._do(*self._drain(self.ready)).code == 0
        self._kept = len(server.writes())
        for gone in work.deletes(MIX["delete"]):
            self.changes.append(gone.change)
            self._do("sync", gone.change.type, gone.change.key, "--operation", "delete", "--data-dir", self.ready)
        self._import(work.batch(10))
        assert self._mix() == MIX, self._mix()

    def _do(self, *words: object) -> Running:
        done = Running(words, self.folder / "out")
        done.wait(60)
        return done

    def _import(self, asked: list[Asked]) -> None:
        file = write(asked, self.folder / "in.ndjson")
        self.changes += [a.change for a in asked]
        assert self._do("import", file, "--data-dir", self.ready).code == 0

    def _mix(self) -> dict[str, int]:
        """What is open, by what will be asked of the server."""
        kind = "CASE WHEN operation = 'delete' THEN 'delete' WHEN logical_id IS NULL THEN 'create' ELSE 'update' END"
        there = "SELECT q.operation, m.logical_id FROM queue_entry q LEFT JOIN resource_map m USING (type, key)"
        asked = f"SELECT {kind}, count(*) FROM ({there} WHERE q.status IN ('pending', 'held')) GROUP BY 1"
        with closing(sqlite3.connect(self.ready / "fhirdesk.db")) as database:
            return dict(database.execute(asked).fetchall())

    @staticmethod
    def _drain(data: Path) -> list[object]:
        return ["drain", "--until-empty", "--data-dir", data, "--deadline", "2"]

    def points(self) -> list[tuple[str, int]]:
        """Every point there is."""
        counts = trace.count(self._drain(self._fresh("count")), CALLS, self.folder / "calls")
        return [(call, n) for call, most in counts.items() for n in range(1, most + 1)]

    def crash(self, call: str, n: int, how: str = "signal=KILL:when={}", more: Sequence[str] = ()) -> Crash:
        """Killed there (or what else strace may do), started again."""
        data = self._fresh(f"{call}-{n}")
        done = trace.run([*self._drain(data), *more], f"{call}:{how.format(n)}")
        landed = done.returncode != 0
        assert "Traceback" not in done.stderr, done.stderr[-2000:]
        again = self._do(*self._drain(data))
        assert again.code == 0, (call, n, again.errors()[-2000:])
        shutil.rmtree(data)
        return Crash(call, n, landed, judge(self.changes, self.server.writes()))

    def _fresh(self, name: str) -> Path:
        journal.admin(self.server.base, "rewind", {"writes": self._kept})
        return Path(shutil.copytree(self.ready, self.folder / name))


def chosen(found: list[tuple[str, int]], most: int, seed: int) -> Iterator[tuple[str, int]]:
    """So many points by chance, of each kind of call its part."""
    dice, left = random.Random(seed), most
    kinds = [[p for p in found if p[0] == call] for call in CALLS]
    for turn, kind in enumerate(sorted(kinds, key=len)):
        part = min(len(kind), left // (len(kinds) - turn))
        left -= part
        yield from dice.sample(kind, part)


def crashes(most: int, seed: int = 1) -> Iterator[Crash]:
    """So many of the points."""
    with tempfile.TemporaryDirectory() as folder, embedded("conditional") as server:
        scenario = Scenario(Path(folder), server)
        for call, n in chosen(scenario.points(), most, seed):
            yield scenario.crash(call, n)


def main() -> None:
    """By hand."""
    done: dict[str, int] = {}
    wrong, missed = [], 0
    for crash in crashes(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        done[crash.call] = done.get(crash.call, 0) + crash.landed
        missed += not crash.landed
        if crash.verdict.faults:
            wrong.append(crash)
            print(crash.call, crash.n, crash.verdict, flush=True)
    print(f"{sum(done.values())} crash points {done}, {missed} not met: {len(wrong)} wrong", flush=True)


if __name__ == "__main__":
    main()
