"""What the worker learned is written down: one transaction for each group of answers, events after the commit."""

import heapq
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fhirdesk.converters import source_resource
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import StoreError
from fhirdesk.core.events import QueueChanged, RecordsChanged, ServerChanged
from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource, version_id
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.queue import Transition, waiting_reason
from fhirdesk.store.store import Store, Transaction
from fhirdesk.sync.link.circuit_breaker import backoff
from fhirdesk.sync.plan import Hold, Reject
from fhirdesk.sync.results import edit_transitions

log = logging.getLogger("fhirdesk.sync")
EDIT_LOOKS = 2.0  # seconds between looks at an edit whose outcome is not known


class ResultWriter:
    """The worker's pen."""

    def __init__(self, store: Store, clock: Clock):
        self._store, self._clock = store, clock
        self.completed = 0  # in this run
        self._unwritten: list[tuple[Transition, ...]] = []
        self._due: list[float] = []  # when what was put off is due, earliest first
        self._unasked: dict[str, int] = {}  # how often in a row the server could not be asked about an entry

    def commit(self, moves: Sequence[Transition]) -> None:
        """Entries move; what the disk does not take is kept and written later, before anything else is sent (B2)."""
        if not moves:
            return
        try:
            self._write(moves)
        except StoreError as error:
            log.error("answers wait for the store: %s", error.code)
            self._unwritten.append(tuple(moves))

    def next_due(self, now: float) -> float:
        """When the next entry that this process put off is due; 0: none is."""
        while self._due and self._due[0] <= now:
            heapq.heappop(self._due)
        return self._due[0] if self._due else 0.0

    def is_caught_up(self) -> bool:
        """Whether every answer is written down; tries again what is not."""
        try:
            while self._unwritten:
                self._write(self._unwritten[0])
                del self._unwritten[0]
        except StoreError:
            return False
        return True

    def _write(self, moves: Sequence[Transition]) -> None:
        """A completed edit changes its record, a completed delete leaves a tombstone."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            done = self._store.queue.transition(tx.conn, moves, now)
            completed = [m.entry for m in done if m.status is Status.COMPLETED]
            for move in done:
                if move.status is Status.COMPLETED:
                    self._follow_up(tx, move, now)
                self._take_over(tx, move.entry, move.taken)
            deeds = [AuditEvent("worker", "completed", e.type, e.key, e.uuid) for e in completed]
            self._store.audit.append(tx.conn, deeds, now)
            tx.emit(QueueChanged())
            tx.emit(RecordsChanged(frozenset((m.entry.type, m.entry.key) for m in done)))
        for move in done:
            self._unasked.pop(move.entry.uuid, None)
            if move.not_before > now:
                heapq.heappush(self._due, move.not_before)
            self._say(move)

    def take_server_changes(self, entry: QueueEntry, taken: Mapping[str, Any]) -> QueueEntry:
        """Fields that the server, their master, changed meanwhile are so here, too, and in what is sent."""
        if not taken:
            return entry
        with self._store.transaction() as tx:
            self._take_over(tx, entry, taken)
            tx.emit(RecordsChanged(frozenset({(entry.type, entry.key)})))
        return replace(entry, record=source_resource.with_values(entry.record, taken))

    def _take_over(self, tx: Transaction, entry: QueueEntry, taken: Mapping[str, Any]) -> None:
        """Into all that waits in the lane, and the record; a field that a later change has there already stays."""
        if not taken:
            return
        for waiting in self._store.queue.read_lane(tx.conn, entry.type, entry.key):
            if not waiting.damaged:
                self._store.queue.rewrite(tx.conn, waiting, _taking(waiting.record, entry.record, taken))
        now = self._store.records.get(tx.conn, entry.type, entry.key)
        if now:
            self._store.records.put(tx.conn, [_taking(now, entry.record, taken)], self._clock.now())

    def _follow_up(self, tx: Transaction, move: Transition, now: float) -> None:
        """What is done on the server is done here; of an edit what it made of it."""
        entry = move.entry
        if entry.operation is Operation.DELETE:
            self._gone(tx, entry, now)
            self._store.id_map.forget(tx.conn, entry.type, entry.key)  # what comes again is made anew
            self._store.queue.release_referenced(tx.conn, entry.patient_key)
        elif entry.edit:
            self._take_over(tx, entry, {**entry.edit, **move.taken})

    def _gone(self, tx: Transaction, entry: QueueEntry, now: float) -> None:
        """A deleted record leaves a tombstone, but where a newer change already waits to make it anew."""
        behind = self._store.queue.read_lane(tx.conn, entry.type, entry.key)
        if not any(e.seq > entry.seq and e.operation is not Operation.DELETE for e in behind):
            self._store.records.tombstone(tx.conn, entry.type, entry.key, now)

    def _say(self, move: Transition) -> None:
        """A line for each write: the record's key, and nothing of its content."""
        entry = move.entry
        verb = Operation.UPDATE if entry.operation is Operation.EDIT else entry.operation  # an interaction of FHIR
        if move.status is Status.COMPLETED:
            self.completed += 1
            log.info("FHIR %s success for %s %s", verb, entry.type, entry.key)
        elif move.status in (Status.FAILED, Status.CONFLICT):
            log.warning("FHIR %s %s for %s %s: %s", verb, move.status, entry.type, entry.key, move.issue)

    def hold_or_fail(self, waits: Sequence[Hold], cannot: Sequence[Reject]) -> None:
        """Heads that cannot go now: held for a parent, failed for good, or nothing to do at all."""
        if not waits and not cannot:
            return
        with self._store.transaction() as tx:
            over = [(w.entry, Status.HELD, w.reason) for w in waits if w.entry.operation is Operation.EDIT]
            held = [(w.entry, w.reason, w.parent) for w in waits if w.entry.operation is not Operation.EDIT]
            self._store.queue.hold(tx.conn, held)
            for entry, status, reason in over + [(c.entry, c.status, c.reason) for c in cannot]:
                self._store.queue.hold_or_fail(
                    tx.conn, entry, *edit_transitions.cancel_unsendable(entry, status, reason), self._clock.now()
                )
                if entry.operation is Operation.DELETE and status is Status.CANCELLED:  # it never was there
                    self._gone(tx, entry, self._clock.now())
            tx.emit(QueueChanged())

    def hold(self, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Held entries wait for something else from now on."""
        if not held:
            return
        with self._store.transaction() as tx:
            self._store.queue.hold_for_parents(tx.conn, held)
            tx.emit(QueueChanged())

    def release(self, held: Sequence[QueueEntry]) -> None:
        """What they waited for is there."""
        with self._store.transaction() as tx:
            self._store.queue.release_held(tx.conn, held)
            tx.emit(QueueChanged())

    def record_read(self, mapped: IdMapping, theirs: Resource) -> IdMapping:
        """The server's copy was read; if its version is the known one it is the base of the next update."""
        if mapped.version_id is not None and version_id(theirs) != mapped.version_id:
            return mapped  # somebody changed it: If-Match says so, and the conflict is looked at there
        fresh = replace(mapped, base=theirs, base_read=True, version_id=version_id(theirs))
        return self.remember(replace(fresh, synced_at=self._clock.now()))

    def remember(self, mapped: IdMapping) -> IdMapping:
        """What was learned of the server's copy is kept."""
        with self._store.transaction() as tx:
            self._store.id_map.put_many(tx.conn, [mapped])
            self._store.queue.release_children(tx.conn, [(mapped.type, mapped.key)])
        return mapped

    def cancel_unsent_edit(self, entry: QueueEntry, reason: Reason) -> bool:
        """An edit that was never sent is taken back; its text stays in the form. False: it was sent, or is over."""
        with self._store.transaction() as tx:
            tx.emit(QueueChanged())
            return self._store.queue.cancel_unsent_edit(tx.conn, entry, reason, self._clock.now()) > 0

    def reschedule(self, entries: Sequence[QueueEntry]) -> None:
        """The server could not be asked about these: each waits, longer each time, and the others go on."""
        if not entries:
            return
        now = self._clock.now()
        with self._store.transaction() as tx:
            for entry in entries:
                self._unasked[entry.uuid] = self._unasked.get(entry.uuid, 0) + 1
                until = now + backoff(self._clock, self._unasked[entry.uuid])
                self._store.queue.reschedule(tx.conn, entry, until)
                heapq.heappush(self._due, until)
            tx.emit(QueueChanged())

    def reschedule_edit(self, entry: QueueEntry) -> None:
        """The server could not be asked about an unknown edit: later."""
        with self._store.transaction() as tx:
            self._store.queue.reschedule(tx.conn, entry, self._clock.now() + EDIT_LOOKS)
            tx.emit(QueueChanged())

    def pause(self, reason: Reason | None) -> None:
        """A pause that needs a person survives a restart."""
        with self._store.transaction() as tx:
            self._store.queue.save_pause(tx.conn, reason)
            tx.emit(ServerChanged())

    def forget_parents(
        self, gone: Sequence[tuple[str, str]], waits: Sequence[tuple[QueueEntry, tuple[str, str]]]
    ) -> None:
        """Parents are not on the server any more: they are unknown here, and their held children wait for them."""
        if not gone:
            return
        with self._store.transaction() as tx:
            for type_, key in gone:
                self._store.id_map.forget(tx.conn, type_, key)
            self._store.queue.hold_for_parents(
                tx.conn, [(child, waiting_reason(*parent), parent) for child, parent in waits]
            )
            tx.emit(QueueChanged())

    def release_types(self, resource_types: Sequence[str]) -> None:
        """The server takes these types: what was held for that may go."""
        with self._store.transaction() as tx:
            if self._store.queue.release_taken_types(tx.conn, resource_types):
                tx.emit(QueueChanged())

    def isolate(self, entries: Sequence[QueueEntry], until: float) -> None:
        """An unforeseen error met these entries: in flight → unknown, the others later; all singly."""
        with self._store.transaction() as tx:
            self._store.queue.isolate(tx.conn, [e.seq for e in entries], until)
            tx.emit(QueueChanged())

    def has_success_since(self, entry: QueueEntry) -> bool:
        """Whether the server said yes to anything since this entry was queued."""
        with self._store.snapshot() as conn:
            return self._store.queue.has_completed_since(conn, entry.created_at)

    def sent_before(self, entry: QueueEntry) -> list[Mapping[str, Any]]:
        """The bodies of every attempt in this entry's lane up to it, newest first."""
        with self._store.snapshot() as conn:
            return self._store.queue.read_sent_bodies(conn, entry)

    def another(self, entry: QueueEntry) -> IdMapping | None:
        """Another record of that type that is known to be on the server."""
        with self._store.snapshot() as conn:
            return self._store.id_map.find_other(conn, entry.resource_type, (entry.type, entry.key))

    def was_refused(self, entry: QueueEntry) -> bool:
        """Whether the last attempt was answered with an error."""
        with self._store.snapshot() as conn:
            verdict = self._store.queue.read_last_verdict(conn, entry)
        return verdict is not None and (verdict.is_refusal or verdict is Verdict.SERVER_ERROR)


def _taking(record: Record, was: Record, taken: Mapping[str, Any]) -> Record:
    """The record with the fields taken that are still as they `was`."""
    return source_resource.with_values(
        record,
        {n: v for n, v in taken.items() if source_resource.get_value(record, n) == source_resource.get_value(was, n)},
    )
