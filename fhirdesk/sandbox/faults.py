"""Faults that can be switched on: what a real network and a real server do on a bad day."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Fault:
    """Strikes requests of a method and a path. `after`: once the write is done; `drop`: the connection closes;
    `truncate`: that many bytes of the real answer, then the connection closes; a delay alone only delays.
    `hold_ms`: the write is done, its answer leaves that much later; `late_ms`: the connection closes at once, the
    write is done that much later."""

    method: str | None = None
    path: str | None = None  # a regular expression over path and query
    times: int = 1
    skip: int = 0
    chance: float | None = None  # 0..1, instead of times: at random until cleared
    delay_ms: float = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    drop: bool = False
    after: bool = False
    truncate: int | None = None
    hold_ms: float = 0
    late_ms: float = 0

    @property
    def only_delays(self) -> bool:
        """Return whether the request is answered as usual, only later."""
        strikes = self.after or self.drop or self.status or self.truncate is not None or self.hold_ms or self.late_ms
        return self.delay_ms > 0 and not strikes

    def strikes(self, method: str, path: str) -> bool:
        """Return whether the fault is meant for a request of that method and path."""
        return (not self.method or self.method == method) and (not self.path or bool(re.search(self.path, path)))


NAMES = {"delayMs": "delay_ms", "holdMs": "hold_ms", "lateMs": "late_ms"}


def fault_of(raw: Mapping[str, Any]) -> Fault:
    """Read a fault as an admin call describes it; words that are not known are ignored."""
    known = Fault.__dataclass_fields__
    given = {NAMES.get(name, name): value for name, value in raw.items()}
    return Fault(**{name: value for name, value in given.items() if name in known})


class Faults:
    """The faults that are switched on, oldest first."""

    def __init__(self) -> None:
        self._on: list[Fault] = []
        self._dice = random.Random(1)  # noqa: S311 - seeded, so that a run can be repeated

    def add(self, *faults: Fault) -> None:
        self._on += faults

    def clear(self) -> None:
        self._on.clear()

    def seed(self, seed: int) -> None:
        """Start the dice of faults with a `chance` anew, so that a run can be repeated."""
        self._dice.seed(seed)

    @property
    def count(self) -> int:
        """How many faults are switched on."""
        return len(self._on)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this request, counting it down, or None."""
        for fault in self._on:
            if not fault.strikes(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            if fault.chance is not None:
                if self._dice.random() < fault.chance:
                    return fault
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._on.remove(fault)
            return fault
        return None
