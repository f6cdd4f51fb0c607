"""When the server may be asked again: backoff, pauses, and how long to wait (design: docs/queue.md rule 9). No I/O."""

import math

from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.link.rate_limiter import RateLimiter

LONGEST = 900.0  # seconds
LONGEST_WAIT = 3600.0  # a Retry-After is clipped to it: what waits longer met a clock that was set back
OPENS_AT = 5  # transport failures in a row: the way is shut
OUTAGE = 3.0  # seconds of silence; a lossy line that is silent for less was never away, and nothing piled up there
LATELY = 60.0  # seconds in which a yes to one shows that others succeed


def backoff(clock: Clock, tries: int, retry_after: float | None = None) -> float:
    """Seconds to wait after the `tries`-th failure: max(Retry-After, U(0, min(900, 2·2^(n-1))))."""
    return max(retry_after or 0.0, clock.jitter(min(LONGEST, 2.0 * 2 ** min(max(tries, 1) - 1, 10))))


class CircuitBreaker:
    """The way to one server: closed (go), open (waiting until a time, then one at a time), or paused until a person
    acts. A server that we spoke with is away after some failures in a row; until then each entry waits by itself."""

    def __init__(self, clock: Clock, rate: float | None = None):
        self._clock = clock
        self.pace = RateLimiter(clock, rate)
        self.failures = 0  # in a row: not delivered, or no answer
        self._busy = False  # it asked us to wait
        self._waits = 0  # since an entry was answered
        self.wait_until = 0.0
        self.paused: Reason | None = None
        self.reason: Reason | None = None  # of the last failure
        self._yes_at: float | None = None  # monotonic
        self._heard_at = -math.inf  # monotonic; the last sign of life

    def close(self) -> None:
        """The server is there; after an outage, or when it asked us to wait, the rate climbs from low."""
        if self._busy or (self.is_unreachable and self._silence >= OUTAGE):
            self.pace.slow_start()
        self._heard_at = self._clock.monotonic()
        self.failures, self._busy, self.wait_until, self.reason = 0, False, 0.0, None

    def record_answer(self) -> None:
        """It deals with entries: the next wait is a short one."""
        if not self._late:
            self.close()
            self._waits = 0

    def record_contact(self) -> None:
        """It answered a question: a failure after that is not in a row with those before it."""
        if not self._late:
            self.close()

    @property
    def _late(self) -> bool:
        """Whether an answer is to what was in flight when the wait began: it says nothing of now, and ends no wait."""
        return self.is_open and self._clock.now() < self.wait_until

    @property
    def _silence(self) -> float:
        """Seconds since it was heard."""
        return self._clock.monotonic() - self._heard_at

    def record_success(self) -> None:
        """An entry succeeded."""
        self._yes_at = self._clock.monotonic()

    def record_failure(
        self, reason: Reason, retry_after: float | None = None, *, at_once: bool = False, took: float = 0.0
    ) -> None:
        """It could not be reached, by a request that took so many seconds: one that left before the server was last
        heard is beside that answer, not in a row after it. `at_once`: nothing speaks for its being there, so this one
        failure is enough."""
        if not at_once and self._silence < min(took, OUTAGE):
            return
        self.failures = max(self.failures + 1, OPENS_AT if at_once else 0)
        self.reason = reason
        if self.is_open:
            self._wait(retry_after)

    def record_busy(self, reason: Reason, retry_after: float | None = None) -> None:
        """It asked us to wait."""
        self._busy, self.reason = True, reason
        self._wait(retry_after)

    def _wait(self, retry_after: float | None) -> None:
        self._waits += 1
        self.wait_until = self._clock.now() + backoff(self._clock, self._waits, retry_after)

    def pause(self, reason: Reason) -> None:
        """Nothing is sent until a person acts."""
        self.paused = reason

    def resume(self) -> None:
        """A person acted."""
        self.paused = None
        self.close()
        self._waits = 0

    @property
    def is_open(self) -> bool:
        """It is away, or asked us to wait: the next is a single probe."""
        return self.is_unreachable or self._busy

    @property
    def blocking_reason(self) -> Reason | None:
        """Why nothing is sent now: it is paused, or away."""
        return self.paused or (self.reason if self.is_open else None)

    @property
    def is_unreachable(self) -> bool:
        """It is away: who answers next may be another server."""
        return self.failures >= OPENS_AT

    @property
    def has_recent_success(self) -> bool:
        """Whether the server said yes to something lately: then a lost answer is the entry's own fault."""
        return self._yes_at is not None and self._clock.monotonic() - self._yes_at < LATELY

    def may_send(self) -> bool:
        """Whether a request may start now."""
        now = self._clock.now()
        if self.wait_until > now + LONGEST_WAIT:
            self.wait_until = now
        return self.paused is None and now >= self.wait_until
