"""What goes into the queue's verbs: a new entry, a head made ready, a move; and the columns they share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import OPEN, IdMapping, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Issue
from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import queue_entry

Q = queue_entry.c
OLDER = "older-database"  # the issue of an attempt that another, lost state of the database may have made
STRANGER = "not-fhir"  # the issue of an attempt that something else than the FHIR server answered
MIXED_UP = "mixed-up"  # the issue of an attempt whose answer was about another's resource
OPEN_STATES = [s.value for s in OPEN]


def sql_list(values: Iterable[str]) -> str:
    """Words of ours as a list in SQL."""
    words = ", ".join(f"'{value!s}'" for value in sorted(values))
    return f"({words})"


BEHIND = (  # what stands before the entry `q` in its lane, open
    "(SELECT 1 FROM queue_entry o INDEXED BY queue_record "  # noqa: S608 - ours
    "WHERE o.profile = q.profile AND o.type = q.type AND o.key = q.key "
    f"AND o.seq < q.seq AND o.status IN {sql_list(OPEN_STATES)})"
)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as its caller made it. `parents`: (type, key) of the records it refers to."""

    uuid: str
    record: Record
    resource_type: str
    operation: Operation
    priority: int
    parents: tuple[tuple[str, str], ...] = ()
    edit: Mapping[str, str] | None = None
    origin: str | None = None  # uuid of the entry that this one is a corrected retry of


@dataclass(frozen=True, slots=True)
class Prepared:
    """A head ready to be sent: what will be written to the server, to be committed before the first byte leaves."""

    entry: QueueEntry
    request: Mapping[str, Any]
    expires_at: float  # epoch seconds: after it the server cannot be working on it any more

    @property
    def number(self) -> int:
        """The number of the attempt that the claim makes."""
        return self.entry.attempts + 1


@dataclass(frozen=True, slots=True)
class Transition:
    """An entry leaves the state it is in; `number` is the attempt that is answered."""

    entry: QueueEntry
    number: int
    status: Status
    reason: Reason | None = None
    not_before: float = 0.0
    counts: bool = False  # the attempt counts towards giving up
    waits: tuple[str, str] | None = None  # the parent a held entry waits for
    alone: bool = False
    phase: Phase = Phase.ANSWERED
    http_status: int | None = None  # as it came, for people
    verdict: Verdict | None = None  # what the answer meant; None: the attempt keeps the one it has
    issue: str | None = None
    request_id: str | None = None
    ms: float | None = None
    issues: Sequence[Issue] = ()
    mapped: IdMapping | None = None  # proof of a completed entry, or what was learned of the server's copy
    logical_id: str | None = None  # the id that a yes named, before it is proved to be the record's
    empty_at: float | None = None  # a search found nothing at this time
    taken: Mapping[str, Any] = field(default_factory=dict)  # fields of the record that the server changed meanwhile


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The newest attempt of an entry, as a probe must know it."""

    request: Mapping[str, Any]  # as stored: method, path, if_match, if_none_exist, body
    at: float  # epoch seconds
    expires_at: float  # after it the server cannot be working on it any more
    empty_at: float | None = None  # when a search first found nothing after it
    resent: bool = False  # an earlier attempt was found not to have arrived
    stale: int = 0  # attempts that were refused for what is there: rule 7
    verdict: Verdict | None = None  # what its answer meant; None: there was none
    issue: str | None = None  # of its answer

    @property
    def refused(self) -> bool:
        """The server said no: it is not working on it any more."""
        return self.verdict is not None and self.verdict.is_refusal

    @property
    def older(self) -> bool:
        """The database is older than what was sent: what is there may be a later state of ours."""
        return self.issue == OLDER

    @property
    def duplicate(self) -> bool:
        """The server said that it has several, or one already."""
        return self.verdict is Verdict.DUPLICATE or self.issue in ("duplicate", "multiple-matches")

    @property
    def accepted(self) -> bool:
        """The server said yes, without a proof that tells its version; the page of a proxy, or a yes about another's
        resource, is none."""
        return self.verdict is not None and self.verdict.is_acceptance

    @property
    def deferred(self) -> bool:
        """True if the server took the request to do it later: no deadline of ours ends that."""
        return self.verdict is Verdict.DEFERRED


class Scope:
    """The entries of one profile."""

    def __init__(self, profile: str):
        self.profile = profile

    @property
    def _mine(self) -> ColumnElement[bool]:
        return Q.profile == self.profile


def waiting_reason(type_: str, key: str) -> Reason:
    """Why a child is held."""
    return Reason("why_waits_patient" if type_ == "patient" else "why_waits", {"type": type_, "key": key})


def reason_columns(reason: Reason | None) -> dict[str, str | None]:
    """The two columns of a reason."""
    if reason is None:
        return {"reason": None, "reason_params": None}
    return {"reason": reason.code, "reason_params": json.dumps(dict(reason.params)).decode()}


def by_type(records: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Keys grouped by record type."""
    grouped: dict[str, list[str]] = {}
    for type_, key in records:
        grouped.setdefault(type_, []).append(key)
    return grouped
