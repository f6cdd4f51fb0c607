"""The desk: the composition root, and the one door for the window and the command line."""

from __future__ import annotations

import asyncio
import itertools
import uuid as uuids
from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fhirdesk.access import User
from fhirdesk.clock import Clock
from fhirdesk.entry import Reason, Status
from fhirdesk.errors import ConfigurationError, DataFolderError, FhirDeskError, InvalidInput, NotFound, Refused
from fhirdesk.events import Events, QueueChanged, RecordsChanged, ServerChanged
from fhirdesk.metrics import Metrics
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
    Link,
    MetricsView,
    PatientQuery,
    PatientRow,
    PreviewView,
    QueueQuery,
    QueueRow,
    ServerView,
)

if TYPE_CHECKING:
    from fhirdesk.files import BadRow, Row
    from fhirdesk.rooms import Rooms
    from fhirdesk.store.locks import FileLock

IMPORT_BATCH = 200
PATIENCE = 15.0  # seconds beyond the deadline that an edit waits for its outcome


class Desk:
    """What the program can do. Every coroutine may be awaited on any event loop: the work is done on the engine's
    thread, reads on a reader thread. What comes back is frozen values. Errors are FhirDeskError."""

    events: Events
    settings: Settings

    def __init__(self, settings: Settings, rooms: Callable[[Settings, Events, Metrics, Clock], Rooms]):
        from fhirdesk.engine import Engine

        self.settings, self.events = settings, Events()
        self._clock, self._metrics = Clock(), Metrics()
        self._engine = Engine()
        self._open_rooms = rooms
        self._rooms_: Rooms | None = None
        self._stopping = False
        self._background: asyncio.Task[None] | None = None

    @property
    def _rooms(self) -> Rooms:
        assert self._rooms_ is not None, "start() comes first"
        return self._rooms_

    # -- life

    async def start(self, *, send: bool = True) -> None:
        """Open the store, recover, and (send) begin to drain the queue in the background."""

        async def begin() -> None:
            self._rooms_ = self._open_rooms(self.settings, self.events, self._metrics, self._clock)
            if send:
                self._background = asyncio.ensure_future(self._serve())

        await self._engine.run(begin())

    async def stop(self, timeout: float = 5.0) -> None:
        """Let the answers in flight arrive, then close everything."""

        async def end() -> None:
            self._stopping = True
            if self._background:
                self._rooms.worker.wake()
                await asyncio.wait({self._background}, timeout=timeout + 1)
            if self._rooms_:
                await self._rooms_.close()

        await self._engine.run(end())
        self._engine.close()

    async def _serve(self) -> None:
        """Send while this process is the sender, watch while another one is."""
        while not self._stopping:
            if self.settings.profile.url and self._rooms.sender.take():
                await self._rooms.worker.run(lambda: self._stopping)
            else:
                self._watch()
                await asyncio.sleep(0.5)

    def _watch(self) -> None:
        if self._rooms.store.changed_elsewhere():
            self.events.publish(QueueChanged())
            self.events.publish(RecordsChanged())

    def _wake(self) -> None:
        self._engine.wake(self._rooms.worker.wake)

    # -- patients and records

    def record_types(self) -> Mapping[str, RecordType]:
        """Every record type by name."""
        return self._rooms.record_types()

    async def patient_first(self, query: PatientQuery, count: int = 100) -> tuple[PatientRow, ...]:
        """The first rows of a query, fast."""
        return await self._engine.read(lambda: self._rooms.reads.patient_first(query, count))

    async def patient_ids(self, query: PatientQuery) -> array[int]:
        """The row ids of a query in order, all of them."""
        return await self._engine.read(lambda: self._rooms.reads.patient_ids(query))

    async def patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """Rows by id, in the order asked for."""
        return await self._engine.read(lambda: self._rooms.reads.patients(ids))

    async def record(self, type_: str, key: str) -> Record | None:
        """A record as it is here."""
        return await self._engine.read(lambda: self._rooms.reads.record(type_, key))

    async def register(self, type_: str, fields: Mapping[str, object], uuid: str) -> ImportLine:
        """Save a new or changed record and queue it. The same uuid twice is one entry. Raises InvalidRecord."""
        record = self._rooms.read_record(fields, type_)
        saved = await self._engine.do(lambda: self._rooms.save([(record, uuid)], enqueue=True, who="local"))
        self._wake()
        return ImportLine(0, type_, record.key, saved[0].result, saved[0].entry)

    async def edit_patient(
        self, key: str, changes: Mapping[str, str], *, uuid: str, later: bool = False, user: User | None = None
    ) -> EditResult:
        """Write-through: the server first, the record only once it said yes."""

        async def edit() -> EditResult:
            mine = None if self._background else await self._temporary_sender()
            try:
                return await self._rooms.write_through.edit(
                    key,
                    changes,
                    uuid=uuid,
                    later=later,
                    user=user or User(),
                    wake=self._rooms.worker.wake,
                    patience=self.settings.deadline * 2 + PATIENCE,
                )
            finally:
                if mine:
                    mine.cancel()
                    with suppress(asyncio.CancelledError):
                        await mine
                    self._rooms.sender.give_back()

        return await self._engine.run(edit())

    async def _temporary_sender(self) -> asyncio.Task[None] | None:
        """Without a sender anywhere, this process sends the edit's lane itself."""
        if not self.settings.profile.url or not self._rooms.sender.take():
            return None
        return asyncio.ensure_future(self._rooms.worker.run_edits())

    async def import_files(
        self,
        paths: Sequence[Path],
        *,
        type_: str | None = None,
        enqueue: bool = True,
        progress: Callable[[ImportProgress], None] | None = None,
    ) -> AsyncIterator[ImportLine]:
        """Read records and Bundles; a line for each row once it is committed."""
        tally = Tally(progress)
        for path in paths:
            async for line in self._add(self._rooms.rows(path), tally, type_, enqueue):
                yield line

    async def load_sample(
        self, patients: int, seed: int = 1, *, progress: Callable[[ImportProgress], None] | None = None
    ) -> AsyncIterator[ImportLine]:
        """The clinic that does not exist, imported like a file; the same seed gives the same records."""
        async for line in self._add(self._rooms.sample_rows(patients, seed), Tally(progress), None, True):
            yield line

    async def _add(
        self, rows: Iterator[Row | BadRow], tally: Tally, type_: str | None, enqueue: bool
    ) -> AsyncIterator[ImportLine]:
        while batch := await self._engine.read(lambda: list(itertools.islice(rows, IMPORT_BATCH))):
            lines = await self._engine.do(lambda b=batch: self._rooms.import_rows(b, type_, enqueue))  # type: ignore[misc]
            self._wake()
            for line in lines:
                tally.add(line)
                yield line
            tally.tell()

    # -- queue

    async def counts(self) -> Counts:
        """Entries by state, from one snapshot."""
        return await self._engine.read(self._rooms.reads.counts)

    async def queue_ids(self, query: QueueQuery) -> array[int]:
        """The seq of each entry of a query, in order."""
        return await self._engine.read(lambda: self._rooms.reads.queue_ids(query))

    async def queue_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """Rows by seq, in the order asked for."""
        return await self._engine.read(lambda: self._rooms.reads.queue_rows(seqs))

    async def entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts. Raises NotFound."""
        return await self._engine.read(lambda: self._rooms.reads.entry(uuid))

    async def retry(self, uuids: Sequence[str]) -> int:
        """Send failed, held or waiting entries again now; how many were changed."""
        changed = await self._engine.do(lambda: self._rooms.retry(uuids))
        self._wake()
        return changed

    async def cancel(self, uuids: Sequence[str]) -> int:
        """Take entries back. Raises Refused when one is in flight or its outcome is not known."""
        for uuid in uuids:
            if (await self.entry(uuid)).entry.status in (Status.PROCESSING, Status.UNKNOWN):
                raise Refused("cancel_in_flight", entry=uuid)
        return await self._engine.do(lambda: self._rooms.cancel(uuids))

    async def pause(self) -> None:
        """Send nothing until resume."""
        await self._engine.do(lambda: self._rooms.pause(Reason("paused_by_hand")))

    async def resume(self) -> None:
        """End a pause, whoever made it."""
        await self._engine.do(lambda: self._rooms.pause(None))
        self._wake()

    async def send_now(self) -> None:
        """Make everything that waits for its time due now, and wake the worker."""
        await self._engine.do(self._rooms.hurry)
        self._wake()

    async def sync(self, type_: str, key: str, *, operation: str = "update", priority: int | None = None) -> str | None:
        """Queue one record; the entry's uuid, None when unchanged."""
        new = str(uuids.uuid4())
        queued = await self._engine.do(lambda: self._rooms.sync(type_, key, operation, priority, new))
        self._wake()
        return queued

    async def drain(
        self, *, until_empty: bool = False, watch: bool = False, seconds: float | None = None
    ) -> DrainSummary:
        """Send what is due (command line)."""
        return await self._engine.run(self._rooms.drain(until_empty=until_empty, watch=watch, seconds=seconds))

    # -- preview and server

    async def preview(self, type_: str, key: str, *, request: bool = False) -> PreviewView:
        """The resource as it would be sent now. No writes, no network."""
        return await self._engine.read(lambda: self._rooms.reads.preview(type_, key, request))

    async def server(self) -> ServerView:
        """How the connection stands."""
        return await self._engine.do(self._server_view)

    def _server_view(self) -> ServerView:
        profile, rooms = self.settings.profile, self._rooms
        circuit = rooms.worker.circuit
        link, reason = Link.ONLINE, circuit.paused or circuit.reason
        if not profile.url:
            link = Link.UNSET
        elif circuit.paused:
            link = Link.PAUSED
        elif self._background and not rooms.sender.held:
            link = Link.ELSEWHERE
        elif circuit.offline:
            link = Link.OFFLINE
        latency = self._metrics.view().avg_ms
        next_try = circuit.wait_until or None
        return ServerView(profile.name, profile.url, link, profile.demo, latency, reason, next_try, profile.colour)

    async def check(self) -> tuple[CheckStep, ...]:
        """The connection, step by step."""
        return await self._engine.run(self._rooms.remote.check())

    async def server_paused(self) -> bool:
        """Whether nothing is sent until a person acts."""
        return self._rooms.worker.circuit.paused is not None

    async def changed_since(self, type_: str | None, since: float | None) -> list[tuple[str, str]]:
        """(type, key) of the records changed since (epoch seconds)."""
        return await self._engine.read(lambda: self._rooms.changed_since(type_, since))

    async def export(self, type_: str | None, format_: str, out: BinaryIO) -> None:
        """Write what the cache holds: ndjson, bundle, records or csv."""
        await self._engine.read(lambda: self._rooms.export(type_, format_, out))

    async def metrics(self) -> MetricsView:
        """How the server answered lately."""
        return await self._engine.read(self._rooms.reads.metrics)


class Tally:
    """How far an import is."""

    def __init__(self, progress: Callable[[ImportProgress], None] | None):
        self._progress = progress
        self.counts = dict.fromkeys(("read", "new", "changed", "unchanged", "refused", "queued"), 0)

    def add(self, line: ImportLine) -> None:
        """One more row."""
        self.counts["read"] += 1
        self.counts[line.result] += 1
        self.counts["queued"] += line.entry is not None

    def tell(self) -> None:
        """Pass the numbers on."""
        if self._progress:
            self._progress(ImportProgress(**self.counts))


def open_desk(settings: Settings) -> Desk:
    """Put the rooms together. They are imported here, so that the window paints before they load."""
    from fhirdesk.rooms import open_rooms

    return Desk(settings, open_rooms)


def lock_window(data_dir: Path) -> FileLock | None:
    """The right to be the one window of a data folder; None: another one is open. Raises DataFolderError."""
    from fhirdesk.store.locks import FileLock

    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(data_dir / "window.lock")
        return lock if lock.try_acquire() else None
    except OSError as error:
        raise DataFolderError(path=data_dir) from error


__all__ = ["ConfigurationError", "Desk", "FhirDeskError", "InvalidInput", "NotFound", "ServerChanged", "open_desk"]
