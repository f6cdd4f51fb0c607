"""What the desk shows of the server: the link, the connection test, how it answered."""

from dataclasses import dataclass
from enum import StrEnum

from fhirdesk.core.queue_entry import Reason


class Link(StrEnum):
    """How the connection stands."""

    UNSET = "unset"  # no server configured
    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    PAUSED = "paused"  # by a person, or until one acts; reason says which
    ELSEWHERE = "elsewhere"  # another process sends; this one watches


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """How the link to the server stands, as the process that sends knows it."""

    paused: Reason | None  # until a person acts
    is_offline: bool  # it is away, or asked us to wait
    reason: Reason | None  # of the last failure
    next_try: float | None  # epoch seconds
    has_connected: bool  # it said once what it is

    @property
    def blocking_reason(self) -> Reason | None:
        """Why nothing is sent now: the pause, or the outage; None if requests may go."""
        return self.paused or (self.reason if self.is_offline else None)


@dataclass(frozen=True, slots=True)
class ServerView:
    """The chip at the top of the window, and the status bar."""

    profile: str
    url: str | None
    link: Link
    demo: bool
    latency_ms: float | None = None
    reason: Reason | None = None
    next_try: float | None = None  # epoch seconds
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of the connection test."""

    name: str  # dns tls metadata version token read writes
    ok: bool
    ms: float
    message: Reason
    fix: Reason | None = None


@dataclass(frozen=True, slots=True)
class MetricsView:
    """How the server answered lately."""

    count: int = 0
    avg_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    success_rate: float | None = None
    client_error_rate: float | None = None
    server_error_rate: float | None = None
    local_update_success_rate: float | None = None
