"""The desk's queue: look at it, send it, mend it."""

from __future__ import annotations

import uuid as uuids_
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fhirdesk.app.session import DeskBase
from fhirdesk.core.queue_entry import QueueEntry, Reason, Status
from fhirdesk.core.views import (
    ChainRow,
    Choices,
    Counts,
    DrainSummary,
    EntryDetails,
    FailureGroup,
    FieldValues,
    QueueQuery,
    QueueRow,
    SentAgain,
)

if TYPE_CHECKING:
    from fhirdesk.sync.worker.worker import Worker

DUE = Reason("why_due")


class QueueDesk(DeskBase):
    """What a person can do with the queue: look at its entries, change them, send them."""

    async def counts(self) -> Counts:
        """Entries by state, from one snapshot."""
        return await self._engine.read(self._container.reads.counts)

    async def queue_ids(self, query: QueueQuery) -> array[int]:
        """The seq of each entry of a query, in order."""
        return await self._engine.read(lambda: self._container.reads.queue_ids(query))

    async def queue_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """Rows by seq, in the order asked for."""
        rows = await self._engine.read(lambda: self._container.reads.queue_rows(seqs))
        return tuple(map(self._now, rows))

    async def entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts. Raises NotFound."""
        details = await self._engine.read(lambda: self._container.reads.entry(uuid))
        stop = self._in_the_way()
        return replace(details, why=stop) if stop and details.why == DUE else details

    def _now(self, row: QueueRow) -> QueueRow:
        """The row; where its turn has come, its reason says what keeps it from being sent."""
        stop = self._in_the_way() if row.reason == DUE else None
        return replace(row, reason=stop) if stop else row

    def _in_the_way(self) -> Reason | None:
        """Why nothing is sent to the server now, as far as this process sends: it is paused, or away."""
        worker: Worker | None = vars(self._container).get("worker")  # it is not loaded for this question
        return worker.link.status.blocking_reason if worker else None

    async def retry(self, uuids: Sequence[str]) -> SentAgain:
        """Send failed, held or waiting entries again now; those that are being checked are looked at now."""
        changed = await self._engine.do(lambda: self._container.decisions.retry(uuids))
        self._wake()
        return changed

    async def cancel(self, uuids: Sequence[str]) -> int:
        """Cancel entries. Returns how many were changed. Entries in flight, or with an unknown outcome, stay as they
        are. Raises Refused where nothing else was chosen."""
        return await self._engine.do(lambda: self._container.decisions.cancel(uuids))

    async def discard(self, uuids: Sequence[str], reason: str) -> int:
        """Cancel failed, conflicting and held entries; the audit keeps the reason. Returns how many were changed."""
        return await self._engine.do(lambda: self._container.decisions.discard(uuids, reason))

    async def hold(self, uuids: Sequence[str]) -> int:
        """Hold pending entries until they are released. Returns how many were changed."""
        return await self._engine.do(lambda: self._container.decisions.hold(uuids))

    async def release(self, uuids: Sequence[str]) -> int:
        """Let held entries be sent. Returns how many were changed."""
        changed = await self._engine.do(lambda: self._container.decisions.release(uuids))
        self._wake()
        return changed

    async def edit_entry(self, uuid: str, fields: Mapping[str, object]) -> str:
        """Edit and retry: the record with those fields ("" removes one) goes as a new entry linked to this one, whose
        attempts are kept. Returns the new uuid. Raises NotFound, Refused, InvalidRecord."""
        new = str(uuids_.uuid4())
        await self._engine.do(lambda: self._container.decisions.correct(uuid, fields, new))
        self._wake()
        return new

    async def resolve(
        self, uuid: str, how: str, logical_id: str | None = None, choices: Choices | None = None
    ) -> Status:
        """End a conflict, or an outcome that stays unknown: `mine` or `theirs` (of the fields that both changed),
        `merge` (as `choices` say), `arrived` (it is `logical_id` there), `absent` (it is not there: send again). What
        one side alone changed is taken from it. Returns the new state. Raises NotFound, Refused, Unavailable,
        InvalidRecord."""
        status = await self._engine.run(self._container.resolution.resolve(uuid, how, logical_id, choices))
        self._wake()
        return status

    async def compare(self, uuid: str) -> tuple[FieldValues, ...]:
        """The fields in which a record here and the server's copy differ, read now. Raises NotFound, Unavailable."""
        return await self._engine.run(self._container.resolution.compare(uuid))

    async def retry_matching(self, query: QueueQuery) -> SentAgain:
        """Send again everything that a filter shows."""
        changed = await self._engine.do(lambda: self._container.decisions.retry_matching(query))
        self._wake()
        return changed

    async def failures(self) -> tuple[FailureGroup, ...]:
        """What needs a person, grouped by cause: (reason, count, statuses), the most frequent first."""
        return await self._engine.read(self._container.reads.failures)

    async def chain(self, patient_key: str) -> tuple[ChainRow, ...]:
        """The open entries about one patient in order, each with the entry that must go first."""
        chain = await self._engine.read(lambda: self._container.reads.chain(patient_key))
        return tuple(replace(each, row=self._now(each.row)) for each in chain)

    async def answers(self, uuids: Sequence[str]) -> tuple[QueueEntry, ...] | None:
        """Wait for the process that sends to answer these entries; None when no other process sends."""
        if not uuids or not await self._engine.do(self._container.sender.is_held_elsewhere):
            return None
        return tuple(await self._engine.run(self._container.peers.wait_for_answers(uuids, self._patience)))

    async def pause(self) -> None:
        """Stop sending until `resume`."""
        await self._engine.do(lambda: self._container.pause(Reason("paused_by_hand")))

    async def resume(self) -> None:
        """Send again, whoever or whatever paused it."""
        await self._engine.do(lambda: self._container.pause(None))
        self._wake()

    async def forget_ids(self) -> int:
        """The server was reset: its ids mean nothing any more. Ends the pause; each record is looked up by its
        identifier, or made, when it is sent next. How many ids there were."""
        count = await self._engine.do(self._container.forget_ids)
        self._wake()
        return count

    async def notices(self) -> tuple[Reason, ...]:
        """What a person should know of the queue as a whole: types that are not taken, old entries, errors."""
        return await self._engine.read(self._container.reads.notices)

    async def send_now(self) -> Reason:
        """Make everything that waits for its time due now, and wake the worker; what really happens, in words."""
        due = await self._engine.do(self._container.hurry)
        self._wake()
        if self._container.worker.link.paused:
            return Reason("send_now_paused")
        return due.describe("done_send_now", "{:,}".format) if due.count else Reason("send_now_nothing")

    async def sync(
        self,
        type_: str,
        key: str,
        *,
        operation: str = "update",
        priority: int | None = None,
        changed_only: bool = False,
    ) -> str | None:
        """Queue one record. Returns the uuid of its entry; with `changed_only` None when its newest entry already says
        the same. Raises NotFound, Refused."""
        new = str(uuids_.uuid4())
        outbox = self._container.outbox
        queued = await self._engine.do(
            lambda: outbox.queue(type_, key, new, operation, priority=priority, changed_only=changed_only)
        )
        self._wake()
        return queued

    async def drain(
        self,
        *,
        until_empty: bool = False,
        watch: bool = False,
        seconds: float | None = None,
        limit: int | None = None,
    ) -> DrainSummary:
        """Send what is due (command line); `seconds` bounds the time, `limit` the entries."""
        drain = self._container.drain.run  # end_drain() ends it before its time
        return await self._engine.run(drain(until_empty=until_empty, watch=watch, seconds=seconds, limit=limit))

    def end_drain(self) -> None:
        """A drain that runs starts nothing more and ends once the answers in flight arrived (5 s at most)."""
        self._engine.wake(self._container.drain.end)

    async def sends_elsewhere(self) -> bool:
        """Whether another process sends from this data folder."""
        return await self._engine.do(self._container.sender.is_held_elsewhere)
