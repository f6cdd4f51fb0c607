"""Takes profile edits: the server first, the local record once it accepted (flow 2; docs/queue.md, rule 12)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.events import QueueChanged
from fhirdesk.core.queue_entry import EDIT_PRIORITY, FINAL, OPEN, Attempt, Operation, Reason
from fhirdesk.core.records import Record
from fhirdesk.core.views import EditOutcome, EditResult
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.store import Store
from fhirdesk.sync.edits.edit_results import describe_edit
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from fhirdesk.sync.results.edit_transitions import CONFLICT

PATIENT = "patient"
POLL_INTERVAL = 0.05  # seconds between reads of the entry; another process may be the one that sends it


class WriteThrough:
    """The only way in for profile edits."""

    def __init__(self, store: Store, outbox: Outbox, mapper: Mapper, clock: Clock):
        self._store, self._outbox, self._mapper, self._clock = store, outbox, mapper, clock

    async def edit(
        self,
        key: str,
        changes: Mapping[str, str],
        *,
        uuid: str,
        later: bool,
        wake: Callable[[], None],
        patience: float,
        seen: Record | None = None,
    ) -> EditResult:
        """Queue an edit of a patient and wait for the server's answer; `later`: only queue it. A patient who is not on
        the server yet is saved locally and queued. Returns what to tell the user. `wake` tells the sender, in this
        process or another; `patience`: seconds until we say that the outcome is not known; `seen`: the record as the
        user saw it: a field that changed since is a conflict. Raises NotFound, InvalidRecord, DiskFull."""
        before = self._record(key)
        if missing := registry.missing_fields(before):
            reason = Reason("edit_partial", {"fields": ", ".join(missing)})
            return EditResult(EditOutcome.FORBIDDEN, reason, before)
        editable = registry.record_types()[PATIENT].editable
        ignored = tuple(name for name in changes if name not in editable)
        after = self._mapper.edit_record(before, {n: v for n, v in changes.items() if n in editable})
        changed = {n: str(after.fields.get(n, "")) for n in editable if after.fields.get(n) != before.fields.get(n)}
        if not changed:
            return EditResult(EditOutcome.UNCHANGED, Reason("edit_unchanged"), before, ignored=ignored)
        if seen and (changed_since := [n for n in changed if seen.fields.get(n) != before.fields.get(n)]):
            return EditResult(EditOutcome.CONFLICT, Reason(CONFLICT, {"elements": ", ".join(changed_since)}), before)
        if not self._is_on_server(key):
            saved = self._outbox.add([Incoming(after, uuid)])
            wake()
            return EditResult(
                EditOutcome.LOCAL_ONLY, Reason("edit_local_only"), after, entry=saved[0].entry, ignored=ignored
            )
        self._enqueue(before, changed, uuid, later)
        wake()
        if later:
            return EditResult(EditOutcome.QUEUED, Reason("edit_later"), before, entry=uuid, ignored=ignored)
        await self._wait(uuid, patience)
        return replace(self.result(uuid), ignored=ignored)

    def result(self, uuid: str) -> EditResult:
        """The outcome of an edit as it is known now. Raises NotFound."""
        with self._store.snapshot() as view:
            entry = view.entries.expect(uuid)
        return replace(describe_edit(entry, self._history(uuid)), record=self._record(entry.key))

    def _history(self, uuid: str) -> Sequence[Attempt]:
        with self._store.snapshot() as view:
            return view.queue_views.read_details(uuid).history

    def _record(self, key: str) -> Record:
        with self._store.snapshot() as view:
            return view.records.expect(PATIENT, key)

    def _is_on_server(self, key: str) -> bool:
        with self._store.snapshot() as view:
            return view.id_map.get(PATIENT, key) is not None

    def _enqueue(self, before: Record, changed: Mapping[str, str], uuid: str, later: bool) -> None:
        now = self._clock.now()
        operation = Operation.UPDATE if later else Operation.EDIT
        before = replace(before, base=None)  # the server has the whole record
        new = NewEntry(uuid, before, registry.resource_type(before), operation, EDIT_PRIORITY, edit=changed)
        with self._store.transaction() as tx:
            tx.queue.enqueue([new], now)
            tx.audit.append([AuditEvent("edit", PATIENT, before.key, uuid)], now)
            tx.emit(QueueChanged())

    async def _wait(self, uuid: str, patience: float) -> None:
        """Wait until the outcome is known, or it is clear that it stays unknown for now, or the patience ends."""
        until = self._clock.monotonic() + patience
        while True:
            with self._store.snapshot() as view:
                entry = view.entries.expect(uuid)
            unknown = entry.attempts > 0 and entry.status in OPEN and entry.not_before > self._clock.now()
            if entry.status in FINAL or unknown or self._clock.monotonic() > until:
                return
            await asyncio.sleep(POLL_INTERVAL)
