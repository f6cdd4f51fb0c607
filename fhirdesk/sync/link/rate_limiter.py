"""How fast requests may start: freely, at the profile's rate, or climbing after an outage (rule 9)."""

from collections.abc import Mapping, Sequence

from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Capabilities, Request, Response
from fhirdesk.remote.client import Remote

FIRST_RATE = 10.0  # requests a second after an outage
DOUBLES_EVERY = 10.0  # seconds after which the rate of the climb doubles
MOST_DOUBLINGS = 10.0  # keeps the power small after a day without a request
BURST = 20
FREE_FROM = 1000.0  # a rate that limits nobody ends the climb
SLACK = 5.0  # seconds that a claimed request may still wait for its turn


class RateLimiter:
    """Hands out turns to start a request, in order: a token bucket that fills at the rate of the moment."""

    def __init__(self, clock: Clock, fixed: float | None = None):
        self._clock, self._fixed = clock, fixed
        self._climbing_since: float | None = None
        self._tokens, self._at = float(BURST), clock.monotonic()

    def slow_start(self) -> None:
        """Start at a low rate that doubles: the server is back, and much is waiting."""
        self._climbing_since = self._at = self._clock.monotonic()
        self._tokens = min(self._tokens, 1.0)

    @property
    def rate(self) -> float | None:
        """Requests a second at this moment; None means no limit."""
        if self._climbing_since is not None:
            doubled = (self._clock.monotonic() - self._climbing_since) // DOUBLES_EVERY
            climbed: float = FIRST_RATE * 2.0 ** min(doubled, MOST_DOUBLINGS)
            if climbed < min(FREE_FROM, self._fixed or FREE_FROM):
                return climbed
            self._climbing_since = None
        return self._fixed

    @property
    def slack(self) -> float:
        """Seconds by which a claim must last longer, because its request may have to wait for a turn."""
        return SLACK if self.rate else 0.0

    async def wait_for_capacity(self, requests: int) -> None:
        """Wait until so many requests may start at once; takes no turn."""
        while (rate := self._refill()) is not None and self._tokens < min(requests, BURST):
            await self._clock.sleep(min(1.0, (min(requests, BURST) - self._tokens) / rate))

    async def acquire(self) -> None:
        """Take a turn; waits until it is due."""
        rate = self._refill()
        if rate is None:
            return
        self._tokens -= 1
        if self._tokens < 0:
            await self._clock.sleep(-self._tokens / rate)

    def _refill(self) -> float | None:
        """Add the tokens that came in since the last call; returns the rate of the moment."""
        rate, now = self.rate, self._clock.monotonic()
        self._tokens = BURST if rate is None else min(BURST, self._tokens + (now - self._at) * rate)
        self._at = now
        return rate


class LimitedRemote:
    """The remote as sync uses it: each request waits for its turn first."""

    def __init__(self, remote: Remote, limiter: RateLimiter):
        self._remote, self.limiter = remote, limiter

    @property
    def longest(self) -> float:
        """Seconds after which no request that is claimed now can still be running."""
        return self._remote.longest + self.limiter.slack

    @property
    def deadline(self) -> float:
        """Seconds after which a single request, no Bundle, that is claimed now can no longer be running."""
        return self._remote.deadline + self.limiter.slack

    @property
    def gzip(self) -> bool:
        """True if bodies go compressed; the remote stops that when the server does not read them."""
        return self._remote.gzip

    @gzip.setter
    def gzip(self, on: bool) -> None:
        self._remote.gzip = on

    async def until_quiet(self, longest: float) -> None:
        """Wait while requests that had their turn leave, or responses come in; `longest` seconds at most."""
        await self._remote.until_quiet(longest)

    async def send(self, request: Request) -> Response:
        """Send one interaction, in its turn."""
        await self.limiter.acquire()
        return await self._remote.send(request)

    async def send_bundle(self, requests: Sequence[Request], *, kind: str) -> tuple[Response, tuple[Response, ...]]:
        """Send many in one Bundle; returns the whole answer and one for each request."""
        await self.limiter.acquire()
        return await self._remote.send_bundle(requests, kind=kind)

    async def read(self, resource_type: str, logical_id: str) -> Response:
        """Read one resource, in its turn."""
        await self.limiter.acquire()
        return await self._remote.read(resource_type, logical_id)

    async def find(self, resource_type: str, system: str, key: str) -> Response:
        """Search by business identifier, past any cache."""
        await self.limiter.acquire()
        return await self._remote.find(resource_type, system, key)

    async def search(self, resource_type: str, params: Mapping[str, str]) -> Response:
        """One page of a search, past any cache."""
        await self.limiter.acquire()
        return await self._remote.search(resource_type, params)

    async def capabilities(self) -> Capabilities:
        """/metadata, read. Raises Unavailable, NotAuthorized, ServerError."""
        await self.limiter.acquire()
        return await self._remote.capabilities()
