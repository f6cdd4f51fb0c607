"""When the server may be asked again: backoff, pauses, and how long to wait (design: docs/queue.md rule 9). No I/O."""

from fhirdesk.clock import Clock
from fhirdesk.entry import Reason

LONGEST = 900.0  # seconds


def backoff(clock: Clock, tries: int, retry_after: float | None = None) -> float:
    """Seconds to wait after the `tries`-th failure: max(Retry-After, U(0, min(900, 2·2^(n-1))))."""
    return max(retry_after or 0.0, clock.jitter(min(LONGEST, 2.0 * 2 ** min(max(tries, 1) - 1, 10))))


class Circuit:
    """The way to one server: closed (go), waiting until a time, or paused until a person acts."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self.failures = 0  # in a row
        self.wait_until = 0.0
        self.paused: Reason | None = None
        self.reason: Reason | None = None  # of the last failure

    def answered(self) -> None:
        """The server answered like a server."""
        self.failures, self.wait_until, self.reason = 0, 0.0, None

    def away(self, reason: Reason, retry_after: float | None = None) -> None:
        """It could not be reached, or asked us to wait."""
        self.failures += 1
        self.reason = reason
        self.wait_until = self._clock.now() + backoff(self._clock, self.failures, retry_after)

    def pause(self, reason: Reason) -> None:
        """Nothing is sent until a person acts."""
        self.paused = reason

    def resume(self) -> None:
        """A person acted."""
        self.paused = None
        self.answered()

    @property
    def offline(self) -> bool:
        """The last thing tried failed."""
        return self.failures > 0

    def may_send(self) -> bool:
        """Whether a request may start now."""
        return self.paused is None and self._clock.now() >= self.wait_until
