"""Whether the server may be asked now: failures, waits, pauses (docs/queue.md rule 9); `backoff` says how long a wait
is. No I/O."""

import math

from fhirdesk.core.clock import Clock
from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.link.backoff import backoff
from fhirdesk.sync.link.rate_limiter import RateLimiter

LONGEST_RETRY_AFTER = 3600.0  # seconds; what waits longer met a clock that was set back. Our own waits: `backoff`
OPENS_AT = 5  # transport failures in a row that open the breaker
OUTAGE = 3.0  # seconds of silence; a lossy line that is silent for less was never away, and nothing piled up there
RECENT = 60.0  # seconds in which one success shows that others succeed


class CircuitBreaker:
    """Says whether requests may go to one server: closed (they may), open (wait, then one at a time), or paused until
    a person acts. It opens after some failures in a row; until then each entry waits by itself."""

    def __init__(self, clock: Clock, rate: float | None = None):
        self._clock = clock
        self.limiter = RateLimiter(clock, rate)
        self.failures = 0  # in a row: not delivered, or no answer
        self._busy = False  # it asked us to wait
        self._waits = 0  # in a row, since an entry was answered
        self.wait_until = 0.0
        self.paused: Reason | None = None
        self.reason: Reason | None = None  # of the last failure
        self._success_at: float | None = None  # monotonic
        self._contact_at = -math.inf  # monotonic; the last sign of life

    def close(self) -> None:
        """Let requests go: the server is there. After an outage or a wait it asked for, the rate climbs from low."""
        if self._busy or (self.is_unreachable and self._silence >= OUTAGE):
            self.limiter.slow_start()
        self._contact_at = self._clock.monotonic()
        self.failures, self._busy, self.wait_until, self.reason = 0, False, 0.0, None

    def record_answer(self) -> None:
        """The server answered an entry: the breaker closes, and the next wait begins short again."""
        if not self._is_late:
            self.close()
            self._waits = 0

    def record_contact(self) -> None:
        """The server answered a question: the breaker closes; a failure after that starts a new row."""
        if not self._is_late:
            self.close()

    @property
    def _is_late(self) -> bool:
        """True while the back-off is running: an answer that arrives now belongs to a request sent before it began, so
        it must not close the breaker."""
        return self.is_open and self._clock.now() < self.wait_until

    @property
    def _silence(self) -> float:
        """Seconds since the server last gave a sign of life."""
        return self._clock.monotonic() - self._contact_at

    def record_success(self) -> None:
        """The server said yes to an entry: a lost answer is that entry's own fault for a while."""
        self._success_at = self._clock.monotonic()

    def record_failure(
        self, reason: Reason, retry_after: float | None = None, *, at_once: bool = False, took: float = 0.0
    ) -> None:
        """The server could not be reached; the breaker opens after OPENS_AT failures in a row, or `at_once`. `took`:
        seconds of the failed request. One that left before the last sign of life does not count."""
        if not at_once and self._silence < min(took, OUTAGE):
            return
        self.failures = max(self.failures + 1, OPENS_AT if at_once else 0)
        self.reason = reason
        if self.is_open:
            self._wait(retry_after)

    def record_busy(self, reason: Reason, retry_after: float | None = None) -> None:
        """The server asked us to wait: the breaker opens."""
        self._busy, self.reason = True, reason
        self._wait(retry_after)

    def _wait(self, retry_after: float | None) -> None:
        self._waits += 1
        self.wait_until = self._clock.now() + backoff(self._clock, self._waits, retry_after)

    def pause(self, reason: Reason) -> None:
        """Send nothing until a person acts."""
        self.paused = reason

    def resume(self) -> None:
        """End the pause, because a person said so; no wait is left of the time before."""
        self.paused = None
        self.close()
        self._waits = 0

    @property
    def is_open(self) -> bool:
        """True if the server is away or asked us to wait: the next request goes alone."""
        return self.is_unreachable or self._busy

    @property
    def is_unreachable(self) -> bool:
        """True if the server is away: who answers next may be another server."""
        return self.failures >= OPENS_AT

    @property
    def has_recent_success(self) -> bool:
        """True if the server said yes to an entry in the last minute: then a lost answer is the entry's own fault."""
        return self._success_at is not None and self._clock.monotonic() - self._success_at < RECENT

    def may_send(self) -> bool:
        """True if a request may start now."""
        now = self._clock.now()
        if self.wait_until > now + LONGEST_RETRY_AFTER:
            self.wait_until = now
        return self.paused is None and now >= self.wait_until
