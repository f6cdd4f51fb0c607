"""What the desk shows: frozen rows and summaries for the window and the command line, ready to be said in words."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fhirdesk.entry import Attempt, QueueEntry, Reason, Status
from fhirdesk.records import Record


class SyncState(StrEnum):
    """A record's standing with the server, worst open entry first."""

    ON_SERVER = "on_server"  # ✓
    NOT_SENT = "not_sent"  # ○
    SENDING = "sending"  # ↑
    HELD = "held"  # ‖
    CHECKING = "checking"  # ?
    CONFLICT = "conflict"  # ⇄
    REFUSED = "refused"  # !
    LOCAL = "local"  # here only, nothing queued


STATE_OF = {
    Status.PENDING: SyncState.NOT_SENT,
    Status.HELD: SyncState.HELD,
    Status.PROCESSING: SyncState.SENDING,
    Status.UNKNOWN: SyncState.CHECKING,
    Status.CONFLICT: SyncState.CONFLICT,
    Status.FAILED: SyncState.REFUSED,
    Status.COMPLETED: SyncState.ON_SERVER,
}


class PatientSort(StrEnum):
    """What the patients table can be sorted by, in SQL."""

    NAME = "name"
    KEY = "key"
    BORN = "birth_date"
    PHONE = "phone"
    UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class PatientQuery:
    """A search and an order. Text: name (Korean, initial consonants, accents), number or phone."""

    text: str = ""
    sort: PatientSort = PatientSort.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One line of the patients pane."""

    id: int  # the store's own row id
    key: str
    name: str
    birth_date: str | None
    gender: str | None
    phone: str | None
    state: SyncState
    pending_edit: bool  # an edit whose outcome is open
    synced_at: float | None  # epoch seconds
    partial: bool = False  # read from a resource that lacks what a patient's record needs: shown, not editable


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
    created_at: float
    reason: Reason
    patient_key: str | None
    patient_name: str | None
    logical_id: str | None


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """All that is known of one entry."""

    entry: QueueEntry
    why: Reason  # why it stands as it does
    history: tuple[Attempt, ...]
    patient_name: str | None = None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Entries that need a person, of one cause."""

    reason: Reason
    count: int
    statuses: frozenset[Status]


@dataclass(frozen=True, slots=True)
class FieldValues:
    """A field of a record whose sides differ, each as text; None: it has no value there."""

    field: str
    seen: str | None  # when it was last in step with the server
    mine: str | None  # here, now
    theirs: str | None  # on the server, now


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


class Link(StrEnum):
    """How the connection stands."""

    UNSET = "unset"  # no server configured
    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    PAUSED = "paused"  # by a person, or until one acts; reason says which
    ELSEWHERE = "elsewhere"  # another process sends; this one watches


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
class ImportProgress:
    """How far an import is."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    queued: int = 0
    fraction: float | None = None  # 0..1 of the bytes, where the size is known


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What became of one row of an import, once it is committed."""

    line: int
    type: str | None
    key: str | None
    result: str  # new changed unchanged refused
    entry: str | None = None
    error: Reason | None = None
    field: str | None = None
    note: Reason | None = None  # why it was stored and not queued


class EditOutcome(StrEnum):
    """How a profile edit ended."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    LOCAL_ONLY = "local_only"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class EditResult:
    """A profile edit's outcome, in words, and the record as it is here now."""

    outcome: EditOutcome
    message: Reason
    record: Record | None = None
    field: str | None = None  # the field the server refused
    entry: str | None = None
    ignored: tuple[str, ...] = ()  # fields that are read only or not known, left as they were


class How(StrEnum):
    """How an element of a resource came from a record's field."""

    COPIED = "copied"  # as it is
    MAPPED = "mapped"  # by a table, or split, joined, given a system
    DEFAULTED = "defaulted"  # no field says it
    LEFT_OUT = "left_out"  # the field has no place in the resource


@dataclass(frozen=True, slots=True)
class OriginView:
    """One line of the Mapping tab. `path`: in the resource, like `telecom[0].value`; None where it is left out.
    `field`: of the record; None where no field says it."""

    path: str | None
    field: str | None
    how: How


@dataclass(frozen=True, slots=True)
class IssueView:
    """One line of the Issues tab: what the R4 check says, in words (`words.say`), and where."""

    severity: str  # fatal error warning information
    code: str  # of FHIR's issue types
    expression: str | None  # FHIRPath, like Patient.telecom[0].value
    why: Reason
    field: str | None = None  # the record's own field, where it is known

    @property
    def grave(self) -> bool:
        """Whether it keeps the resource from being queued."""
        return self.severity in ("fatal", "error")


@dataclass(frozen=True, slots=True)
class PreviewView:
    """A resource as it would be sent now: the preview pane's Resource, Mapping, Issues and Request tabs."""

    type: str
    key: str
    resource_type: str
    resource: Mapping[str, Any]
    text: str  # indented JSON, digits as they are
    issues: tuple[IssueView, ...] = ()
    version_id: str | None = None  # the server's, when it is there
    same_as_server: bool | None = None
    request: Mapping[str, Any] | None = None  # {"method","url","headers","body"}; the token masked
    origins: tuple[OriginView, ...] = ()
    record: Record | None = None  # what the record is, or what a resource would be here
    partial: bool = False  # read from a resource that lacks what the record needs: shown, not editable


@dataclass(frozen=True, slots=True)
class OpenedView:
    """One record or resource of an opened file or of pasted text: converted and checked, not stored, not queued."""

    line: int  # of the file, from 1
    given: str  # what was read, indented; "" where it could not be read
    view: PreviewView | None = None  # None: it cannot become a resource; `error` says why
    error: Reason | None = None
    field: str | None = None  # the field that is wrong
    key: str | None = None


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


Ids = array  # array('q') of row ids in the order asked for: 8 bytes a row, so that a million rows scroll


@dataclass(frozen=True, slots=True)
class Listing:
    """The ids of all rows of a query, in order; pages are fetched by id."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
