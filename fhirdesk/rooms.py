"""The rooms put together: what the desk does on the engine's thread, and what it reads on the reader's."""

import asyncio
import time
import uuid as uuids
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from fhirdesk import credentials, files, sample
from fhirdesk.clock import Clock
from fhirdesk.converters import registry
from fhirdesk.converters.base import Context
from fhirdesk.entry import Mapped, Operation, QueueEntry, Reason, Status
from fhirdesk.errors import InvalidInput, InvalidRecord, NotFound
from fhirdesk.events import Events, QueueChanged, ServerChanged
from fhirdesk.files import BadRow, Row
from fhirdesk.metrics import Metrics, summarise
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.records import Record, RecordType
from fhirdesk.remote.client import Remote
from fhirdesk.settings import Settings
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.store import Store
from fhirdesk.sync.outbox import Incoming, Outbox, Saved, new_entry, parents
from fhirdesk.sync.push import Send, prepare
from fhirdesk.sync.sender import SenderLock
from fhirdesk.sync.worker import Worker
from fhirdesk.sync.write_through import WriteThrough
from fhirdesk.views import (
    Counts,
    DrainSummary,
    EntryDetails,
    ImportLine,
    MetricsView,
    PatientQuery,
    PatientRow,
    PreviewView,
    QueueQuery,
    QueueRow,
)

WATCH = 0.3  # seconds between looks while another process sends


class Rooms:
    """Everything behind the desk. Its methods run on the engine's thread."""

    def __init__(self, settings: Settings, events: Events, metrics: Metrics, clock: Clock):
        self.settings, self._events, self._clock = settings, events, clock
        profile = settings.profile
        self.context = Context(base=settings.base, time_zone=settings.time_zone, vendor=profile.vendor)
        self.store = Store.open(settings.data_dir, profile.name, clock, events)
        secret = settings.secret or credentials.get_secret(profile.name) if profile.client_id else None
        self.remote = Remote(
            profile,
            secret=secret,
            deadline=settings.deadline,
            bundle_deadline=settings.bundle_deadline,
            clock=clock,
            metrics=metrics,
        )
        self.outbox = Outbox(self.store, clock)
        self.sender = SenderLock(self.store, settings.data_dir)
        self.worker = Worker(self.store, self.remote, profile, self.context, clock)
        self.write_through = WriteThrough(self.store, self.outbox, self.context, clock)
        self.reads = Reads(self.store, self.context, settings)
        with self.store.reading() as conn:
            self.worker.circuit.paused = self.store.queue.paused(conn)

    async def close(self) -> None:
        """Give everything back."""
        await self.remote.close()
        self.sender.give_back()
        self.store.close()

    def record_types(self) -> Mapping[str, RecordType]:
        """Every record type by name."""
        return registry.record_types()

    def read_record(self, raw: Mapping[str, object], type_: str | None) -> Record:
        """A checked record. Raises InvalidRecord."""
        return registry.read_record(raw, type_, self.context)

    # -- import

    def rows(self, path: Path) -> Iterator[Row | BadRow]:
        """The rows of a file, by content. Raises InvalidDocument when the file itself is wrong."""
        return files.rows(path)

    def sample_rows(self, patients: int, seed: int) -> Iterator[Row]:
        """The sample clinic as rows of a file."""
        return (Row(line, data) for line, data in enumerate(sample.generate(patients, seed), 1))

    def import_rows(self, rows: Sequence[Row | BadRow], type_: str | None, enqueue: bool) -> list[ImportLine]:
        """One transaction; bad rows are refused by themselves."""
        read = [self._read_row(row, type_) for row in rows]
        good = [(r, str(uuids.uuid4())) for r in read if isinstance(r, Record)]
        saved = iter(self.save(good, enqueue=enqueue, who="import"))
        lines = []
        for row, result in zip(rows, read, strict=True):
            if isinstance(result, Record):
                done = next(saved)
                lines.append(ImportLine(row.line, result.type, result.key, done.result, done.entry))
            else:
                lines.append(refusal(row, result))
        return lines

    def _read_row(self, row: Row | BadRow, type_: str | None) -> Record | InvalidInput:
        if isinstance(row, BadRow):
            return row.error
        try:
            if row.is_resource:
                raise InvalidRecord("import_resources_later")
            return self.read_record(row.data, type_)
        except InvalidInput as error:
            return error

    def save(self, records: Sequence[tuple[Record, str]], *, enqueue: bool, who: str) -> list[Saved]:
        """Store and queue."""
        return self.outbox.add([Incoming(r, u) for r, u in records], enqueue=enqueue, who=who)

    # -- queue

    def retry(self, chosen: Sequence[str]) -> int:
        """Entries are due now."""
        with self.store.writing() as tx:
            tx.announce(QueueChanged())
            return self.store.queue.retry(tx.conn, chosen, self._clock.now())

    def cancel(self, chosen: Sequence[str]) -> int:
        """Entries are taken back."""
        with self.store.writing() as tx:
            tx.announce(QueueChanged())
            return self.store.queue.cancel(tx.conn, chosen, self._clock.now())

    def hurry(self) -> None:
        """Everything is due now."""
        self.worker.circuit.wait_until = 0.0
        with self.store.writing() as tx:
            tx.announce(QueueChanged())
            self.store.queue.hurry(tx.conn, self._clock.now())

    def pause(self, reason: Reason | None) -> None:
        """Pause (a reason) or resume (None)."""
        if reason:
            self.worker.circuit.pause(reason)
        else:
            self.worker.circuit.resume()
        with self.store.writing() as tx:
            tx.announce(ServerChanged())
            self.store.queue.pause(tx.conn, reason)

    def sync(self, type_: str, key: str, operation: str, priority: int | None, uuid: str) -> str | None:
        """Queue one record as it is here."""
        with self.store.writing() as tx:
            record = self.store.records.get_many(tx.conn, type_, [key]).get(key)
            if record is None:
                raise NotFound("no_such_record", type=type_, key=key)
            on_server = bool(self.store.resource_map.get_many(tx.conn, {(type_, key)}))
            new = new_entry(Incoming(record, uuid, priority), created=not on_server)
            if operation == Operation.DELETE:
                new = NewEntry(uuid, record, new.resource_type, Operation.DELETE, new.priority)
            now = self._clock.now()
            self.store.queue.enqueue(tx.conn, [new], now)
            self.store.audit.append(tx.conn, "local", f"queue {operation}", type_, key, uuid, now)
            tx.announce(QueueChanged())
        return uuid

    def changed_since(self, type_: str | None, since: float | None) -> list[tuple[str, str]]:
        """(type, key) of what changed."""
        with self.store.reading() as conn:
            types = [type_] if type_ else list(registry.record_types())
            return [(t, r.key) for t in types for r in self.store.records.changed_since(conn, t, since or 0.0)]

    def export(self, type_: str | None, format_: str, out: BinaryIO) -> None:
        """Records, or their resources with what the server added."""
        for chosen in [type_] if type_ else list(registry.record_types()):
            with self.store.reading() as conn:
                for record in self.store.records.iterate(conn, chosen):
                    shown = {"type": record.type, **record.fields}
                    out.write(json.dumps(shown if format_ == "records" else self._resource(record)) + b"\n")

    def _resource(self, record: Record) -> Mapping[str, object]:
        return registry.to_resource(record, self.context)

    # -- drain

    async def drain(self, *, until_empty: bool, watch: bool, seconds: float | None) -> DrainSummary:
        """Send; or, beside another sender, watch it and end the same way."""
        started = time.monotonic()
        before = self.worker.ledger.completed
        done_before = self.reads.counts()[Status.COMPLETED]
        mine = self.sender.take()

        def enough() -> bool:
            if seconds is not None and time.monotonic() - started >= seconds:
                return True
            return not watch and self._finished(until_empty)

        if not mine:
            while not enough():  # noqa: ASYNC110 - another process sends; only its commits tell
                await asyncio.sleep(WATCH)
        elif until_empty or watch:
            await self.worker.run(enough)
        else:
            await self.worker.once()
        if mine:
            self.sender.give_back()
        counts = self.reads.counts()
        completed = self.worker.ledger.completed - before if mine else counts[Status.COMPLETED] - done_before
        return DrainSummary(
            completed=completed,
            failed=counts[Status.FAILED],
            conflict=counts[Status.CONFLICT],
            unknown=counts[Status.UNKNOWN] + counts[Status.PROCESSING],
            held=counts[Status.HELD],
            pending=counts[Status.PENDING],
            seconds=round(time.monotonic() - started, 3),
            reason=self.worker.circuit.paused or self.worker.circuit.reason,
        )

    def _finished(self, until_empty: bool) -> bool:
        """Only what needs a person, a parent or nothing is left; or a person must act first."""
        if self.worker.circuit.paused:
            return True
        return until_empty and not self.reads.moving()


class Reads:
    """What is shown: each a short read of one snapshot, on the reader's thread."""

    def __init__(self, store: Store, context: Context, settings: Settings):
        self._store, self._context, self._settings = store, context, settings

    def patient_first(self, query: PatientQuery, count: int) -> tuple[PatientRow, ...]:
        """The first rows."""
        with self._store.reading() as conn:
            return tuple(self._store.patients.first(conn, query, count))

    def patient_ids(self, query: PatientQuery) -> "array[int]":
        """All ids in order."""
        with self._store.reading() as conn:
            return self._store.patients.ids(conn, query)

    def patients(self, ids: Sequence[int]) -> tuple[PatientRow, ...]:
        """Rows by id."""
        with self._store.reading() as conn:
            return tuple(self._store.patients.rows(conn, ids))

    def record(self, type_: str, key: str) -> Record | None:
        """One record."""
        with self._store.reading() as conn:
            return self._store.records.get_many(conn, type_, [key]).get(key)

    def counts(self) -> Counts:
        """Entries by state."""
        with self._store.reading() as conn:
            return self._store.queue_views.counts(conn)

    def moving(self) -> bool:
        """Whether anything still goes by itself: due now or later, in flight, or being looked at."""
        with self._store.reading() as conn:
            return self._store.queue.moving(conn)

    def queue_ids(self, query: QueueQuery) -> "array[int]":
        """All seqs in order."""
        with self._store.reading() as conn:
            return self._store.queue_views.ids(conn, query)

    def queue_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """Rows by seq."""
        with self._store.reading() as conn:
            return tuple(self._store.queue_views.rows(conn, seqs))

    def entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts."""
        with self._store.reading() as conn:
            return self._store.queue_views.details(conn, uuid)

    def known(self, record: Record) -> dict[tuple[str, str], Mapped]:
        """What the resource map holds of a record and its parents."""
        with self._store.reading() as conn:
            return self._store.resource_map.get_many(conn, {(record.type, record.key), *parents(record)})

    def preview(self, type_: str, key: str, request: bool) -> PreviewView:
        """As it would be sent now; with references at rest while a parent is not on the server."""
        record = self.record(type_, key)
        if record is None:
            raise NotFound("no_such_record", type=type_, key=key)
        known = self.known(record)
        plan = prepare(unsaved_entry(record), known, self._context)
        resource = registry.to_resource(record, self._context)
        if isinstance(plan, Send) and plan.request.body:
            resource = dict(plan.request.body)
        mapped = known.get((type_, key))
        issues = tuple(Reason(f.code, {"text": f.text}) for f in check(resource))
        return PreviewView(
            type_,
            key,
            resource["resourceType"],
            resource,
            json.pretty(resource),
            issues,
            version_id=mapped.version_id if mapped else None,
            same_as_server=mapped is not None and mapped.base_read and mapped.base == resource if mapped else None,
            request=self._request(plan) if request and isinstance(plan, Send) else None,
        )

    def _request(self, plan: Send) -> dict[str, object]:
        stored = plan.stored()
        headers = {"Content-Type": "application/fhir+json", "Authorization": "Bearer ****"}
        if plan.request.if_match:
            headers["If-Match"] = f'W/"{plan.request.if_match}"'
        if plan.request.if_none_exist:
            headers["If-None-Exist"] = plan.request.if_none_exist
        url = f"{self._settings.profile.url or ''}/{plan.request.path}"
        return {"method": stored["method"], "url": url, "headers": headers, "body": plan.request.body}

    def metrics(self) -> MetricsView:
        """Over the last attempts kept in the store, so that the command line sees them too."""
        with self._store.reading() as conn:
            return summarise(*self._store.queue_views.answers(conn))


def unsaved_entry(record: Record) -> QueueEntry:
    """An entry that is only looked at."""
    resource_type = registry.resource_type(record)
    status, operation = Status.PENDING, Operation.UPDATE
    return QueueEntry(0, "", record.type, record.key, resource_type, operation, status, 0, 0, 0, 0, 0, record)


def refusal(row: Row | BadRow, error: InvalidInput) -> ImportLine:
    """A refused row, with the field that is wrong."""
    field = error.field if isinstance(error, InvalidRecord) else None
    key = error.key if isinstance(error, InvalidRecord) else None
    return ImportLine(row.line, None, key, "refused", None, Reason(error.code, error.params), field)


def open_rooms(settings: Settings, events: Events, metrics: Metrics, clock: Clock) -> Rooms:
    """Open the data folder and everything in it."""
    return Rooms(settings, events, metrics, clock)


Opener = Callable[[Settings, Events, Metrics, Clock], Rooms]
