"""Lost answers: so many times an answer is lost after the write was done; each write is there once.

By hand: python -m tests.harness.lost_answers 2000 [kind]
"""

import sys
import tempfile
from pathlib import Path

from tests.harness import journal
from tests.harness.judge import Verdict, judge
from tests.harness.processes import Running
from tests.harness.server import Embedded, embedded
from tests.harness.workload import Workload, write

LOSES = [
    {"method": method, "chance": 0.5, **what}
    for method in ("POST", "PUT")
    for what in ({"drop": True, "after": True}, {"status": 503, "after": True})
]


def lost(server: Embedded) -> int:
    """Writes whose answer was lost so far."""
    return sum(row["fault"] and row["method"] != "GET" for row in journal.admin(server.base, "log"))


def run(folder: Path, most: int, kind: str) -> tuple[int, Verdict]:
    """(answers lost, the verdict). One entry a request, so that each loss is one entry's."""
    work, changes = Workload(3, 100), []
    with embedded(kind, batch_declared=False, transactions=False) as server:
        data, count = folder / "data", 0
        while (count := lost(server)) < most:
            asked = work.batch(60)
            changes += [a.change for a in asked]
            server.trouble(LOSES, len(changes))
            words = ["import", write(asked, folder / "in.ndjson"), "--data-dir", data]
            assert Running(words, folder / "in").wait(60) == 0
            drain = ["drain", "--until-empty", "--for", "60", "--data-dir", data, "--server", server.base]
            drain += ["--deadline", "1"]
            Running(drain, folder / "out").wait(120)
            server.trouble([])
            assert Running(drain, folder / "out").wait(120) == 0
        return count, judge(changes, server.writes())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as at:
        told, verdict = run(Path(at), int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "conditional")
        print(f"{told} answers lost: {verdict}", flush=True)
