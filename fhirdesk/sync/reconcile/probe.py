"""Finds out what became of an entry whose outcome is not known, before anything is sent again (rules 6, 7)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Response
from fhirdesk.core.queue_entry import IdMapping, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.resource import Resource, identifier, version_id
from fhirdesk.remote.status import hides, is_absent, is_deleted, is_ok, is_readable
from fhirdesk.store.queue import LastAttempt, Transition
from fhirdesk.sync.link.backoff import backoff
from fhirdesk.sync.link.search_result import find_matches, find_other_holder, has_next_page, has_same_name
from fhirdesk.sync.plan import is_unguarded_create
from fhirdesk.sync.reconcile.ports import AttemptHistory, ServerReader
from fhirdesk.sync.results.stored_check import check_stored
from fhirdesk.sync.results.transitions import MOST_COUNTED
from fhirdesk.sync.server_copy import (
    MASTER_IS_SERVER,
    as_base,
    belongs_to_another,
    carries_number,
    conflicting_elements,
    duplicates,
    is_as_sent,
    other_record,
    server_changes,
    unset_locally,
)

LOOK_AGAIN = 2.0  # seconds at least between probes while the server may still be working on the request
SETTLING = 10.0  # seconds between searches while an unguarded create may still appear
MOST_MERGES = 5


class Probe:
    """Finds out what became of one entry, by reading the server only."""

    def __init__(
        self,
        server: ServerReader,
        history: AttemptHistory,
        mapper: Mapper,
        clock: Clock,
        settle_time: float,
        record_contact: Callable[[Response], bool],
    ):
        self._server, self._history, self._mapper, self._clock = server, history, mapper, clock
        self._settle_time, self._record_contact = settle_time, record_contact
        self._first_seen: dict[tuple[str, float], float] = {}  # attempts of a clock that was put back → first probe

    async def investigate(self, entry: QueueEntry, mapped: IdMapping | None, attempt: LastAttempt) -> Transition | None:
        """The transition of an entry, by what the server has now; None if the server could not be asked. `attempt`: the
        last one; until it ends the server may still apply it."""
        attempt = self._adjust_to_clock(entry, attempt)
        if mapped is None:
            return await self._find_again(entry, attempt)
        response = await self._server.read_mapped(mapped)
        if not self._record_contact(response) or not is_readable(response):
            return self._handle_hidden(entry, response)
        if is_absent(response):
            return await self._handle_missing(entry, mapped, attempt, response)
        theirs = dict(response.body or {})
        if belongs_to_another(mapped, theirs, self._mapper):
            return self._transition(entry, Status.CONFLICT, other_record(mapped.logical_id))
        if entry.operation is Operation.DELETE:
            return self._handle_failed_delete(entry, attempt, theirs)
        return self._compare(entry, mapped, attempt, theirs)

    async def _find_again(self, entry: QueueEntry, attempt: LastAttempt) -> Transition | None:
        """Read at the id that a success named, if that is the resource that was sent; otherwise search by
        identifier."""
        if not (attempt.was_accepted and entry.logical_id):
            return await self._look_by_identifier(entry, attempt)
        response = await self._server.read_at(entry, entry.logical_id)
        if not self._record_contact(response) or not is_readable(response):
            return self._handle_hidden(entry, response)
        theirs, sent = dict(response.body or {}), dict(attempt.request.get("body") or {})
        system = self._mapper.identifier_system(entry.type)
        ours = carries_number(theirs, entry.resource_type, system, entry.key) or has_same_name(sent, theirs)
        if not is_ok(response) or not ours:
            return await self._look_by_identifier(entry, attempt)
        return check_stored(self._complete(entry, theirs), None, sent, theirs, self._mapper)

    async def _look_by_identifier(self, entry: QueueEntry, attempt: LastAttempt) -> Transition | None:
        body = attempt.request.get("body") or {}
        system = self._mapper.identifier_system(entry.type)
        if attempt.request.get("method") == "PUT" and identifier(body, system) is None:
            return await self._look_at_id(entry, attempt)
        response = await self._server.find(entry)
        if not self._record_contact(response) or not is_ok(response) or response.body is None:
            return self._handle_hidden(entry, response)
        resources = find_matches(response.body, entry, self._mapper)
        if other := find_other_holder(response.body, entry, self._mapper):
            return self._transition(entry, Status.CONFLICT, Reason("why_number_taken", {"id": str(other["id"])}))
        if not resources and has_next_page(response.body):
            return self._handle_hidden(entry, response)
        if len(resources) > 1:
            return self._transition(entry, Status.CONFLICT, duplicates(resources))
        if not resources and attempt.is_duplicate:
            return self._transition(entry, Status.CONFLICT, duplicates(()))
        if not resources:
            if is_unguarded_create(attempt.request):
                return await self._handle_empty_search(entry, attempt)
            return self._wait_or_send(entry, attempt)
        return self._compare_existing(entry, attempt, resources[0])

    def _compare_existing(self, entry: QueueEntry, attempt: LastAttempt, theirs: Resource) -> Transition:
        """The resource exists: complete if it is as it was sent; otherwise somebody else wrote it (or, if the database
        is an older copy, perhaps we did)."""
        body = dict(attempt.request.get("body") or {})
        if is_as_sent(entry, body, theirs, self._mapper):
            return self._complete(entry, theirs)
        if attempt.is_from_older_database:
            return self._report_newer(entry, theirs)
        return self._adopt(entry, theirs, unset_locally(entry, theirs, self._mapper))

    async def _look_at_id(self, entry: QueueEntry, attempt: LastAttempt) -> Transition | None:
        """Read at the id that we chose, for a resource that carries no number of ours."""
        response = await self._server.read_at(entry, str(attempt.request["path"]).rpartition("/")[2])
        if not self._record_contact(response) or not is_readable(response):
            return self._handle_hidden(entry, response)
        if not is_ok(response):
            return self._wait_or_send(entry, attempt)
        return self._compare_existing(entry, attempt, dict(response.body or {}))

    async def _handle_missing(
        self, entry: QueueEntry, mapped: IdMapping, attempt: LastAttempt, response: Response
    ) -> Transition | None:
        if entry.operation is Operation.DELETE:
            return self._transition(entry, Status.COMPLETED, None, mapped=mapped)
        if is_deleted(response):
            return self._transition(entry, Status.CONFLICT, Reason("why_gone"))
        transition = await self._look_by_identifier(entry, attempt)
        nothing_there = transition is not None and transition.mapping is None
        if transition and nothing_there and transition.status in (Status.PENDING, Status.UNKNOWN):
            return self._transition(entry, Status.CONFLICT, Reason("why_missing_there"))
        return transition

    def _handle_hidden(self, entry: QueueEntry, response: Response) -> Transition | None:
        """A conflict if the server does not let us look: the user must. An edit stays unknown, and a server that did
        not answer is asked again: None."""
        if entry.operation is Operation.EDIT or not (hides(response) or (is_ok(response) and response.body)):
            return None
        return self._transition(entry, Status.CONFLICT, Reason("why_not_shown", {"status": str(response.status)}))

    def _handle_failed_delete(self, entry: QueueEntry, attempt: LastAttempt, theirs: Resource) -> Transition:
        """A delete did not happen: the resource changed meanwhile, others refer to it, or the request did not
        arrive."""
        asked = attempt.request.get("if_match")
        if asked and version_id(theirs) not in (None, asked):
            return self._transition(entry, Status.CONFLICT, Reason("why_changed_before_delete"))
        if attempt.was_refused:
            return self._transition(entry, Status.HELD, Reason("why_referenced"))
        return self._wait_or_send(entry, attempt)

    def _compare(self, entry: QueueEntry, mapped: IdMapping, attempt: LastAttempt, theirs: Resource) -> Transition:
        """Compare with the server's copy: our update arrived, or nothing happened, or somebody else changed it (rule
        7)."""
        body = dict(attempt.request.get("body") or {})
        if attempt.was_accepted or is_as_sent(entry, body, theirs, self._mapper):
            return check_stored(self._complete(entry, theirs), mapped.base, body, theirs, self._mapper)
        if version_id(theirs) is not None and version_id(theirs) == mapped.version_id:
            return self._wait_or_send(entry, attempt)
        if version_id(theirs) is None and self._is_unchanged(mapped, theirs):
            return self._wait_or_send(entry, attempt)
        if attempt.stale >= MOST_MERGES:
            return self._transition(entry, Status.CONFLICT, Reason("why_changes_too_often"))
        if attempt.is_from_older_database and entry.resource_type != MASTER_IS_SERVER:
            return self._report_newer(entry, theirs)
        ours = any(is_as_sent(entry, dict(b), theirs, self._mapper) for b in self._history.sent_before(entry))
        clash = (
            conflicting_elements(entry, dict(mapped.base), theirs, self._mapper)
            if mapped.base is not None and not ours
            else None
        )
        if clash:
            return self._transition(entry, Status.CONFLICT, clash)
        taken = server_changes(entry, dict(mapped.base), theirs, self._mapper) if mapped.base is not None else {}
        return self._adopt(entry, theirs, taken)

    def _is_unchanged(self, mapped: IdMapping, theirs: Resource) -> bool:
        """True if our elements are on the server as we know them; asked where the server has no versions."""
        return mapped.base is not None and registry.same(mapped.type, dict(mapped.base), theirs)

    def _report_newer(self, entry: QueueEntry, theirs: Resource) -> Transition:
        """A conflict: only the user knows which of the two is newer."""
        return self._transition(
            entry, Status.CONFLICT, Reason("why_moved_on"), mapped=as_base(entry, theirs, self._clock)
        )

    def _complete(self, entry: QueueEntry, theirs: Resource) -> Transition:
        return self._transition(entry, Status.COMPLETED, None, mapped=as_base(entry, theirs, self._clock))

    def _adopt(self, entry: QueueEntry, theirs: Resource, taken: Mapping[str, Any]) -> Transition:
        """Pending again, with the server's copy as the new base and its fields `taken` into the record."""
        transition = self._transition(
            entry, Status.PENDING, Reason("why_newer_there"), mapped=as_base(entry, theirs, self._clock)
        )
        return replace(transition, server_changes=taken)

    def _wait_or_send(self, entry: QueueEntry, attempt: LastAttempt) -> Transition:
        """Nothing arrived: pending again once the server cannot be working on it any more; failed or in conflict after
        too many attempts."""
        now, end = self._clock.now(), self._end_of(attempt)
        if now < end:
            return self._stay_unknown(entry, min(end, now + max(LOOK_AGAIN, now - attempt.at)))  # less and less often
        if entry.failures >= MOST_COUNTED and self._history.has_success_since(entry):
            return self._transition(entry, Status.FAILED, Reason("why_poison"))
        if attempt.stale >= MOST_MERGES:
            return self._transition(entry, Status.CONFLICT, Reason("why_refused_unchanged"))
        tries = max(entry.failures, attempt.stale)
        wait = backoff(self._clock, tries) if tries else 0.0
        return self._transition(entry, Status.PENDING, Reason("why_not_arrived"), not_before=now + wait)

    def _adjust_to_clock(self, entry: QueueEntry, attempt: LastAttempt) -> LastAttempt:
        """The attempt with times of the present clock. An attempt from the future was written before the clock was put
        back; it counts from our first probe, so that the entry does not wait until that time comes again."""
        now, key = self._clock.now(), (entry.uuid, attempt.at)
        if max(attempt.at, attempt.empty_at or 0.0) > now:
            self._first_seen.setdefault(key, now)
        if (first_seen := self._first_seen.get(key)) is None:
            return attempt
        at, empty = min(attempt.at, first_seen), attempt.empty_at
        expires = attempt.expires_at - (attempt.at - at)
        return replace(attempt, at=at, expires_at=expires, empty_at=None if empty is None else min(empty, first_seen))

    def _end_of(self, attempt: LastAttempt) -> float:
        """The time from which the server cannot apply the attempt any more: at once after a refusal; at the deadline if
        a version guards it; after the settle time if nothing does, or if the server accepted it for later."""
        if attempt.was_refused:
            return attempt.at
        guarded = (
            attempt.request.get("method") != "PUT" or attempt.request.get("if_match") or attempt.request.get("creates")
        )
        if guarded and not attempt.is_deferred:
            return attempt.expires_at
        return max(attempt.expires_at, attempt.at + self._settle_time)

    async def _handle_empty_search(self, entry: QueueEntry, attempt: LastAttempt) -> Transition:
        """Decide about an unguarded create that no search finds: it is sent again once, after two empty searches a
        settle time apart, by a search that is known to work. After a second one the user decides."""
        now, first = self._clock.now(), attempt.empty_at
        if attempt.was_refused:
            return self._wait_or_send(entry, attempt)
        due = max((first or now) + self._settle_time, attempt.expires_at)
        if first is None or now < due:
            return self._stay_unknown(entry, min(due, now + SETTLING), empty_at=now)
        if attempt.resent:
            return self._transition(entry, Status.CONFLICT, Reason("why_unknown_twice"))
        if not await self._server.search_works(entry.resource_type, self._history.another(entry)):
            return self._transition(entry, Status.CONFLICT, Reason("why_search_unproved"))
        return self._transition(entry, Status.PENDING, Reason("why_not_arrived"))

    def _stay_unknown(self, entry: QueueEntry, not_before: float, *, empty_at: float | None = None) -> Transition:
        transition = self._transition(
            entry, Status.UNKNOWN, entry.reason or Reason("why_checking"), not_before=not_before
        )
        return replace(transition, empty_at=empty_at)

    def _transition(
        self,
        entry: QueueEntry,
        status: Status,
        reason: Reason | None,
        *,
        mapped: IdMapping | None = None,
        not_before: float = 0.0,
    ) -> Transition:
        return Transition(
            entry,
            entry.attempts,
            status,
            reason=reason,
            not_before=not_before,
            isolated=entry.isolated and status is not Status.COMPLETED,
            phase=Phase.PROBED,
            mapping=mapped,
        )
