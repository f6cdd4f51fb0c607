"""Time comes in from outside: the one clock every room asks; tests pass their own."""

import asyncio
import random
import time
from datetime import UTC, datetime


class Clock:
    """Wall time for what is stored, monotonic time for what is measured, and jitter."""

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never jump back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let other work run for that long."""
        await asyncio.sleep(seconds)

    def jitter(self, most: float) -> float:
        """A number between 0 and `most`, evenly spread."""
        return random.uniform(0, most)  # noqa: S311 - spreads retries, keeps no secret


def iso(seconds: float) -> str:
    """Epoch seconds as an instant in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
