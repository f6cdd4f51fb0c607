"""The desk: the composition root, and the one door for the window and the command line."""

from array import array
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from fhirdesk.access import User
from fhirdesk.events import Events
from fhirdesk.records import Record, RecordType
from fhirdesk.settings import Settings
from fhirdesk.views import (
    CheckStep,
    Counts,
    DrainSummary,
    EditResult,
    EntryDetails,
    ImportLine,
    ImportProgress,
    MetricsView,
    PatientQuery,
    PatientRow,
    PreviewView,
    QueueQuery,
    QueueRow,
    ServerView,
)


class Desk:
    """What the program can do. Every coroutine may be awaited on any event loop: the work is done on the engine's
    thread, reads on a reader thread. What comes back is frozen values. Errors are FhirDeskError."""

    events: Events
    settings: Settings

    async def start(self, *, send: bool = True) -> None:
        """Open the store, recover, and (send) begin to drain the queue in the background."""
        raise NotImplementedError

    async def stop(self, timeout: float = 5.0) -> None:
        """Let the answers in flight arrive, then close everything."""
        raise NotImplementedError

    # -- patients and records

    def record_types(self) -> Mapping[str, RecordType]:
        """Every record type by name."""
        raise NotImplementedError

    async def patient_first(self, query: PatientQuery, count: int = 100) -> tuple[PatientRow, ...]:
        """The first rows of a query, fast."""
        raise NotImplementedError

    async def patient_ids(self, query: PatientQuery) -> "array[int]":
        """The row ids of a query in order, all of them."""
        raise NotImplementedError

    async def patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """Rows by id, in the order asked for."""
        raise NotImplementedError

    async def record(self, type_: str, key: str) -> Record | None:
        """A record as it is here."""
        raise NotImplementedError

    async def register(self, type_: str, fields: Mapping[str, object], uuid: str) -> ImportLine:
        """Save a new or changed record and queue it. The same uuid twice is one entry. Raises InvalidRecord."""
        raise NotImplementedError

    async def edit_patient(
        self, key: str, changes: Mapping[str, str], *, uuid: str, later: bool = False, user: User | None = None
    ) -> EditResult:
        """Write-through: the server first, the record only once it said yes."""
        raise NotImplementedError

    async def import_files(
        self,
        paths: Sequence[Path],
        *,
        type_: str | None = None,
        enqueue: bool = True,
        progress: Callable[[ImportProgress], None] | None = None,
    ) -> AsyncIterator[ImportLine]:
        """Read records and Bundles; a line for each row once it is committed."""
        raise NotImplementedError
        yield

    # -- queue

    async def counts(self) -> Counts:
        """Entries by state, from one snapshot."""
        raise NotImplementedError

    async def queue_ids(self, query: QueueQuery) -> "array[int]":
        """The seq of each entry of a query, in order."""
        raise NotImplementedError

    async def queue_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """Rows by seq, in the order asked for."""
        raise NotImplementedError

    async def entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts. Raises NotFound."""
        raise NotImplementedError

    async def retry(self, uuids: Sequence[str]) -> int:
        """Send failed, held or waiting entries again now; how many were changed."""
        raise NotImplementedError

    async def cancel(self, uuids: Sequence[str]) -> int:
        """Take entries back. Raises Refused when one is in flight or its outcome is not known."""
        raise NotImplementedError

    async def pause(self) -> None:
        """Send nothing until resume."""
        raise NotImplementedError

    async def resume(self) -> None:
        """End a pause, whoever made it."""
        raise NotImplementedError

    async def send_now(self) -> None:
        """Make everything that waits for its time due now, and wake the worker."""
        raise NotImplementedError

    async def sync(self, type_: str, key: str, *, operation: str = "update", priority: int | None = None) -> str | None:
        """Queue one record; the entry's uuid, None when unchanged."""
        raise NotImplementedError

    async def drain(
        self, *, until_empty: bool = False, watch: bool = False, seconds: float | None = None
    ) -> DrainSummary:
        """Send what is due (command line)."""
        raise NotImplementedError

    # -- preview and server

    async def preview(self, type_: str, key: str, *, request: bool = False) -> PreviewView:
        """The resource as it would be sent now. No writes, no network."""
        raise NotImplementedError

    async def server(self) -> ServerView:
        """How the connection stands."""
        raise NotImplementedError

    async def check(self) -> tuple[CheckStep, ...]:
        """The connection, step by step."""
        raise NotImplementedError

    async def metrics(self) -> MetricsView:
        """How the server answered lately."""
        raise NotImplementedError

    # -- the sample clinic

    async def load_sample(
        self, patients: int = 200, seed: int = 1, progress: Callable[[ImportProgress], None] | None = None
    ) -> None:
        """Fill this data folder with the sample clinic and queue it."""
        raise NotImplementedError


def open_desk(settings: Settings) -> Desk:
    """Put the rooms together. They are imported here, so that the window paints before they load."""
    raise NotImplementedError
