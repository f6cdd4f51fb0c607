"""Builds the parts of the program and connects them; the desk calls them on the engine's thread.

Each part is made, and its modules are loaded, when it is first used: `queue stats` needs no HTTP client and no
converters, and answers in a fraction of their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fhirdesk.app import credentials
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
from fhirdesk.store.sqlite.sqlite_store import SqliteStore
from fhirdesk.store.store import Store

if TYPE_CHECKING:
    from fhirdesk.app.exporting import Exporter
    from fhirdesk.app.import_run import ImportRun
    from fhirdesk.app.importing import Importer
    from fhirdesk.app.preview import Previewer
    from fhirdesk.converters.mapper import Mapper
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
    """Everything behind the desk: the store, the server, the worker and what acts on them. Its methods run on the
    engine's thread."""

    def __init__(self, settings: Settings, events: Events, metrics: Metrics, clock: Clock):
        self.settings, self._events, self._metrics, self._clock = settings, events, metrics, clock
        self.store: Store = SqliteStore.open(
            settings.data_dir, settings.profile.name, events, share=settings.network_share
        )
        self.reads = Reads(self.store, clock)

    async def close(self) -> None:
        """Close the connections to the server, give up the right to send, and close the store."""
        if "remote" in self.__dict__:
            await self.remote.close()
        if "sender" in self.__dict__:
            self.sender.release()
        self.store.close()

    # -- parts, each made when it is first used

    @cached_property
    def remote(self) -> Remote:
        """The client of the profile's server, with the secret of the settings, else of the keyring."""
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
    def mapper(self) -> Mapper:
        """Maps records to FHIR resources and back, as the profile asks."""
        from fhirdesk.app.mapping import mapper_for

        return mapper_for(self.settings)

    @cached_property
    def outbox(self) -> Outbox:
        """Where records come in: it stores them and queues what changed."""
        from fhirdesk.sync.outbox.outbox import Outbox

        return Outbox(self.store, self._clock, self.mapper)

    @cached_property
    def sender(self) -> SenderLock:
        """The lock that one process of a data folder holds while it sends."""
        from fhirdesk.sync.worker.sender_lock import SenderLock

        return SenderLock(self.store, self.settings.data_dir)

    @cached_property
    def worker(self) -> Worker:
        """The loop that sends; it is paused from the start where the database says so."""
        from fhirdesk.sync.worker.worker import Worker

        worker = Worker(
            self.store, self.remote, self.settings.profile, self.mapper, self._clock, self.settings.retention
        )
        worker.link.follow_pause()
        return worker

    @cached_property
    def write_through(self) -> WriteThrough:
        """Makes profile edits: the server first, the record only once the server accepted."""
        from fhirdesk.sync.edits.write_through import WriteThrough

        return WriteThrough(self.store, self.outbox, self.mapper, self._clock)

    @cached_property
    def intake(self) -> Importer:
        """Turns rows of files into records."""
        from fhirdesk.app.importing import Importer

        return Importer(self.store, self.mapper, self.settings.profile.url)

    @cached_property
    def exports(self) -> Exporter:
        """Writes stored records and their resources to files."""
        from fhirdesk.app.exporting import Exporter

        return Exporter(self.store, self.mapper)

    @cached_property
    def previews(self) -> Previewer:
        """Builds what would be sent for a record, without sending it."""
        from fhirdesk.app.preview import Previewer

        return Previewer(self.store, self.mapper, self.settings)

    @cached_property
    def decisions(self) -> QueueOperations:
        """Changes entries as a person asks: retry, cancel, discard, hold, release, correct."""
        from fhirdesk.sync.operator.queue_operations import QueueOperations

        return QueueOperations(self.store, self.mapper, self._clock)

    @cached_property
    def resolution(self) -> ConflictResolution:
        """Ends conflicts as a person chooses."""
        from fhirdesk.sync.operator.conflict_resolution import ConflictResolution

        return ConflictResolution(self.store, self.remote, self.mapper, self._clock)

    @cached_property
    def edit_conflict(self) -> EditConflict:
        """Compares a profile edit in conflict with the server's copy, and makes it anew as a person chooses."""
        from fhirdesk.sync.edits.edit_conflict import EditConflict
        from fhirdesk.sync.operator.fresh_copy import FreshCopy

        copies = FreshCopy(self.store, self.remote, self.mapper)
        return EditConflict(self.store, copies, self.mapper, self._clock)

    @cached_property
    def peers(self) -> PeerProcesses:
        """Follows what other processes do to the same database."""
        from fhirdesk.sync.worker.peer_processes import PeerProcesses

        return PeerProcesses(self.store, self.worker, self._clock)

    @cached_property
    def drain(self) -> Drain:
        """Sends from the command line until there is nothing left to send, or the time is up."""
        from fhirdesk.sync.worker.drain import Drain

        return Drain(self.store, self.worker, self.sender, self.peers, self._clock)

    # -- records

    def record_types(self) -> Mapping[str, RecordType]:
        """All record types by name, those of plug-ins included."""
        from fhirdesk.converters import registry

        return registry.record_types()

    def problems(self) -> tuple[Reason, ...]:
        """Why some plug-ins cannot be used."""
        from fhirdesk.converters import registry

        return registry.plugin_problems()

    def read_record(self, raw: Mapping[str, object], type_: str | None) -> Record:
        """The record that a row's values give, checked. Raises InvalidRecord."""
        return self.mapper.convert(raw, type_)[0]

    # -- import

    def rows(self, source: Path | BinaryIO, encoding: str | None = None) -> Iterator[Rows]:
        """The rows of a file, its format told from its content; a file that cannot be read at all is one bad row."""
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
        """A new import, to be fed batch by batch."""
        from fhirdesk.app.import_run import ImportRun

        return ImportRun(self.store, self.intake, self.outbox, options or ImportOptions())

    def save(self, records: Sequence[tuple[Record, str]], *, enqueue: bool, who: str) -> list[Saved]:
        """Store records, each with the uuid of its entry, and queue those that changed. `who`: the audit's actor."""
        from fhirdesk.sync.outbox.outbox import Incoming

        return self.outbox.add([Incoming(r, u) for r, u in records], enqueue=enqueue, who=who)

    def change(self, type_: str, key: str, fields: Mapping[str, object], uuid: str) -> list[Saved]:
        """Change those fields of the record as it is stored now, and queue it. Raises NotFound, InvalidRecord."""

        with self.store.snapshot() as view:
            record = view.records.expect(type_, key)
        return self.save([(self.mapper.edit_record(record, fields), uuid)], enqueue=True, who=LOCAL)

    async def check(self) -> tuple[CheckStep, ...]:
        """Test the connection step by step: name, TLS, metadata, sign-in, reading."""
        from fhirdesk.remote.connection_test import ConnectionTest

        return await ConnectionTest(self.remote, resource_types(self.record_types())).run()

    # -- queue

    def pause(self, reason: Reason | None) -> None:
        """Stop sending for that reason; None: send again."""
        self.decisions.pause(reason)
        self.worker.link.follow_pause()

    def forget_ids(self) -> int:
        """Forget every logical id, because the server was reset, and end its pause. Returns how many ids there were."""
        count = self.decisions.forget_ids()
        self.worker.link.resume()
        return count

    def hurry(self) -> SentAgain:
        """Make every waiting entry due now and end the back-off. Returns how many are sent, how many looked up."""
        self.worker.link.hurry()
        return self.decisions.make_due()

    def changed_since(self, type_: str | None, since: float | None) -> list[tuple[str, str]]:
        """(type, key) of the records that changed since (epoch seconds; None: ever)."""
        with self.store.snapshot() as view:
            types = [type_] if type_ else list(self.record_types())
            return [(t, r.key) for t in types for r in view.records.find_changed_since(t, since or 0.0)]
