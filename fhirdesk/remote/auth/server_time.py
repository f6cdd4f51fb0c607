"""What time it is at the token endpoint: an assertion that is signed with a wrong clock is refused (G2)."""

import logging

from fhirdesk.core.clock import Clock
from fhirdesk.remote.wire import parse_date

log = logging.getLogger(__name__)
TOLERANCE = 60.0  # seconds that the two clocks may differ


class ServerTime:
    """This computer's time, put right by the server's Date where the two differ by more than a minute."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self.offset = 0.0  # seconds that the server is ahead

    def now(self) -> float:
        """Seconds since the epoch, as the server counts."""
        return self._clock.now() + self.offset

    def observe(self, date: str | None) -> bool:
        """Take the time of a response (its Date header). Return whether what was signed before was signed with a wrong
        time."""
        at = parse_date(date or "")
        if at is None:
            return False
        ahead, before = at - self._clock.now(), self.offset
        self.offset = ahead if abs(ahead) > TOLERANCE else 0.0
        if changed := abs(self.offset - before) > TOLERANCE:
            log.warning("the server's clock and this computer's differ by %d s", round(ahead))
        return changed
