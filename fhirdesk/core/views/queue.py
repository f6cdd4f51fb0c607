"""What the desk shows of the queue: rows, details, counts, and what a drain did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhirdesk.core.queue_entry import OPEN, Attempt, QueueEntry, Reason, Status

SAVED_IN_PART = ("why_stored_less", "edit_not_done")  # reasons of what the server completed otherwise than asked


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """A filter of the queue pane. Empty sets mean all."""

    statuses: frozenset[Status] = frozenset()
    types: frozenset[str] = frozenset()
    text: str = ""  # a key, a patient's key or name
    patient_key: str | None = None
    cause: Reason | None = None  # of a FailureGroup: entries that need a person for that cause alone
    newest_first: bool = True
    attention: bool = False  # what needs a person first, then what is open, then what is done; newest first in each


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue pane."""

    seq: int
    uuid: str
    type: str
    key: str
    operation: str
    status: Status
    priority: int
    attempts: int
    not_before: float
    created_at: float  # when it was queued, epoch seconds
    reason: Reason
    patient_key: str | None
    patient_name: str | None
    logical_id: str | None

    @property
    def not_stored(self) -> tuple[str, ...]:
        """Of a completed entry: the elements that are not on the server as they were sent."""
        elements = self.reason.params.get("elements", "") if self.reason.code in SAVED_IN_PART else ""
        return tuple(element for element in elements.split(", ") if element)


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What *Retry* or *Send now* does: some go out, of others it is first looked whether they are on the server."""

    sent: int
    looked: int

    @property
    def count(self) -> int:
        """Entries that it is about."""
        return self.sent + self.looked

    def describe(self, deed: str, number: Callable[[int], str]) -> Reason:
        """The sentence about it. `deed`: done_retry or done_send_now; `number` writes a count."""
        kind = "" if not self.looked else "_both" if self.sent else "_looked"
        return Reason(deed + kind, {"count": number(self.sent), "looked": number(self.looked)})


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """All that is known of one entry."""

    entry: QueueEntry
    why: Reason  # why it stands as it does
    history: tuple[Attempt, ...]
    patient_name: str | None = None

    @property
    def answer(self) -> Attempt | None:
        """What the server last said no to, or failed at, while the entry is open."""
        attempt = self.history[-1] if self.history and self.entry.status in OPEN else None
        return attempt if attempt and (attempt.status or 0) >= 400 else None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Entries that need a person, of one cause."""

    reason: Reason
    count: int
    statuses: frozenset[Status]

    @property
    def shared(self) -> Reason:
        """The reason as it is told of all: what differs between the entries is left open."""
        return Reason(self.reason.code, {"key": "…", **self.reason.params})


class Side(StrEnum):
    """Who changed a field since it was last in step with the server."""

    MINE = "mine"  # here alone
    THEIRS = "theirs"  # on the server alone
    BOTH = "both"  # differently: a person chooses


@dataclass(frozen=True, slots=True)
class FieldValues:
    """A field of a record whose sides differ, each as text; None: it has no value there."""

    field: str
    base: str | None  # when it was last in step with the server
    mine: str | None  # here, now
    theirs: str | None  # on the server, now
    who: Side = Side.BOTH


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose of the fields that both sides changed, by name. `rest`: of those not named, MINE or THEIRS;
    None: each must be named. `seen`: both sides as the person saw them, where they did: if those fields are others at
    the moment of the choice, it was about something else."""

    mine: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)  # a third value; "" removes; may name any field
    rest: Side | None = None
    seen: tuple[FieldValues, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One open entry of a patient, and the entry that must go first."""

    row: QueueRow
    blocked_by: str | None = None  # uuid: an older change of the same record, or a parent's newest entry


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries stand in each state, from one snapshot."""

    by_status: Mapping[Status, int]

    def __getitem__(self, status: Status) -> int:
        return self.by_status.get(status, 0)

    @property
    def unsent(self) -> int:
        """Changes that are not known to be on the server."""
        return sum(
            n for s, n in self.by_status.items() if s not in (Status.COMPLETED, Status.SUPERSEDED, Status.CANCELLED)
        )


@dataclass(frozen=True, slots=True)
class DrainSummary:
    """What a drain did (completed in this run) and what is left."""

    completed: int = 0
    failed: int = 0
    conflict: int = 0
    unknown: int = 0
    held: int = 0
    pending: int = 0
    seconds: float = 0.0
    reason: Reason | None = None  # why it ended early
    out_of_time: bool = False  # work that could be sent was left when the time was up
