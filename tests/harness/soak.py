"""A soak: changes keep coming in beside one sender with faults; memory and the log must not grow.

By hand: python -m tests.harness.soak --minutes 30 --entries 50000
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.harness import wal
from tests.harness.judge import Change, judge
from tests.harness.processes import Running
from tests.harness.server import embedded, troubles
from tests.harness.workload import Workload, write

BATCH = 200


def resident(pid: int) -> float:
    """MB that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def main() -> None:
    """Prints the first and the last memory, the largest log, and the judge's verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--entries", type=int, default=50_000)
    asked = parser.parse_args()
    pause = asked.minutes * 60 / (asked.entries / BATCH)
    with tempfile.TemporaryDirectory() as at, embedded("conditional") as server:
        folder, work, changes = Path(at), Workload(30, asked.entries // 10), list[Change]()
        server.trouble(troubles(0.05))
        data = folder / "data"
        sender = Running(["drain", "--watch", "--data-dir", data, "--server", server.base], folder / "out")
        memory, log, started = [], 0, time.monotonic()
        while len(changes) < asked.entries:
            batch = work.batch(BATCH)
            changes += [a.change for a in batch]
            begun = time.monotonic()
            words = ["import", write(batch, folder / "in.ndjson"), "--data-dir", data]
            assert Running(words, folder / "in").wait(60) == 0
            log = max(log, wal.length(data))
            memory.append(resident(sender.pid))
            time.sleep(max(0.0, pause - (time.monotonic() - begun)))
        sender.kill()
        server.trouble([])
        drain = ["drain", "--until-empty", "--for", "600", "--data-dir", data, "--server", server.base]
        assert Running(drain, folder / "rest").wait(700) == 0
        settled = memory[len(memory) // 10]
        seconds = time.monotonic() - started
        print(f"{len(changes)} entries in {seconds:.0f} s: memory {settled:.0f} MB, then {memory[-1]:.0f} MB")
        print(f"largest log {log / 1e6:.0f} MB; {judge(changes, server.writes())}", flush=True)


if __name__ == "__main__":
    main()
