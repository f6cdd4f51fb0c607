"""The kill loop: changes go in, a sender runs, both are SIGKILLed at random moments on a server with faults.

    verdict = KillLoop(folder, "neither", seed=7, kills=33, changes=333, share=0.2).run()

Run by hand: python -m tests.harness.kill_loop --kind neither --kills 100 --changes 1000 --seed 7
"""

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from fhirdesk.core.settings import Profile, save_profiles
from tests.harness.journal import Write
from tests.harness.judge import Change, Verdict, blind_resends, judge
from tests.harness.processes import Running
from tests.harness.server import KINDS, embedded
from tests.harness.workload import Asked, Workload, write

DEADLINE, SETTLE = 1.0, 2.0  # seconds
FINAL = 240.0  # seconds for what is left once nobody kills any more


class Server(Protocol):
    """What the loop needs of a server: `server.Embedded`, or a real one behind the proxy."""

    base: str

    def writes(self) -> list[Write]: ...

    def asked(self) -> list[dict[str, Any]]: ...

    def busy(self) -> int: ...

    def trouble(self, faults: Sequence[Mapping[str, Any]], seed: int = 1) -> None: ...


@dataclass(slots=True)
class KillLoop:
    """One loop on a data folder of its own. `share`: of requests that meet a fault."""

    folder: Path
    kind: str
    seed: int = 1
    kills: int = 30
    changes: int = 300
    share: float = 0.2
    longest: float = 0.9  # seconds that a sender lives at most

    def on(self, server: Server) -> Verdict:
        """On a server that is there already."""
        return _Run(self, server).run()

    def run(self) -> Verdict:
        """Raises AssertionError when the program itself stumbles; else what the judge says."""
        with embedded(self.kind, share=self.share, seed=self.seed) as server:
            return self.on(server)


class _Run:
    def __init__(self, loop: KillLoop, server: Server):
        self.loop, self.server = loop, server
        self.dice = random.Random(loop.seed)
        self.work = Workload(loop.seed, max(10, loop.changes // 6))
        self.changes: list[Change] = []
        self.calls = 0
        self.decided: dict[str, list[float]] = defaultdict(list)  # keys for which a person said where it is, and when
        self.data = loop.folder / "data"
        profile = Profile(url=server.base, settle=SETTLE, bundle_entries=self.dice.choice((5, 20, 100)))
        save_profiles(self.data, {profile.name: profile}, profile.name)
        self._call("queue", "stats").wait()

    def run(self) -> Verdict:
        kills = in_flight = 0
        while kills < self.loop.kills or len(self.changes) < self.loop.changes:
            sender = self._sender()
            share = max(1, round((self.loop.changes - len(self.changes)) / max(1, self.loop.kills - kills)))
            kills += self._feed(share if len(self.changes) < self.loop.changes else 0)
            self._await_a_moment()
            sender.kill()
            assert sender.code is None, f"the sender ended by itself: {sender.code} {sender.errors()[-3000:]}"
            kills += 1
            in_flight += self._in_flight() > 0
        self._finish()
        verdict = judge(self.changes, self.server.writes())
        verdict.kills, verdict.in_flight = kills, in_flight
        if self.loop.kind == "neither":
            blind_resends(self.server.asked(), SETTLE, verdict, self.decided)
        return verdict

    def _await_a_moment(self) -> None:
        """Often while a write is in flight, else at any time."""
        if self.dice.random() < 0.4:
            time.sleep(self.dice.uniform(0, self.loop.longest))
            return
        until = time.monotonic() + 2 * self.loop.longest
        while time.monotonic() < until and not self.server.busy():
            time.sleep(0.002)
        time.sleep(self.dice.uniform(0, 0.04))

    def _call(self, *words: object) -> Running:
        self.calls += 1
        return Running([*words, "--data-dir", self.data], self.loop.folder / f"{self.calls}.out")

    def _sender(self) -> Running:
        return self._call("drain", "--watch", "--deadline", DEADLINE)

    def _feed(self, size: int) -> int:
        """Changes come in beside the sender; some of the processes that bring them are killed. How many were."""
        kills = 0
        if size and self.dice.random() < 0.25:
            for one in self.work.deletes(max(1, size // 10)):
                kills += self._bring([one], "sync", one.change.type, one.change.key, "--operation", "delete")
        for asked in (self.work.batch(size),) if size else ():
            kills += self._bring(asked, "import", write(asked, self.loop.folder / f"{self.calls}.ndjson"))
        return kills

    def _bring(self, asked: Sequence[Asked], *words: object, kill: bool = True) -> int:
        call = self._call(*words, "--json", "--deadline", DEADLINE)  # it waits beside the sender as long
        killed = kill and self.dice.random() < 0.2
        if killed:
            time.sleep(self.dice.uniform(0, 0.15))
            call.kill()
        else:
            call.wait(60)
        saved = _acknowledged(call)
        refused = call.code == 2  # a record that was never saved cannot be deleted
        for one in asked:
            here = one.change.key in saved or (one.change.deletes and "queued" in saved)
            if not (one.change.deletes and refused):
                self.changes.append(replace(one.change, acknowledged=here))
        assert "Traceback" not in call.errors(), call.errors()[-3000:]
        return int(killed and call.code is None)  # one that was over was not killed

    def _in_flight(self) -> int:
        """Entries that the kill left being sent: else the loop has shown little."""
        with closing(sqlite3.connect(self.data / "fhirdesk.db")) as database:
            found = database.execute("SELECT count(*) FROM queue_entry WHERE status = 'processing'")
            return int(found.fetchone()[0])

    def _finish(self) -> None:
        """Nobody kills any more, the server is well; a person decides what only a person may."""
        self.server.trouble([])
        missing = self.work.again({c.key for c in self.changes if c.acknowledged and not c.deletes})
        self._bring(missing, "import", write(missing, self.loop.folder / "again.ndjson"), kill=False)
        for _ in range(4):
            done = self._call("drain", "--until-empty", "--deadline", "5", "--for", FINAL, "--json")
            done.wait(FINAL + 60)
            if done.code == 0:
                return
            self._decide()
        raise AssertionError(f"not empty: {self._open()[:5]} {done.errors()[-2000:]}")

    def _open(self) -> list[dict[str, Any]]:
        listed = self._call("queue", "list", "--json")
        listed.wait(60)
        return [row for row in listed.lines() if row["status"] not in ("completed", "superseded", "cancelled")]

    def _decide(self) -> None:
        """A person retries what was given up, and says of an unguarded create that was lost twice where it is."""
        self._call("queue", "retry", "--status", "failed", "--yes").wait(60)
        newest = {w.key: w for w in self.server.writes()}
        there = {key: w.id for key, w in newest.items() if not w.deletes}
        for row in self._open():
            if row["status"] == "conflict":
                assert self.loop.kind == "neither", row
                how = ("--arrived", there[row["key"]]) if row["key"] in there else ("--absent",)
                self.decided[row["key"]].append(time.monotonic())
                self._call("queue", "resolve", row["entry"], *how).wait(60)


def _acknowledged(call: Running) -> set[str]:
    """Keys of the rows whose entry was printed; `queued`: of a delete."""
    found: set[str] = set()
    for line in call.lines():
        if line.get("entry"):
            found.add(str(line["key"]))
        if line.get("queued"):
            found.add("queued")
    return found


def main() -> None:
    """By hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=tuple(KINDS), default="conditional")
    parser.add_argument("--kills", type=int, default=34)
    parser.add_argument("--changes", type=int, default=334)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        loop = KillLoop(Path(folder), asked.kind, asked.seed, asked.kills, asked.changes, asked.share)
        verdict = loop.run()
        seconds = round(time.monotonic() - started, 1)
        print(json.dumps({**vars(asked), "seconds": seconds, "verdict": str(verdict)}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
