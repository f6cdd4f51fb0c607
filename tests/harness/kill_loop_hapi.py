"""The kill loop against HAPI FHIR itself, behind the TCP proxy that loses, cuts and delays what passes.

By hand: python -m tests.harness.kill_loop_hapi --kills 30 --changes 300
"""

import argparse
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.harness.journal import Write, of_hapi
from tests.harness.kill_loop import KillLoop
from tests.harness.proxy import Passing, Proxy, Trouble
from tests.servers import real

RESETS = ("head", "body", "answer", "answer")


class BehindProxy:
    """A real server as the loop sees it."""

    def __init__(self, base: str, proxy: Proxy, share: float, seed: int):
        self._real, self._proxy, self.base = base, proxy, proxy.url
        self._share, self._dice = share, random.Random(seed)
        proxy.plan = self._plan

    def _plan(self, passing: Passing) -> Trouble | None:
        """Writes meet a fault; the others may be slow, so that a kill finds them on their way."""
        if passing.method == "GET" or self._dice.random() > self._share:
            return Trouble(latency=self._dice.uniform(0, 0.15)) if self._share and passing.method != "GET" else None
        if self._dice.random() < 0.3:
            return Trouble(answer_bytes=self._dice.randrange(200))
        return Trouble(reset=self._dice.choice(RESETS))

    def writes(self) -> list[Write]:
        """Its history."""
        return of_hapi(self._real)

    def asked(self) -> list[dict[str, Any]]:
        """Not known of a real one; it has conditional creates."""
        return []

    def busy(self) -> int:
        """Writes on their way."""
        return self._proxy.busy

    def trouble(self, faults: Sequence[Mapping[str, Any]], seed: int = 1) -> None:
        """An empty list: the network is well again."""
        self._share = 0.0 if not faults else self._share


def main() -> None:
    """Prints the judge's verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with real("hapi") as base, Proxy(base) as proxy, tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        server = BehindProxy(base, proxy, asked.share, asked.seed)
        verdict = KillLoop(Path(folder), "conditional", asked.seed, asked.kills, asked.changes).on(server)
        print(f"HAPI, {asked.kills} kills, {time.monotonic() - started:.0f} s: {verdict}", flush=True)


if __name__ == "__main__":
    main()
