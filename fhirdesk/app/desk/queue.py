"""The desk's queue: look at it, send it, mend it."""

from __future__ import annotations

import uuid as uuids_
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from fhirdesk.app.desk.door import Door
from fhirdesk.core.permissions import Action
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
    from fhirdesk.app.container import Container

T = TypeVar("T")
DUE = Reason("why_due")
BY_HAND = Reason("paused_by_hand")


class QueueDesk:
    """What a person can do with the queue: look at its entries, change them, send them."""

    def __init__(self, door: Door):
        self._door = door

    # -- look

    async def count_by_status(self) -> Counts:
        """How many entries stand in each state."""
        return await self._door.read(Action.COUNT_ENTRIES, lambda view: view.queue_views.count_by_status())

    async def find_ids(self, query: QueueQuery) -> array[int]:
        """The seq of each entry of a query, in order."""
        return await self._door.read(Action.FIND_ENTRY_IDS, lambda view: view.queue_views.find_ids(query))

    async def read_rows(self, seqs: Sequence[int]) -> tuple[QueueRow, ...]:
        """The rows with those seqs, in the order asked for."""
        rows = await self._door.read(Action.READ_ROWS, lambda view: view.queue_views.read_rows(seqs))
        return tuple(map(self._explain_now, rows))

    async def get_entry(self, uuid: str) -> EntryDetails:
        """One entry with its attempts. Raises NotFound."""
        now = self._door.parts.clock.now()
        details = await self._door.read(Action.GET_ENTRY, lambda view: view.queue_views.read_details(uuid, now))
        blocker = self._door.parts.blocking_reason
        return replace(details, why=blocker) if blocker and details.why == DUE else details

    async def group_failures(self) -> tuple[FailureGroup, ...]:
        """The entries that need a person, grouped by cause, the most frequent cause first."""
        groups = await self._door.read(Action.GROUP_FAILURES, lambda view: view.queue_views.group_failures())
        return tuple(groups)

    async def read_chain(self, patient_key: str) -> tuple[ChainRow, ...]:
        """The open entries about one patient in order, each with the entry that must go first."""
        chain = await self._door.read(Action.READ_CHAIN, lambda view: view.queue_views.read_chain(patient_key))
        return tuple(replace(each, row=self._explain_now(each.row)) for each in chain)

    async def find_notices(self) -> tuple[Reason, ...]:
        """What a person should know of the queue as a whole: types that are not taken, old entries, errors. Each fact
        once, however many entries it is about."""
        now = self._door.parts.clock.now()
        notices = await self._door.read(Action.FIND_NOTICES, lambda view: view.queue_views.find_notices(now))
        return (Reason("store_read_only"), *notices) if self._door.parts.store.read_only else tuple(notices)

    def _explain_now(self, row: QueueRow) -> QueueRow:
        """The row; where its turn has come, its reason says what keeps it from being sent."""
        blocker = self._door.parts.blocking_reason if row.reason == DUE else None
        return replace(row, reason=blocker) if blocker else row

    # -- change entries

    async def retry(self, uuids: Sequence[str]) -> SentAgain:
        """Send failed, held or waiting entries again now; those that are being checked are looked at now."""
        return await self._send(Action.RETRY, lambda parts: parts.queue_operations.retry(uuids))

    async def retry_matching(self, query: QueueQuery) -> SentAgain:
        """Send again everything that a filter shows."""
        return await self._send(Action.RETRY_MATCHING, lambda parts: parts.queue_operations.retry_matching(query))

    async def change(self, action: str, uuids: Sequence[str], reason: str = "") -> int:
        """Do one of BULK_ACTIONS to the entries whose state allows it; the audit keeps the reason. Returns how many
        were changed. Raises Refused where only entries that may be on the server already were to be cancelled."""
        return await self._send(
            Action[action.upper()], lambda parts: parts.queue_operations.change(action, uuids, reason)
        )

    async def correct(self, uuid: str, fields: Mapping[str, object]) -> str:
        """Edit and retry: the record with those fields ("" removes one) goes as a new entry linked to this one, whose
        attempts are kept. Returns the new uuid. Raises NotFound, Refused, InvalidRecord."""
        new = str(uuids_.uuid4())
        await self._send(Action.CORRECT, lambda parts: parts.correction.correct(uuid, fields, new))
        return new

    async def compare(self, uuid: str) -> tuple[FieldValues, ...]:
        """The fields in which a record here and the server's copy differ, read now. Raises NotFound, Unavailable."""
        return await self._door.run(Action.COMPARE, lambda parts: parts.conflict_resolution.compare(uuid))

    async def resolve(
        self, uuid: str, how: str, logical_id: str | None = None, choices: Choices | None = None
    ) -> Status:
        """End a conflict, or an outcome that stays unknown: `mine` or `theirs` (of the fields that both changed),
        `merge` (as `choices` say), `arrived` (it is `logical_id` there), `absent` (it is not there: send again). What
        one side alone changed is taken from it. Returns the new state. Raises NotFound, Refused, Unavailable,
        InvalidRecord."""
        status = await self._door.run(
            Action.RESOLVE, lambda parts: parts.conflict_resolution.resolve(uuid, how, logical_id, choices)
        )
        self._door.wake_worker()
        return status

    # -- send

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
        return await self._send(
            Action.SYNC,
            lambda parts: parts.outbox.queue(type_, key, new, operation, priority=priority, changed_only=changed_only),
        )

    async def send_now(self) -> Reason:
        """Make everything that waits for its time due now, and wake the worker; what really happens, in words."""
        return await self._send(Action.SEND_NOW, _send_now)

    async def drain(
        self,
        *,
        until_empty: bool = False,
        watch: bool = False,
        seconds: float | None = None,
        limit: int | None = None,
    ) -> DrainSummary:
        """Send what is due (command line); `seconds` bounds the time, `limit` the entries."""
        return await self._door.run(
            Action.DRAIN,  # end_drain() ends it before its time
            lambda parts: parts.drain.run(until_empty=until_empty, watch=watch, seconds=seconds, limit=limit),
        )

    def end_drain(self) -> None:
        """A drain that runs starts nothing more and ends once the answers in flight arrived (5 s at most)."""
        self._door.check(Action.END_DRAIN)

        def end() -> None:
            self._door.parts.drain.end()

        self._door.threads.wake(end)

    async def wait_for_answers(self, uuids: Sequence[str]) -> tuple[QueueEntry, ...] | None:
        """Wait for the process that sends to answer these entries; None when no other process sends."""
        self._door.check(Action.WAIT_FOR_ANSWERS)
        if not uuids or not await self.is_sent_elsewhere():
            return None
        return tuple(
            await self._door.run(
                Action.WAIT_FOR_ANSWERS, lambda parts: parts.peers.wait_for_answers(uuids, parts.patience)
            )
        )

    async def is_sent_elsewhere(self) -> bool:
        """Whether another process sends from this data folder."""
        return await self._door.do(Action.IS_SENT_ELSEWHERE, lambda parts: parts.sender.is_held_elsewhere())

    async def pause(self) -> None:
        """Stop sending until `resume`."""
        await self._door.do(Action.PAUSE, lambda parts: _pause(parts, BY_HAND))

    async def resume(self) -> None:
        """Send again, whoever or whatever paused it."""
        await self._send(Action.RESUME, lambda parts: _pause(parts, None))

    async def forget_ids(self) -> int:
        """The server was reset: its ids mean nothing any more. Ends the pause; each record is looked up by its
        identifier, or made, when it is sent next. How many ids there were."""
        return await self._send(Action.FORGET_IDS, _forget_ids)

    async def _send(self, action: Action, work: Callable[[Container], T]) -> T:
        """Do what may make entries due, or free the way of others, and wake the worker."""
        result = await self._door.do(action, work)
        self._door.wake_worker()
        return result


def _send_now(parts: Container) -> Reason:
    parts.worker.link.hurry()
    due = parts.queue_operations.make_due()
    if parts.worker.link.paused:
        return Reason("send_now_paused")
    return due.describe("done_send_now", "{:,}".format) if due.count else Reason("send_now_nothing")


def _pause(parts: Container, reason: Reason | None) -> None:
    parts.queue_operations.pause(reason)
    if parts.built_worker:  # one that is built later follows the store, too
        parts.built_worker.link.follow_pause()


def _forget_ids(parts: Container) -> int:
    count = parts.queue_operations.forget_ids()
    if parts.built_worker:
        parts.built_worker.link.resume()
    return count
