"""Builds the parts of the program and connects them, on the engine's thread alone.

What converts and what sends is built, and its modules are loaded, when it is first used there: `queue stats` needs no
HTTP client and no converters, and answers in a fraction of their time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, wraps
from typing import TYPE_CHECKING, TypeVar

from fhirdesk.app import credentials
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import ReadOnlyStore
from fhirdesk.core.events import Events
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.permissions import Action, Actor
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import Settings
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.store import Store
from fhirdesk.sync.operator.queue_operations import QueueOperations
from fhirdesk.sync.worker.sender_lock import SenderLock

if TYPE_CHECKING:
    from fhirdesk.app.exporting import Exporter
    from fhirdesk.app.importing import Importer
    from fhirdesk.app.preview import Previewer
    from fhirdesk.app.server_versions import ServerVersions
    from fhirdesk.converters.mapper import Mapper
    from fhirdesk.remote.client import Remote
    from fhirdesk.sync.edits.edit_conflict import EditConflict
    from fhirdesk.sync.edits.write_through import WriteThrough
    from fhirdesk.sync.operator.conflict_resolution import ConflictResolution
    from fhirdesk.sync.operator.correction import Correction
    from fhirdesk.sync.outbox.outbox import Outbox
    from fhirdesk.sync.worker.drain import Drain
    from fhirdesk.sync.worker.peer_processes import PeerProcesses
    from fhirdesk.sync.worker.worker import Worker

T = TypeVar("T")
PATIENCE = 15.0  # seconds beyond the deadline that a person waits for an outcome


class NotBuilt(RuntimeError):
    """A part that is not built yet was asked for on a thread that may not build it."""


def part(build: Callable[[Container], T]) -> cached_property[T]:
    """A part that is built when it is first used on the engine's thread; from then on any thread may have it. Raises
    NotBuilt on another thread before."""

    @wraps(build)
    def build_here(container: Container) -> T:
        if threading.get_ident() != container.thread:
            raise NotBuilt(build.__name__)
        return build(container)

    return cached_property(build_here)


class Container:
    """Everything behind the desk: the store, the server, the worker and what acts on them. It belongs to the thread
    that builds it, the engine's."""

    def __init__(self, settings: Settings, actor: Actor, events: Events, metrics: Metrics, clock: Clock):
        self.thread = threading.get_ident()
        self.settings, self.metrics, self.clock = settings, metrics, clock
        self.store: Store = SqliteStore.open(
            settings.data_dir, settings.profile.name, events, share=settings.network_share, actor=actor
        )
        self.sender = SenderLock(self.store, settings.data_dir)
        self.queue_operations = QueueOperations(self.store, clock)

    async def close(self) -> None:
        """Close the connections to the server, give up the right to send, and close the store."""
        if "remote" in vars(self):
            await self.remote.close()
        self.sender.release()
        self.store.close()

    @property
    def patience(self) -> float:
        """Seconds to wait for the outcome of an edit, or of a change that another process sends."""
        return self.settings.deadline * 2 + PATIENCE

    @property
    def built_worker(self) -> Worker | None:
        """The worker; None where nothing was sent by this process yet: it is not loaded to be asked."""
        worker: Worker | None = vars(self).get("worker")
        return worker

    @property
    def blocking_reason(self) -> Reason | None:
        """Why nothing is sent to the server now, as far as this process sends: it is paused, or away."""
        return self.built_worker.link.status.blocking_reason if self.built_worker else None

    def wake_worker(self) -> None:
        """Tell the worker that there may be something to send; nothing where there is none."""
        if self.built_worker:
            self.built_worker.wake()

    def record_refusal(self, action: Action) -> None:
        """Keep in the audit that the actor asked for what is not allowed."""
        with suppress(ReadOnlyStore), self.store.transaction() as tx:
            tx.audit.append([AuditEvent(f"refused {action.verb}")], self.clock.now())

    # -- what converts and what sends

    @part
    def remote(self) -> Remote:
        """The client of the profile's server, with the secret of the settings, else of the keyring, or with its
        keys."""
        from fhirdesk.app import client_keys
        from fhirdesk.remote.client import Remote

        profile, secret = self.settings.profile, self.settings.secret
        if secret is None and profile.signs_in_by == "secret":
            secret = credentials.get_secret(profile.name)
        return Remote(
            profile,
            secret=secret,
            keys=client_keys.load(self.settings.data_dir, profile),
            deadline=self.settings.deadline,
            bundle_deadline=self.settings.bundle_deadline,
            clock=self.clock,
            metrics=self.metrics,
        )

    @part
    def mapper(self) -> Mapper:
        """Maps records to FHIR resources and back, as the profile asks."""
        from fhirdesk.app.mapping import mapper_for

        return mapper_for(self.settings)

    @part
    def outbox(self) -> Outbox:
        """Where records come in: it stores them and queues what changed."""
        from fhirdesk.sync.outbox.outbox import Outbox

        return Outbox(self.store, self.clock, self.mapper)

    @part
    def worker(self) -> Worker:
        """The loop that sends; it is paused from the start where the database says so."""
        from fhirdesk.sync.worker.worker import Worker

        worker = Worker(
            self.store, self.remote, self.settings.profile, self.mapper, self.clock, self.settings.retention
        )
        worker.link.follow_pause()
        return worker

    @part
    def write_through(self) -> WriteThrough:
        """Makes profile edits: the server first, the record only once the server accepted."""
        from fhirdesk.sync.edits.write_through import WriteThrough

        return WriteThrough(self.store, self.outbox, self.mapper, self.clock)

    @part
    def importer(self) -> Importer:
        """Turns rows of files into records."""
        from fhirdesk.app.importing import Importer

        return Importer(self.store, self.mapper, self.settings.profile.url)

    @part
    def exporter(self) -> Exporter:
        """Writes stored records and their resources to files."""
        from fhirdesk.app.exporting import Exporter

        return Exporter(self.store, self.mapper)

    @part
    def previewer(self) -> Previewer:
        """Builds what would be sent for a record, without sending it."""
        from fhirdesk.app.preview import Previewer

        return Previewer(self.store, self.mapper, self.settings)

    @part
    def server_versions(self) -> ServerVersions:
        """Shows records beside the server's copies and versions."""
        from fhirdesk.app.server_versions import ServerVersions

        return ServerVersions(self.store, self.remote, self.mapper, self.previewer, self.clock)

    @part
    def correction(self) -> Correction:
        """Replaces entries by corrected ones."""
        from fhirdesk.sync.operator.correction import Correction

        return Correction(self.store, self.mapper, self.clock)

    @part
    def conflict_resolution(self) -> ConflictResolution:
        """Ends conflicts as a person chooses."""
        from fhirdesk.sync.operator.conflict_resolution import ConflictResolution

        return ConflictResolution(self.store, self.remote, self.mapper, self.clock)

    @part
    def edit_conflict(self) -> EditConflict:
        """Compares a profile edit in conflict with the server's copy, and makes it anew as a person chooses."""
        from fhirdesk.sync.edits.edit_conflict import EditConflict
        from fhirdesk.sync.operator.fresh_copy import FreshCopy

        copies = FreshCopy(self.store, self.remote, self.mapper)
        return EditConflict(self.store, copies, self.mapper, self.clock)

    @part
    def peers(self) -> PeerProcesses:
        """Follows what other processes do to the same database."""
        from fhirdesk.sync.worker.peer_processes import PeerProcesses

        return PeerProcesses(self.store, self.worker, self.clock)

    @part
    def drain(self) -> Drain:
        """Sends from the command line until there is nothing left to send, or the time is up."""
        from fhirdesk.sync.worker.drain import Drain

        return Drain(self.store, self.worker, self.sender, self.peers, self.clock)
