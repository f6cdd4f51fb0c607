"""What the desk shows of records: rows of patients, what an import and a profile edit came to."""

from array import array
from dataclasses import dataclass, field
from enum import StrEnum

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.records import Record


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
class ImportProgress:
    """How far an import is."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    queued: int = 0
    fraction: float | None = None  # 0..1 of the bytes, where the size is known
    notes: tuple[Reason, ...] = ()  # what is to be said of its files, though they were read


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import is to be read. `source`: the name of the system that its files come from, where it was given."""

    type: str | None = None  # of records that do not name theirs
    enqueue: bool = True
    source: str | None = None
    whole: bool = False  # what a row does not name is empty
    encoding: str | None = None  # what its files are written in; None: that is found out
    last_wins: bool = False  # of two rows of one record in one file


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
    notes: tuple[Reason, ...] = ()  # what is to be said of it, though it was taken


class EditOutcome(StrEnum):
    """How a profile edit ended."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    LOCAL_ONLY = "local_only"
    QUEUED = "queued"  # as an ordinary change, which was what was asked for
    REFUSED = "refused"
    NOT_DONE = "not_done"  # the server said yes and did something else; the record is as the server has it
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
    field: str | None = None  # the field that the server's refusal names
    entry: str | None = None
    said: str | None = None  # a refusal in the server's own words: plain text
    ignored: tuple[str, ...] = ()  # fields that are read only or not known, left as they were


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How much of a damaged database is here now, and the records (type, key) that are to be imported again."""

    records: int
    entries: int
    lost: tuple[tuple[str, str], ...]

    def describe(self, file: str, most: int | None = None) -> list[Reason]:
        """The sentences about it: how much is here, then each lost record; beyond `most` only how many more."""
        counts = {"records": str(self.records), "entries": str(self.entries), "file": file}
        named = [Reason("salvage_lost", {"type": type_, "key": key}) for type_, key in self.lost[:most]]
        more = len(self.lost) - len(named)
        rest = [Reason("salvage_more", {"count": str(more)})] if more else []
        return [Reason("salvaged", counts), *named, *rest]


Ids = array  # array('q') of row ids in the order asked for: 8 bytes a row, so that a million rows scroll


@dataclass(frozen=True, slots=True)
class Listing:
    """The ids of all rows of a query, in order; pages are fetched by id."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
