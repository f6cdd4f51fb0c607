"""How long to wait after a failure, of one entry or of the whole server: longer each time, up to LONGEST_WAIT
(docs/queue.md rule 9)."""

from fhirdesk.core.clock import Clock

LONGEST_WAIT = 900.0  # seconds; a server that asks for more gets it


def backoff(clock: Clock, tries: int, retry_after: float | None = None) -> float:
    """Seconds to wait after the `tries`-th failure: max(Retry-After, U(0, min(900, 2·2^(n-1))))."""
    return max(retry_after or 0.0, clock.jitter(min(LONGEST_WAIT, 2.0 * 2 ** min(max(tries, 1) - 1, 10))))
