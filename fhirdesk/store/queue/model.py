"""The values that the queue's verbs take and return, and the columns and conditions that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import OPEN, IdMapping, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Issue
from fhirdesk.r4 import json
from fhirdesk.store.repository import Repository
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite.raw_sql import sql_list

Q = queue_entry.c
OLDER = "older-database"  # issue of an attempt that was perhaps made by a later, lost state of the database
STRANGER = "not-fhir"  # issue of an attempt that something else than the FHIR server answered
MIXED_UP = "mixed-up"  # issue of an attempt whose answer was about another record's resource
OPEN_STATES = [s.value for s in OPEN]
BEHIND = (  # the open entries before the entry `q` in its lane
    "(SELECT 1 FROM queue_entry o INDEXED BY queue_record "  # noqa: S608 - ours
    "WHERE o.profile = q.profile AND o.type = q.type AND o.key = q.key "
    f"AND o.seq < q.seq AND o.status IN {sql_list(OPEN_STATES)})"
)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be enqueued. `parents` are the records (type, key) that it refers to."""

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
    """A lane head and its request, which is committed as an attempt before the first byte leaves."""

    entry: QueueEntry
    request: Mapping[str, Any]
    expires_at: float  # epoch seconds: after it the server cannot be working on it any more

    @property
    def number(self) -> int:
        """The number of the attempt that the claim makes."""
        return self.entry.attempts + 1


@dataclass(frozen=True, slots=True)
class Transition:
    """The outcome of an attempt (`number`): the status that its entry changes to, and what the attempt keeps."""

    entry: QueueEntry
    number: int
    status: Status
    reason: Reason | None = None
    not_before: float = 0.0
    counts: bool = False  # the attempt counts towards giving up
    waits_for: tuple[str, str] | None = None  # the parent a held entry waits for
    isolated: bool = False  # the entry is sent singly next
    phase: Phase = Phase.ANSWERED
    http_status: int | None = None  # as it came, for people
    verdict: Verdict | None = None  # what the answer meant; None: the attempt keeps the one it has
    issue: str | None = None
    request_id: str | None = None
    ms: float | None = None
    issues: Sequence[Issue] = ()
    mapping: IdMapping | None = None  # proof of a completed entry, or what was learned of the server's copy
    logical_id: str | None = None  # the id that the answer named, before it is proved to be the record's
    empty_at: float | None = None  # a search found nothing at this time
    server_changes: Mapping[str, Any] = field(default_factory=dict)  # fields that the server changed meanwhile


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The newest attempt of an entry, with what a probe needs to know."""

    request: Mapping[str, Any]  # as stored: method, path, if_match, if_none_exist, body
    at: float  # epoch seconds
    expires_at: float  # after it the server cannot be working on it any more
    empty_at: float | None = None  # when a search first found nothing after it
    resent: bool = False  # a probe proved that an earlier attempt had not arrived
    stale: int = 0  # attempts that were refused because the server's copy had changed (rule 7)
    verdict: Verdict | None = None  # what its answer meant; None: there was none
    issue: str | None = None  # of its answer

    @property
    def was_refused(self) -> bool:
        """True if the server refused the request: it is no longer working on it."""
        return self.verdict is not None and self.verdict.is_refusal

    @property
    def is_from_older_database(self) -> bool:
        """True if the database is older than what was sent: the server's copy may be a later state of ours."""
        return self.issue == OLDER

    @property
    def is_duplicate(self) -> bool:
        """True if the server answered that it has such a resource already, or several."""
        return self.verdict is Verdict.DUPLICATE or self.issue in ("duplicate", "multiple-matches")

    @property
    def was_accepted(self) -> bool:
        """True if the server accepted the request, though its answer proves no version. A proxy's page, or an answer
        about another record's resource, is no acceptance."""
        return self.verdict is not None and self.verdict.is_acceptance

    @property
    def is_deferred(self) -> bool:
        """True if the server accepted the request for later: no deadline of ours ends that."""
        return self.verdict is Verdict.DEFERRED


class QueueRepository(Repository):
    """Reads and writes entries of one profile."""

    __slots__ = ()

    @property
    def _mine(self) -> ColumnElement[bool]:
        return Q.profile == self._profile


def waiting_reason(type_: str, key: str) -> Reason:
    """Return why a child of a record (type, key) is held."""
    return Reason("why_waits_patient" if type_ == "patient" else "why_waits", {"type": type_, "key": key})


def reason_columns(reason: Reason | None) -> dict[str, str | None]:
    """Return the columns `reason` and `reason_params`; both None for no reason."""
    if reason is None:
        return {"reason": None, "reason_params": None}
    return {"reason": reason.code, "reason_params": json.dumps(dict(reason.params)).decode()}
