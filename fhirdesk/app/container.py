"""The rooms put together: what the desk does on the engine's thread.

A room is opened, and what it stands on loaded, when it is first asked for: `queue stats` needs no HTTP client and no
converters, and answers in a fraction of their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fhirdesk.app import credentials
from fhirdesk.app.context import context_for
from fhirdesk.app.reads import Reads
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.events import Events
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.permissions import LOCAL
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record, RecordType, resource_types
from fhirdesk.core.settings import Settings
from fhirdesk.core.views import CheckStep, ImportOptions, SentAgain
from fhirdesk.store.store import Store

if TYPE_CHECKING:
    from fhirdesk.app.exporting import Exporter
    from fhirdesk.app.import_run import ImportRun
    from fhirdesk.app.importing import Importer
    from fhirdesk.app.preview import Previewer
    from fhirdesk.files import Row, Rows
    from fhirdesk.remote.client import Remote
    from fhirdesk.sync.edits.edit_conflict import EditConflict
    from fhirdesk.sync.edits.write_through import WriteThrough
    from fhirdesk.sync.operator.conflict_resolution import ConflictResolution
    from fhirdesk.sync.operator.queue_operations import QueueOperations
    from fhirdesk.sync.outbox.outbox import Outbox, Saved
    from fhirdesk.sync.worker.drain import Drain
    from fhirdesk.sync.worker.peer_processes import PeerProcesses
    from fhirdesk.sync.worker.sender_lock import SenderLock
    from fhirdesk.sync.worker.worker import Worker


class Container:
    """Everything behind the desk. Its methods run on the engine's thread."""

    def __init__(self, settings: Settings, events: Events, metrics: Metrics, clock: Clock):
        self.settings, self._events, self._metrics, self._clock = settings, events, metrics, clock
        self.context = context_for(settings)
        self.store = Store.open(settings.data_dir, settings.profile.name, events, share=settings.network_share)
        self.reads = Reads(self.store, clock)

    async def close(self) -> None:
        """Give everything back that was opened."""
        if "remote" in self.__dict__:
            await self.remote.close()
        if "sender" in self.__dict__:
            self.sender.release()
        self.store.close()

    # -- rooms, each opened when it is first asked for

    @cached_property
    def remote(self) -> Remote:
        """The server of the profile, with its secret."""
        from fhirdesk.remote.client import Remote

        profile, secret = self.settings.profile, self.settings.secret
        if secret is None and profile.client_id:
            secret = credentials.get_secret(profile.name)
        return Remote(
            profile,
            secret=secret,
            deadline=self.settings.deadline,
            bundle_deadline=self.settings.bundle_deadline,
            clock=self._clock,
            metrics=self._metrics,
        )

    @cached_property
    def outbox(self) -> Outbox:
        """Records in."""
        from fhirdesk.sync.outbox.outbox import Outbox

        return Outbox(self.store, self._clock, self.context)

    @cached_property
    def sender(self) -> SenderLock:
        """Who sends."""
        from fhirdesk.sync.worker.sender_lock import SenderLock

        return SenderLock(self.store, self.settings.data_dir)

    @cached_property
    def worker(self) -> Worker:
        """The loop; paused if the database says so."""
        from fhirdesk.sync.worker.worker import Worker

        made = Worker(
            self.store, self.remote, self.settings.profile, self.context, self._clock, self.settings.retention
        )
        with self.store.snapshot() as conn:
            if paused := self.store.queue.read_pause(conn):
                made.circuit.pause(paused)
        return made

    @cached_property
    def write_through(self) -> WriteThrough:
        """Profile edits."""
        from fhirdesk.sync.edits.write_through import WriteThrough

        return WriteThrough(self.store, self.outbox, self.context, self._clock)

    @cached_property
    def intake(self) -> Importer:
        """Rows become records."""
        from fhirdesk.app.importing import Importer

        return Importer(self.store, self.context, self.settings.profile.url)

    @cached_property
    def exports(self) -> Exporter:
        """What the cache holds, written out."""
        from fhirdesk.app.exporting import Exporter

        return Exporter(self.store, self.context)

    @cached_property
    def previews(self) -> Previewer:
        """What would be on the wire."""
        from fhirdesk.app.preview import Previewer

        return Previewer(self.store, self.context, self.settings)

    @cached_property
    def decisions(self) -> QueueOperations:
        """What a person does to entries."""
        from fhirdesk.sync.operator.queue_operations import QueueOperations

        return QueueOperations(self.store, self.context, self._clock)

    @cached_property
    def resolution(self) -> ConflictResolution:
        """How a conflict ends."""
        from fhirdesk.sync.operator.conflict_resolution import ConflictResolution

        return ConflictResolution(self.store, self.remote, self.context, self._clock)

    @cached_property
    def edit_conflict(self) -> EditConflict:
        """How a profile edit goes on that met a change."""
        from fhirdesk.sync.edits.edit_conflict import EditConflict
        from fhirdesk.sync.operator.fresh_copy import FreshCopy

        copies = FreshCopy(self.store, self.remote, self.context)
        return EditConflict(self.store, copies, self.context, self._clock)

    @cached_property
    def peers(self) -> PeerProcesses:
        """Other processes on the same database."""
        from fhirdesk.sync.worker.peer_processes import PeerProcesses

        return PeerProcesses(self.store, self.worker, self._clock)

    @cached_property
    def drain(self) -> Drain:
        """Send until done."""
        from fhirdesk.sync.worker.drain import Drain

        return Drain(self.store, self.worker, self.sender, self.peers, self._clock)

    # -- records

    def record_types(self) -> Mapping[str, RecordType]:
        """Every record type by name."""
        from fhirdesk.converters import registry

        return registry.record_types()

    def problems(self) -> tuple[Reason, ...]:
        """Plug-ins that cannot be used."""
        from fhirdesk.converters import registry

        return registry.plugin_problems()

    def read_record(self, raw: Mapping[str, object], type_: str | None) -> Record:
        """A checked record. Raises InvalidRecord."""
        from fhirdesk.converters import registry

        return registry.convert(raw, type_, self.context)[0]

    # -- import

    def rows(self, source: Path | BinaryIO, encoding: str | None = None) -> Iterator[Rows]:
        """The rows of a file, by content; a file that cannot be read at all is one bad row."""
        from fhirdesk import files
        from fhirdesk.files import BadRow

        try:
            yield from files.rows(source, encoding)
        except InvalidDocument as error:
            yield BadRow(0, error)
        except OSError:  # a stream that breaks off
            yield BadRow(0, InvalidDocument("file_unreadable", path=Path(getattr(source, "name", "")).name))

    def sample_rows(self, patients: int, seed: int) -> Iterator[Row]:
        """The sample clinic as rows of a file."""
        from fhirdesk import sample
        from fhirdesk.files import Row

        return (Row(line, data) for line, data in enumerate(sample.generate(patients, seed), 1))

    def import_run(self, options: ImportOptions | None = None) -> ImportRun:
        """One import, batch by batch."""
        from fhirdesk.app.import_run import ImportRun

        return ImportRun(self.store, self.intake, self.outbox, options or ImportOptions())

    def save(self, records: Sequence[tuple[Record, str]], *, enqueue: bool, who: str) -> list[Saved]:
        """Store and queue."""
        from fhirdesk.sync.outbox.outbox import Incoming

        return self.outbox.add([Incoming(r, u) for r, u in records], enqueue=enqueue, who=who)

    def change(self, type_: str, key: str, fields: Mapping[str, object], uuid: str) -> list[Saved]:
        """Those fields of the record as it is here now, stored and queued. Raises NotFound, InvalidRecord."""
        from fhirdesk.converters import registry

        with self.store.snapshot() as conn:
            record = self.store.records.expect(conn, type_, key)
        return self.save([(registry.edit_record(record, fields, self.context), uuid)], enqueue=True, who=LOCAL)

    async def check(self) -> tuple[CheckStep, ...]:
        """The connection, step by step."""
        from fhirdesk.remote.connection_test import ConnectionTest

        return await ConnectionTest(self.remote, resource_types(self.record_types())).run()

    # -- queue

    def pause(self, reason: Reason | None) -> None:
        """Pause (a reason) or resume (None)."""
        if reason:
            self.worker.circuit.pause(reason)
        else:
            self.worker.resume()
        self.decisions.pause(reason)

    def forget_ids(self) -> int:
        """The server was reset; its pause ends."""
        count = self.decisions.forget_ids()
        self.worker.resume()
        return count

    def hurry(self) -> SentAgain:
        """Everything is due now."""
        self.worker.circuit.wait_until = 0.0
        self.worker.session.forget()
        return self.decisions.make_due()

    def changed_since(self, type_: str | None, since: float | None) -> list[tuple[str, str]]:
        """(type, key) of what changed."""
        with self.store.snapshot() as conn:
            types = [type_] if type_ else list(self.record_types())
            return [(t, r.key) for t in types for r in self.store.records.find_changed_since(conn, t, since or 0.0)]
