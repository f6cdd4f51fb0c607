"""What passes between sync and the server: a request, an answer, and what the answer means (design: docs/queue.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fhirdesk.core.resource import Issue

INTERACTIONS: Mapping[str, str] = {"POST": "create", "PUT": "update", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Request:
    """One interaction, relative to the server's base."""

    method: str  # GET POST PUT DELETE
    path: str  # "Patient", "Patient/12", "" for a Bundle
    body: Mapping[str, Any] | None = None
    if_match: str | None = None  # a version id, without W/""
    if_none_exist: str | None = None  # "identifier=system|key", values already percent-encoded
    params: Mapping[str, str] = field(default_factory=dict)
    no_cache: bool = False  # Cache-Control: no-cache: a search must see what was just written
    full_url: str | None = None  # what the entries of a transaction call it
    creates: bool = False  # a PUT that makes a new resource (update as create)
    written: bytes | None = field(default=None, repr=False)  # the body as JSON, where it is written already

    @property
    def interaction(self) -> str:
        """create, update, delete or read (https://hl7.org/fhir/R4/http.html)."""
        return "create" if self.creates else INTERACTIONS.get(self.method, "read")


class Delivery(StrEnum):
    """How far a request came."""

    NOT_SENT = "not_sent"  # no byte of it was written (DNS, refused, connect timeout)
    NOT_TRUSTED = "not_trusted"  # TLS said no; nothing was written
    LOST = "lost"  # written or perhaps written; no whole answer
    ANSWERED = "answered"  # a whole answer was read


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole or not. One for each request, also inside a Bundle."""

    delivery: Delivery
    status: int | None = None
    body: Mapping[str, Any] | None = None  # parsed JSON object, numbers with their digits
    content_type: str | None = None
    location: str | None = None
    etag: str | None = None
    retry_after: float | None = None  # seconds from now, clipped to 0..3600
    last_modified: str | None = None
    request_id: str | None = None
    ms: float = 0.0
    issues: tuple[Issue, ...] = ()
    error_code: str | None = None  # a code of the messages for NOT_SENT, NOT_TRUSTED and LOST
    error_params: Mapping[str, str] = field(default_factory=dict)
    unread: bool = False  # LOST, but it came: it could not be read
    not_fhir: bool = False  # a page for people, or another resource than was asked for: not the FHIR server's


class Verdict(StrEnum):
    """What an answer means for its entry; the class in the table of docs/queue.md."""

    DONE = "done"  # with proof
    UNKNOWN = "unknown"  # no answer, or one that tells nothing
    UNPROVED = "unproved"  # a yes that does not prove which resource it is about: looked at
    DEFERRED = "deferred"  # 202: taken, to be done later, or not
    SERVER_ERROR = "server_error"  # 5xx: perhaps done before it stumbled
    NOT_SENT = "not_sent"  # pending again, no attempt used
    NOT_TRUSTED = "not_trusted"  # TLS: pause
    NOT_FHIR = "not_fhir"  # not the FHIR server: pause, entry unknown
    MIXED_UP = "mixed_up"  # a yes about another resource than ours: pause, entry unknown
    MOVED = "moved"  # 3xx on a write: pause
    REJECTED = "rejected"  # failed for good
    PERMISSION = "permission"  # failed; three in a row pause
    SIGN_IN = "sign_in"  # pause "sign in again", no attempt used
    WRONG_PLACE = "wrong_place"  # 404 on create: pause
    NOT_THERE = "not_there"  # 404 on update: search by identifier
    GONE = "gone"  # 410: deleted there
    UNSUPPORTED = "unsupported"  # held: the server does not take this type
    STALE = "stale"  # 409 412: read again (rule 7)
    LOCKED = "locked"  # 409 lock-error: backoff
    DUPLICATE = "duplicate"  # several there: a person
    NEEDS_VERSION = "needs_version"  # 428: once more with If-Match
    TOO_LARGE = "too_large"  # halve the Bundle
    BUSY = "busy"  # backoff of the whole server
    MISSING_REFERENCE = "missing_reference"  # held
    BACKOFF = "backoff"  # this entry later, counted

    @property
    def is_undecided(self) -> bool:
        """True if the write may have happened or not: a look at the server decides."""
        return self in UNDECIDED

    @property
    def is_refusal(self) -> bool:
        """True if the server said no: it did nothing, and is not working on it any more."""
        return self in REFUSALS

    @property
    def is_acceptance(self) -> bool:
        """True if the server said yes, with a proof or without."""
        return self in (Verdict.DONE, Verdict.UNPROVED)


UNDECIDED = frozenset({Verdict.UNKNOWN, Verdict.UNPROVED, Verdict.DEFERRED, Verdict.SERVER_ERROR})
REFUSALS = frozenset(
    {
        Verdict.REJECTED,
        Verdict.PERMISSION,
        Verdict.SIGN_IN,
        Verdict.WRONG_PLACE,
        Verdict.NOT_THERE,
        Verdict.GONE,
        Verdict.UNSUPPORTED,
        Verdict.STALE,
        Verdict.LOCKED,
        Verdict.DUPLICATE,
        Verdict.NEEDS_VERSION,
        Verdict.TOO_LARGE,
        Verdict.BUSY,
        Verdict.MISSING_REFERENCE,
        Verdict.BACKOFF,
    }
)
OUTDATED = frozenset({Verdict.STALE, Verdict.NOT_THERE, Verdict.NEEDS_VERSION})  # another state is there than we knew


@dataclass(frozen=True, slots=True)
class Classified:
    """An answer read: the verdict and its proof."""

    verdict: Verdict
    response: Response
    logical_id: str | None = None
    version_id: str | None = None
    resource: Mapping[str, Any] | None = None  # the server's copy, when it sent one
    issue: Issue | None = None  # the worst


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the server says it can do (CapabilityStatement), read once at connect."""

    fhir_version: str
    software: str
    interactions: Mapping[str, frozenset[str]]  # resource type → create read update delete search-type vread ...
    conditional_create: frozenset[str] = frozenset()
    update_create: frozenset[str] = frozenset()
    versioned: frozenset[str] = frozenset()  # types with versions at all
    batch: bool = False  # takes batch Bundles (HAPI does, and declares only transaction)
    transaction: bool = False
    software_version: str = ""

    def takes(self, resource_type: str, interaction: str) -> bool:
        """Whether that interaction is declared for that type."""
        return interaction in self.interactions.get(resource_type, frozenset())

    def takes_writes(self, resource_type: str) -> bool:
        """Whether anything of that type can be written there: created, updated or deleted."""
        return any(self.takes(resource_type, interaction) for interaction in INTERACTIONS.values())
