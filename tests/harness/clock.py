"""Time that the test moves: a day passes in milliseconds, and nothing waits."""

import asyncio

from fhirdesk.core.clock import Clock


class Leaping(Clock):
    """Whoever sleeps moves the time on at once; everybody else gets a turn meanwhile."""

    def __init__(self, at: float = 1_790_000_000.0) -> None:
        self.at, self.started = at, at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at - self.started

    async def sleep(self, seconds: float) -> None:
        wakes = self.at + seconds
        for _ in range(3):  # what is ready runs first
            await asyncio.sleep(0)
        self.at = max(self.at, wakes)

    def jitter(self, most: float) -> float:
        return most / 2
