"""What the desk shows of the server: the link, the connection test, how it answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import Profile


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
class TypeTaken:
    """What a server declares to do with the records of one type. Sending needs `create` and `update`."""

    type: str  # of records
    resource_type: str  # "" for records of any FHIR type
    interactions: frozenset[str]


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server says that it is and takes."""

    software: str
    version: str
    fhir_version: str
    types: tuple[TypeTaken, ...]  # in the order of the program's record types


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a test of the connection found. `facts`: None where the server did not say what it is."""

    steps: tuple[CheckStep, ...]
    facts: ServerFacts | None = None

    @property
    def failed(self) -> CheckStep | None:
        """The step that failed; None when all is in order."""
        return next((step for step in self.steps if not step.ok), None)


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A server that is known by a name, and what waits for it."""

    profile: Profile
    in_use: bool
    unsent: Mapping[str, int] = field(default_factory=dict)  # record type → entries that are not on it yet

    @property
    def waiting(self) -> int:
        """Changes that are not on it yet."""
        return sum(self.unsent.values())


@dataclass(frozen=True, slots=True)
class MetricsView:
    """How the server answered lately, and when something goes out next."""

    count: int = 0
    avg_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    success_rate: float | None = None
    client_error_rate: float | None = None
    server_error_rate: float | None = None
    local_update_success_rate: float | None = None
    recent_ms: tuple[float, ...] = ()  # of the last answers, the oldest first
    last_saved_at: float | None = None  # epoch seconds: when the server accepted something last
    next_due_at: float | None = None  # epoch seconds: when the next entry may go; None: none waits
