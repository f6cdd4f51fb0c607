"""The words of the queue: an entry, its states, its attempts, its reasons (design: docs/queue.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fhirdesk.core.records import Record
from fhirdesk.core.resource import Issue


class Status(StrEnum):
    """Where an entry stands. A state is left only as the comment says."""

    PENDING = "pending"  # may be sent from not_before on; by a claim, or superseded by a newer unsent update
    HELD = "held"  # waits for something named; by that going away
    PROCESSING = "processing"  # the attempt was committed before the first byte left; by an answer, or unknown
    UNKNOWN = "unknown"  # perhaps sent, no proof; by a probe
    CONFLICT = "conflict"  # the server's copy changed; by a person
    FAILED = "failed"  # refused for good; by edit and retry, retry, discard
    COMPLETED = "completed"  # final: the server said yes, with proof
    SUPERSEDED = "superseded"  # final: a newer unsent change took its place
    CANCELLED = "cancelled"  # final: taken back by a person, or an edit that was not accepted


FINAL = frozenset({Status.COMPLETED, Status.SUPERSEDED, Status.CANCELLED})
OPEN = frozenset(Status) - FINAL
NEEDS_A_PERSON = frozenset({Status.CONFLICT, Status.FAILED})
# Where an entry may go from each state. That it stays as it is, as after a look that told nothing, is no step.
ALLOWED: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.PROCESSING, Status.HELD, Status.UNKNOWN, Status.FAILED, Status.CONFLICT})
    | {Status.SUPERSEDED, Status.CANCELLED},
    Status.HELD: frozenset({Status.PENDING, Status.UNKNOWN, Status.FAILED, Status.CONFLICT})
    | {Status.SUPERSEDED, Status.CANCELLED},
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.PENDING, Status.UNKNOWN, Status.HELD, Status.FAILED})
    | {Status.CONFLICT, Status.CANCELLED},
    Status.UNKNOWN: frozenset({Status.COMPLETED, Status.PENDING, Status.HELD, Status.FAILED, Status.CONFLICT})
    | {Status.CANCELLED},
    Status.CONFLICT: frozenset({Status.COMPLETED, Status.PENDING, Status.SUPERSEDED, Status.CANCELLED}),
    Status.FAILED: frozenset({Status.PENDING, Status.UNKNOWN, Status.SUPERSEDED, Status.CANCELLED}),
    **dict.fromkeys(FINAL, frozenset()),
}


def can_become(status: Status, after: Status) -> bool:
    """Whether an entry in that state may be in the other one after a step, or stays as it is."""
    return after is status or after in ALLOWED[status]


# What a person may do to an entry, and in which states: the store passes over the others, the window does not offer it.
ALLOWED_ACTIONS: Mapping[str, frozenset[Status]] = {
    "retry": frozenset({Status.FAILED, Status.HELD, Status.PENDING, Status.UNKNOWN}),
    "cancel": frozenset({Status.PENDING, Status.HELD, Status.FAILED, Status.CONFLICT}),
    "discard": frozenset({Status.FAILED, Status.CONFLICT, Status.HELD}),
    "hold": frozenset({Status.PENDING}),
    "release": frozenset({Status.HELD}),
    "edit": frozenset({Status.FAILED, Status.HELD, Status.PENDING}),  # a conflict would only meet the same one again
    "resolve": frozenset({Status.CONFLICT, Status.UNKNOWN}),
}
BULK_ACTIONS = tuple(action for action in ALLOWED_ACTIONS if action not in ("edit", "resolve"))  # those two need a form


class Operation(StrEnum):
    """What the entry wants of the server. Create and update both mean: bring the server up to date."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EDIT = "edit"  # a profile edit (write-through): changes the record only once the server said yes


def is_correctable(status: Status, operation: str) -> bool:
    """Whether "edit and retry" can work: a deletion has no fields, and a profile edit is made anew in its form."""
    return status in ALLOWED_ACTIONS["edit"] and operation not in (Operation.DELETE, Operation.EDIT)


# Conflicts that are not decided field by field: it is not there, or is another's, or nobody could look.
NOT_BY_FIELD = frozenset(
    {
        "why_gone",
        "why_missing_there",
        "why_another_patient",
        "why_another_number",
        "why_number_taken",
        "why_namesake",
        "why_duplicate",
        "why_unknown_twice",
        "why_search_unproved",
        "why_not_shown",
        "why_damaged_map",
    }
)


def is_merged_by_field(entry: "QueueEntry") -> bool:
    """Whether an entry in conflict ends field by field: both sides are there."""
    code = entry.reason.code if entry.reason else ""
    return entry.status is Status.CONFLICT and entry.operation is not Operation.DELETE and code not in NOT_BY_FIELD


def is_compared_before_delete(entry: "QueueEntry") -> bool:
    """Whether a deletion in conflict is about a copy on the server that changed: the user sees what changed."""
    code = entry.reason.code if entry.reason else ""
    return entry.status is Status.CONFLICT and entry.operation is Operation.DELETE and code not in NOT_BY_FIELD


EDIT_PRIORITY = 10
MOST_SAID = 3  # sentences of a server that are shown at once
CHANGE_PRIORITY = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code of the message catalogue and its parameters."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One interaction waiting for the server."""

    seq: int  # order of enqueue, the order inside a lane
    uuid: str
    type: str
    key: str
    resource_type: str
    operation: Operation
    status: Status
    priority: int
    created_at: float  # epoch seconds
    not_before: float
    failures: int  # attempts that count towards giving up (design: rule 9)
    attempts: int  # every attempt
    record: Record  # as it was when it was enqueued
    edit: Mapping[str, str] | None = None  # the changed fields of a profile edit
    reason: Reason | None = None
    patient_key: str | None = None
    logical_id: str | None = None
    isolated: bool = False  # send singly next (it was in flight at a crash)
    crash_count: int = 0  # how often it was alone in flight when the process died
    origin: str | None = None  # uuid of the entry that this one is a corrected retry of
    damaged: bool = False  # its row does not say what was written: never sent


class Phase(StrEnum):
    """How far an attempt came."""

    STARTED = "started"  # committed before the first byte left
    NOT_SENT = "not_sent"  # no byte was written
    ANSWERED = "answered"
    LOST = "lost"  # sent or perhaps sent, no readable answer
    PROBED = "probed"  # a look at the server after an unknown outcome
    INTERRUPTED = "interrupted"  # the process died in mid-flight


PERHAPS_SENT = (Phase.STARTED, Phase.LOST, Phase.INTERRUPTED)  # of an attempt like that nobody knows what became


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, how far, what the server said."""

    entry: str  # uuid of the entry
    number: int
    at: float  # epoch seconds
    phase: Phase
    status: int | None = None  # HTTP
    issue: str | None = None  # the worst issue's code
    request_id: str | None = None
    ms: float | None = None
    expires_at: float | None = None  # after this the server cannot be working on it any more
    request: Mapping[str, Any] | None = None  # {"method", "path", "if_match", "if_none_exist", "body"} as sent
    body: str | None = None  # the body as sent, indented for people, digits as they were
    issues: tuple[Issue, ...] = ()  # of the OperationOutcome, or what stands in for it


def server_issues(history: Sequence[Attempt]) -> Sequence[Issue]:
    """The issues of the newest answer, the errors alone where it names any."""
    issues = history[-1].issues if history else ()
    return [i for i in issues if i.severity in ("fatal", "error")] or issues


def server_sentences(history: Sequence[Attempt]) -> str | None:
    """The server's own sentences of the newest answer: plain text, it may hold patient data."""
    texts = dict.fromkeys(i.text.strip() for i in server_issues(history) if i.text and i.text.strip())
    return "\n".join(list(texts)[:MOST_SAID]) or None


@dataclass(frozen=True, slots=True)
class IdMapping:
    """What is known of a record on one server: its logical id, its version, and the server's copy."""

    type: str
    key: str
    resource_type: str
    logical_id: str
    version_id: str | None
    base: Mapping[str, Any] | None  # the resource as the server last gave it, else as we last sent it
    base_read: bool = False  # True: base came from the server
    synced_at: float | None = None
    damaged: bool = False  # its row does not say what was written: nothing of it is true
