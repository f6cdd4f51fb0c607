"""Time comes in from outside: the one clock every room asks; tests pass their own."""

import asyncio
import random
import sys
import time
from datetime import UTC, datetime

STEP = 2.0  # seconds by which the wall clock may differ from the time that passed before it counts as a step


BOOT: int | None = getattr(time, "CLOCK_BOOTTIME", None)  # it counts the time that the computer slept


def _passed() -> float:
    """Seconds that never jump."""
    if sys.platform != "win32" and BOOT is not None:
        return time.clock_gettime(BOOT)
    return time.monotonic()


class Clock:
    """Wall time for what is stored, monotonic time for what is measured, and jitter.

    A wall clock that is put forward or back while the program runs changes nothing: time goes on from where it was.
    """

    def __init__(self) -> None:
        self._wall, self._start = time.time(), _passed()

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        wall, due = time.time(), self._wall + _passed() - self._start
        slept = BOOT is None and wall > due  # or was put forward: not to be told apart here
        return wall if slept or abs(wall - due) < STEP else due

    def monotonic(self) -> float:
        """Seconds that never jump back, and go on while the computer sleeps."""
        return _passed()

    async def sleep(self, seconds: float) -> None:
        """Let other work run for that long."""
        await asyncio.sleep(seconds)

    def jitter(self, most: float) -> float:
        """A number between 0 and `most`, evenly spread."""
        return random.uniform(0, most)  # noqa: S311 - spreads retries, keeps no secret


def iso(seconds: float) -> str:
    """Epoch seconds as an instant in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
