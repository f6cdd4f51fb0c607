"""A worker on a real store and a real loopback server, in a time that runs fast."""

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from fhirdesk.converters.context import Context
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.events import Events
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.queue_entry import Attempt, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Record, SourceRecord
from fhirdesk.core.settings import Profile
from fhirdesk.core.views import Choices, EditOutcome, EditResult, FieldValues, QueueQuery
from fhirdesk.remote.client import Remote
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.sync.edits.edit_conflict import EditConflict
from fhirdesk.sync.edits.write_through import WriteThrough
from fhirdesk.sync.operator.conflict_resolution import ConflictResolution
from fhirdesk.sync.operator.correction import Correction
from fhirdesk.sync.operator.fresh_copy import FreshCopy
from fhirdesk.sync.operator.queue_operations import QueueOperations
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from fhirdesk.sync.worker.worker import Worker
from tests.factories import person

T = TypeVar("T")


class FastClock(Clock):
    """A second here lasts a millisecond; backoff always takes its longest. No sleep is shorter than a few milliseconds:
    a worker that looks a thousand times a second leaves the processor nothing for the answers that it waits for."""

    SPEED, SHORTEST = 1000.0, 0.004

    def __init__(self) -> None:
        self._wall, self._start = time.time(), time.monotonic()

    def now(self) -> float:
        return self._wall + self.monotonic()

    def monotonic(self) -> float:
        return (time.monotonic() - self._start) * self.SPEED

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds / self.SPEED, self.SHORTEST))

    def jitter(self, most: float) -> float:
        return most


class SetClock(Clock):
    """Time goes on only when the test says so, or while something sleeps."""

    def __init__(self, at: float = 1000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds

    def jitter(self, most: float) -> float:
        return most


class Harness:
    """One store, one worker."""

    def __init__(self, folder: Path, url: str, clock: Clock | None = None, deadline: float = 5.0, **profile: Any):
        self.folder, self.clock, self.deadline = folder, clock or FastClock(), deadline
        self.profile = Profile(url=url, **profile)
        self.mapper = Mapper(Context(vendor=self.profile.vendor))
        self.store = SqliteStore.open(folder, self.profile.name, Events())
        self.outbox = Outbox(self.store, self.clock, self.mapper)

    def close(self) -> None:
        self.store.close()

    def add(self, *records: Record | SourceRecord) -> list[str]:
        """Store and queue; the uuids."""
        return [str(s.entry) for s in self.outbox.add([Incoming(r, str(uuid.uuid4())) for r in records])]

    def meet(self) -> None:
        """One patient is on the server: a search there is known to find what is there."""
        self.add(person("P-0"))
        self.drain()

    def delete(self, record: Record) -> str:
        """Queue a delete."""
        made = self.outbox.queue(record.type, record.key, str(uuid.uuid4()), Operation.DELETE, priority=None)
        assert made is not None
        return made

    def drain(
        self,
        *,
        seconds: float = 20.0,
        until: Callable[[], bool] | None = None,
        before: Callable[[Worker], None] | None = None,
    ) -> Worker:
        """Send until nothing moves by itself, or the server is paused. Fails when that takes too long."""
        return asyncio.run(self._drain(seconds, until, before))

    async def _drain(
        self, seconds: float, until: Callable[[], bool] | None, before: Callable[[Worker], None] | None
    ) -> Worker:
        remote = self.remote()
        worker = Worker(self.store, remote, self.profile, self.mapper, self.clock)
        if before:
            before(worker)
        try:
            async with asyncio.timeout(seconds):
                await worker.run(lambda: worker.link.paused is not None or (until() if until else not self.moving()))
        finally:
            await remote.close()
        return worker

    def edit(
        self,
        *,
        before: Callable[[Worker], None] = lambda _: None,
        seen: Record | None = None,
        uuid: str = "the-edit",
        patience: float = 60_000.0,
        **changes: str,
    ) -> EditResult:
        """A profile edit of P-1, sent by a worker that runs beside it."""
        return asyncio.run(self._edit(changes, before, seen, uuid, patience))

    async def _edit(
        self,
        changes: dict[str, str],
        before: Callable[[Worker], None],
        seen: Record | None,
        uuid_: str,
        patience: float = 60_000.0,
    ) -> EditResult:
        remote = self.remote()
        worker = Worker(self.store, remote, self.profile, self.mapper, self.clock)
        before(worker)
        sending = asyncio.ensure_future(worker.run_edits())
        door = WriteThrough(self.store, self.outbox, self.mapper, self.clock)
        try:
            return await door.edit(
                "P-1",
                changes,
                uuid=uuid_,
                later=False,
                wake=worker.wake,
                patience=patience,
                seen=seen,
            )
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await remote.close()

    def record(self) -> Record:
        """P-1 as it is here."""
        with self.store.snapshot() as view:
            return view.records.expect("patient", "P-1")

    def compare_edit(self, changes: Mapping[str, str], seen: Record | None) -> tuple[FieldValues, ...]:
        """What an edit of P-1 is up against."""
        return asyncio.run(self._reading(lambda conflict: conflict.compare("P-1", changes, seen)))

    def settle_edit(self, changes: Mapping[str, str], seen: Record | None, choices: Choices) -> EditResult:
        """A person chooses; what is left of the edit is saved."""
        left = asyncio.run(self._reading(lambda conflict: conflict.resolve("P-1", changes, seen, choices)))
        if left:
            return asyncio.run(self._edit(dict(left), lambda _: None, None, str(uuid.uuid4())))
        return EditResult(EditOutcome.UNCHANGED, Reason("edit_theirs"), self.record())

    async def _reading(self, act: Callable[[EditConflict], Coroutine[Any, Any, T]]) -> T:
        remote = self.remote()
        copies = FreshCopy(self.store, remote, self.mapper)
        try:
            return await act(EditConflict(self.store, copies, self.mapper, self.clock))
        finally:
            await remote.close()

    def remote(self) -> Remote:
        """The client, with short deadlines."""
        short = self.deadline
        return Remote(
            self.profile, secret=None, deadline=short, bundle_deadline=short, clock=self.clock, metrics=Metrics()
        )

    def moving(self) -> bool:
        with self.store.snapshot() as view:
            return view.queue.has_moving()

    def entry(self, uuid_: str) -> QueueEntry:
        with self.store.snapshot() as view:
            found = view.entries.get(uuid_)
        assert found
        return found

    def attempts(self, uuid_: str) -> list[Attempt]:
        """Every try of an entry, the first one first."""
        with self.store.snapshot() as view:
            return list(view.queue_views.read_details(uuid_).history)

    def states(self, *uuids: str) -> list[Status]:
        return [self.entry(u).status for u in uuids]

    def reason(self, uuid_: str) -> str:
        found = self.entry(uuid_).reason
        return found.code if found else ""

    def compare(self, uuid_: str) -> tuple[FieldValues, ...]:
        """What a person sees before deciding."""

        async def look() -> tuple[FieldValues, ...]:
            remote = self.remote()
            try:
                return await self.resolution(remote).compare(uuid_)
            finally:
                await remote.close()

        return asyncio.run(look())

    def resolve(self, uuid_: str, how: str, logical_id: str | None = None, choices: Choices | None = None) -> Status:
        """A person decides."""

        async def decide() -> Status:
            remote = self.remote()
            try:
                return await self.resolution(remote).resolve(uuid_, how, logical_id, choices)
            finally:
                await remote.close()

        return asyncio.run(decide())

    def forget_ids(self) -> None:
        """A person says: the server was reset."""
        assert self.decisions().forget_ids() > 0

    def decisions(self) -> QueueOperations:
        """Operators' verbs."""
        return QueueOperations(self.store, self.clock)

    def correction(self) -> Correction:
        """Edit and retry."""
        return Correction(self.store, self.mapper, self.clock)

    def resolution(self, remote: Remote) -> ConflictResolution:
        """How conflicts end."""
        return ConflictResolution(self.store, remote, self.mapper, self.clock)

    def all(self) -> QueueQuery:
        return QueueQuery()
