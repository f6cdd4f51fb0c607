"""When the server may be asked again: backoff, pauses, and how long to wait (design: docs/queue.md rule 9). No I/O."""

from fhirdesk.clock import Clock
from fhirdesk.entry import Reason
from fhirdesk.sync.pace import Pace

LONGEST = 900.0  # seconds
LONGEST_WAIT = 3600.0  # a Retry-After is clipped to it: what waits longer met a clock that was set back
OPENS_AT = 5  # transport failures in a row: an outage
LATELY = 60.0  # seconds in which a yes to one shows that others succeed


def backoff(clock: Clock, tries: int, retry_after: float | None = None) -> float:
    """Seconds to wait after the `tries`-th failure: max(Retry-After, U(0, min(900, 2·2^(n-1))))."""
    return max(retry_after or 0.0, clock.jitter(min(LONGEST, 2.0 * 2 ** min(max(tries, 1) - 1, 10))))


class Circuit:
    """The way to one server: closed (go), waiting until a time, or paused until a person acts."""

    def __init__(self, clock: Clock, rate: float | None = None):
        self._clock = clock
        self.pace = Pace(clock, rate)
        self.failures = 0  # in a row
        self.wait_until = 0.0
        self.paused: Reason | None = None
        self.reason: Reason | None = None  # of the last failure
        self._busy = False  # it asked us to wait
        self._yes_at: float | None = None  # monotonic

    def answered(self) -> None:
        """The server answered like a server; after an outage the rate climbs from low."""
        if self._busy or self.failures >= OPENS_AT:
            self.pace.climb()
        self.failures, self.wait_until, self.reason, self._busy = 0, 0.0, None, False

    def said_yes(self) -> None:
        """An entry succeeded."""
        self._yes_at = self._clock.monotonic()

    def away(self, reason: Reason, retry_after: float | None = None) -> None:
        """It could not be reached."""
        self.failures += 1
        self.reason = reason
        self.wait_until = self._clock.now() + backoff(self._clock, self.failures, retry_after)

    def busy(self, reason: Reason, retry_after: float | None = None) -> None:
        """It asked us to wait."""
        self.away(reason, retry_after)
        self._busy = True

    def pause(self, reason: Reason) -> None:
        """Nothing is sent until a person acts."""
        self.paused = reason

    def resume(self) -> None:
        """A person acted."""
        self.paused = None
        self.answered()

    @property
    def offline(self) -> bool:
        """The last thing tried failed; the next is a single probe."""
        return self.failures > 0

    @property
    def unreachable(self) -> bool:
        """It could not be reached the last time: who answers next may be another server."""
        return self.failures > 0 and not self._busy

    @property
    def others_succeed(self) -> bool:
        """Whether the server said yes to something lately: then a lost answer is the entry's own fault."""
        return self._yes_at is not None and self._clock.monotonic() - self._yes_at < LATELY

    def may_send(self) -> bool:
        """Whether a request may start now."""
        now = self._clock.now()
        if self.wait_until > now + LONGEST_WAIT:
            self.wait_until = now
        return self.paused is None and now >= self.wait_until
