"""Writes outcomes to the store: one transaction for each group of answers, events after the commit."""

import heapq
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fhirdesk.converters import source_resource
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import StoreError
from fhirdesk.core.events import QueueChanged, RecordsChanged
from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource, version_id
from fhirdesk.store.audit import WORKER, AuditEvent
from fhirdesk.store.queue import Transition, waiting_reason
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import UnitOfWork
from fhirdesk.sync.link.backoff import backoff
from fhirdesk.sync.plan import Hold, Reject
from fhirdesk.sync.results import edit_transitions

log = logging.getLogger("fhirdesk.sync")
EDIT_LOOKS = 2.0  # seconds between looks at an edit whose outcome is not known


class ResultWriter:
    """Writes the outcome of each answer to the store. If the disk refuses, the group is kept and written before
    anything else is sent."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock
        self.completed = 0  # in this run
        self._unwritten: list[tuple[Transition, ...]] = []
        self._due: list[float] = []  # when rescheduled entries are due, earliest first
        self._postponements: dict[str, int] = {}  # how often in a row the server could not be asked about an entry

    def commit(self, transitions: Sequence[Transition]) -> None:
        """Write these transitions; if the disk refuses, they are kept and written later, before more is sent (B2)."""
        if not transitions:
            return
        try:
            self._write(transitions)
        except StoreError as error:
            log.error("answers wait for the store: %s", error.code)
            self._unwritten.append(tuple(transitions))

    def next_due(self, now: float) -> float:
        """When the next entry that this process rescheduled is due (epoch seconds); 0 if there is none."""
        while self._due and self._due[0] <= now:
            heapq.heappop(self._due)
        return self._due[0] if self._due else 0.0

    def is_caught_up(self) -> bool:
        """Write what the disk refused before. True if nothing is left to write."""
        try:
            while self._unwritten:
                self._write(self._unwritten[0])
                del self._unwritten[0]
        except StoreError:
            return False
        return True

    def _write(self, transitions: Sequence[Transition]) -> None:
        """Write transitions with all that follows: a completed edit changes its record, a delete leaves a tombstone."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            done = tx.queue.transition(transitions, now)
            completed = [m.entry for m in done if m.status is Status.COMPLETED]
            for transition in done:
                if transition.status is Status.COMPLETED:
                    self._follow_up(tx, transition, now)
                self._apply_server_changes(tx, transition.entry, transition.server_changes)
            events = [AuditEvent("completed", e.type, e.key, e.uuid, actor=WORKER) for e in completed]
            tx.audit.append(events, now)
            tx.emit(QueueChanged())
            tx.emit(RecordsChanged(frozenset((m.entry.type, m.entry.key) for m in done)))
        for transition in done:
            self._postponements.pop(transition.entry.uuid, None)
            if transition.not_before > now:
                heapq.heappush(self._due, transition.not_before)
            self._log(transition)

    def take_server_changes(self, entry: QueueEntry, taken: Mapping[str, Any]) -> QueueEntry:
        """Take over fields that the server, their master, changed meanwhile; returns the entry as it will be sent."""
        if not taken:
            return entry
        with self._store.transaction() as tx:
            self._apply_server_changes(tx, entry, taken)
            tx.emit(RecordsChanged(frozenset({(entry.type, entry.key)})))
        return replace(entry, record=source_resource.with_values(entry.record, taken))

    def _apply_server_changes(self, tx: UnitOfWork, entry: QueueEntry, taken: Mapping[str, Any]) -> None:
        """Put the server's values into the record and all that waits in its lane; a later local change stays."""
        if not taken:
            return
        for waiting in tx.entries.read_lane(entry.type, entry.key):
            if not waiting.damaged:
                tx.entries.rewrite(waiting, _with_server_values(waiting.record, entry.record, taken))
        record = tx.records.get(entry.type, entry.key)
        if record:
            tx.records.put([_with_server_values(record, entry.record, taken)], self._clock.now())

    def _follow_up(self, tx: UnitOfWork, transition: Transition, now: float) -> None:
        """Do here what the server did: a delete leaves a tombstone, an edit changes its record."""
        entry = transition.entry
        if entry.operation is Operation.DELETE:
            self._leave_tombstone(tx, entry, now)
            tx.id_map.forget(entry.type, entry.key)  # what comes again is made anew
            tx.queue.release_referenced(entry.patient_key)
        elif entry.edit:
            self._apply_server_changes(tx, entry, {**entry.edit, **transition.server_changes})

    def _leave_tombstone(self, tx: UnitOfWork, entry: QueueEntry, now: float) -> None:
        """Leave a tombstone of a deleted record, unless a newer change waits to create it anew."""
        behind = tx.entries.read_lane(entry.type, entry.key)
        if not any(e.seq > entry.seq and e.operation is not Operation.DELETE for e in behind):
            tx.records.tombstone(entry.type, entry.key, now)

    def _log(self, transition: Transition) -> None:
        """Log a line for each write, with the record's key and nothing of its content."""
        entry = transition.entry
        verb = Operation.UPDATE if entry.operation is Operation.EDIT else entry.operation  # an interaction of FHIR
        if transition.status is Status.COMPLETED:
            self.completed += 1
            log.info("FHIR %s success for %s %s", verb, entry.type, entry.key)
        elif transition.status in (Status.FAILED, Status.CONFLICT):
            log.warning("FHIR %s %s for %s %s: %s", verb, transition.status, entry.type, entry.key, transition.issue)

    def hold_or_fail(self, holds: Sequence[Hold], rejects: Sequence[Reject]) -> None:
        """Write what becomes of heads that cannot go: held for a parent, failed, in conflict, or cancelled."""
        if not holds and not rejects:
            return
        with self._store.transaction() as tx:
            edits = [(w.entry, Status.HELD, w.reason) for w in holds if w.entry.operation is Operation.EDIT]
            held = [(w.entry, w.reason, w.parent) for w in holds if w.entry.operation is not Operation.EDIT]
            tx.queue.hold(held)
            for entry, status, reason in edits + [(r.entry, r.status, r.reason) for r in rejects]:
                tx.queue.hold_or_fail(
                    entry, *edit_transitions.cancel_unsendable(entry, status, reason), self._clock.now()
                )
                if entry.operation is Operation.DELETE and status is Status.CANCELLED:  # it never was there
                    self._leave_tombstone(tx, entry, self._clock.now())
            tx.emit(QueueChanged())

    def hold(self, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Let held entries wait for something else from now on."""
        if not held:
            return
        with self._store.transaction() as tx:
            tx.queue.hold_for_parents(held)
            tx.emit(QueueChanged())

    def release(self, held: Sequence[QueueEntry]) -> None:
        """Make held entries pending: what they waited for is there."""
        with self._store.transaction() as tx:
            tx.queue.release_held(held)
            tx.emit(QueueChanged())

    def record_read(self, mapped: IdMapping, theirs: Resource) -> IdMapping:
        """Make the server's copy the base of the next update, if its version is the known one."""
        if mapped.version_id is not None and version_id(theirs) != mapped.version_id:
            return mapped  # somebody changed it: If-Match says so, and the conflict is looked at there
        fresh = replace(mapped, base=theirs, base_read=True, version_id=version_id(theirs))
        return self.remember(replace(fresh, synced_at=self._clock.now()))

    def remember(self, mapped: IdMapping) -> IdMapping:
        """Store a mapping, and release the children that waited for it."""
        with self._store.transaction() as tx:
            tx.id_map.put_many([mapped])
            tx.queue.release_children([(mapped.type, mapped.key)])
        return mapped

    def cancel_unsent_edit(self, entry: QueueEntry, reason: Reason) -> bool:
        """Cancel an edit that was never sent; its text stays in the form. False if it was sent, or is over."""
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            return tx.entries.cancel_unsent_edit(entry, reason, self._clock.now()) > 0

    def reschedule(self, entries: Sequence[QueueEntry]) -> None:
        """Let entries wait about which the server could not be asked, longer each time; the others go on."""
        if not entries:
            return
        now = self._clock.now()
        with self._store.transaction() as tx:
            for entry in entries:
                self._postponements[entry.uuid] = self._postponements.get(entry.uuid, 0) + 1
                until = now + backoff(self._clock, self._postponements[entry.uuid])
                tx.entries.reschedule(entry, until)
                heapq.heappush(self._due, until)
            tx.emit(QueueChanged())

    def reschedule_edit(self, entry: QueueEntry) -> None:
        """Look at an unknown edit a little later: the server could not be asked about it now."""
        with self._store.transaction() as tx:
            tx.entries.reschedule(entry, self._clock.now() + EDIT_LOOKS)
            tx.emit(QueueChanged())

    def forget_parents(
        self, gone: Sequence[tuple[str, str]], waits: Sequence[tuple[QueueEntry, tuple[str, str]]]
    ) -> None:
        """Forget the ids of parents that are not on the server any more; their children wait for them."""
        if not gone:
            return
        with self._store.transaction() as tx:
            for type_, key in gone:
                tx.id_map.forget(type_, key)
            tx.queue.hold_for_parents([(child, waiting_reason(*parent), parent) for child, parent in waits])
            tx.emit(QueueChanged())

    def isolate(self, entries: Sequence[QueueEntry], until: float) -> None:
        """Set entries apart after an unforeseen error: those in flight are unknown, the others wait; all go singly."""
        with self._store.transaction() as tx:
            tx.entries.isolate([e.seq for e in entries], until)
            tx.emit(QueueChanged())

    def has_success_since(self, entry: QueueEntry) -> bool:
        """True if the server said yes to any entry since this one was queued."""
        with self._store.snapshot() as view:
            return view.entries.has_completed_since(entry.created_at)

    def sent_before(self, entry: QueueEntry) -> list[Mapping[str, Any]]:
        """The bodies of every attempt in this entry's lane up to it, newest first."""
        with self._store.snapshot() as view:
            return view.entries.read_sent_bodies(entry)

    def another(self, entry: QueueEntry) -> IdMapping | None:
        """The mapping of another record of that type; None if no other is known to be on the server."""
        with self._store.snapshot() as view:
            return view.id_map.find_other(entry.resource_type, (entry.type, entry.key))

    def was_refused(self, entry: QueueEntry) -> bool:
        """True if the last attempt was answered with an error."""
        with self._store.snapshot() as view:
            verdict = view.entries.read_last_verdict(entry)
        return verdict is not None and (verdict.is_refusal or verdict is Verdict.SERVER_ERROR)


def _with_server_values(record: Record, was: Record, taken: Mapping[str, Any]) -> Record:
    """The record with the server's values in those fields that nobody changed here since `was`."""
    return source_resource.with_values(
        record,
        {n: v for n, v in taken.items() if source_resource.get_value(record, n) == source_resource.get_value(was, n)},
    )
