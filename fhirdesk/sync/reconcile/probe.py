"""A look at the server before anything is sent again: what an unknown outcome really was (rules 6, 7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from fhirdesk.converters import merge, registry
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Response
from fhirdesk.core.queue_entry import IdMapping, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.resource import Resource, identifier, version_id
from fhirdesk.remote.status import hides, is_absent, is_deleted, is_ok, is_readable
from fhirdesk.store.queue import LastAttempt, Transition
from fhirdesk.sync.link.circuit_breaker import backoff
from fhirdesk.sync.plan import is_unguarded_create
from fhirdesk.sync.results.transitions import MOST_COUNTED
from fhirdesk.sync.search_result import find_matches, find_other_holder, has_next_page, has_same_name
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
from fhirdesk.sync.stored_check import check_stored

LOOK_AGAIN = 2.0  # seconds at least between looks while the server may still be working on the request
SETTLING = 10.0  # seconds between searches while a create that nothing guards settles
MOST_MERGES = 5


class ServerReader(Protocol):
    """What a probe needs of the server's copies."""

    async def find(self, entry: QueueEntry) -> Response: ...

    async def read_mapped(self, mapped: IdMapping) -> Response: ...

    async def read_at(self, entry: QueueEntry, logical_id: str) -> Response: ...

    async def search_works(self, resource_type: str, known: IdMapping | None) -> bool: ...


class AttemptHistory(Protocol):
    """What a probe needs of the store."""

    def has_success_since(self, entry: QueueEntry) -> bool: ...

    def sent_before(self, entry: QueueEntry) -> Iterable[Mapping[str, Any]]: ...

    def another(self, entry: QueueEntry) -> IdMapping | None: ...


class Probe:
    """Finds out what became of one entry. Returns the move, or None when the server could not be asked."""

    def __init__(
        self,
        eyes: ServerReader,
        memory: AttemptHistory,
        context: Context,
        clock: Clock,
        settle: Callable[[], float],
        heard: Callable[[Response], bool],
    ):
        self._eyes, self._memory, self._context, self._clock = eyes, memory, context, clock
        self._settle, self._heard = settle, heard
        self._seen: dict[tuple[str, float], float] = {}  # attempts of a clock put back since: when first looked at

    async def look(self, entry: QueueEntry, mapped: IdMapping | None, flight: LastAttempt) -> Transition | None:
        """`flight`: the last attempt; until it is over the server may still apply it."""
        flight = self._in_our_time(entry, flight)
        if mapped is None:
            return await self._look_for_it(entry, flight)
        answer = await self._eyes.read_mapped(mapped)
        if not self._heard(answer) or not is_readable(answer):
            return self._not_shown(entry, answer)
        if is_absent(answer):
            return await self._gone(entry, mapped, flight, answer)
        theirs = dict(answer.body or {})
        if belongs_to_another(mapped, theirs, self._context):
            return self._move(entry, Status.CONFLICT, other_record(mapped.logical_id))
        if entry.operation is Operation.DELETE:
            return self._still_there(entry, flight, theirs)
        return self._compare(entry, mapped, flight, theirs)

    async def _look_for_it(self, entry: QueueEntry, flight: LastAttempt) -> Transition | None:
        """Under the id that a yes named, where it is the one that was sent; else by its number."""
        if not (flight.accepted and entry.logical_id):
            return await self._look_by_identifier(entry, flight)
        answer = await self._eyes.read_at(entry, entry.logical_id)
        if not self._heard(answer) or not is_readable(answer):
            return self._not_shown(entry, answer)
        theirs, sent = dict(answer.body or {}), dict(flight.request.get("body") or {})
        system = registry.identifier_system(entry.type, self._context)
        ours = carries_number(theirs, entry.resource_type, system, entry.key) or has_same_name(sent, theirs)
        if not is_ok(answer) or not ours:
            return await self._look_by_identifier(entry, flight)
        return check_stored(self._arrived(entry, theirs), None, sent, theirs, self._context)

    async def _look_by_identifier(self, entry: QueueEntry, flight: LastAttempt) -> Transition | None:
        body = flight.request.get("body") or {}
        system = registry.identifier_system(entry.type, self._context)
        if flight.request.get("method") == "PUT" and identifier(body, system) is None:
            return await self._look_at_id(entry, flight)
        answer = await self._eyes.find(entry)
        if not self._heard(answer) or not is_ok(answer) or answer.body is None:
            return self._not_shown(entry, answer)
        found = find_matches(answer.body, entry, self._context)
        if other := find_other_holder(answer.body, entry, self._context):
            return self._move(entry, Status.CONFLICT, Reason("why_number_taken", {"id": str(other["id"])}))
        if not found and has_next_page(answer.body):
            return self._not_shown(entry, answer)
        if len(found) > 1:
            return self._move(entry, Status.CONFLICT, duplicates(found))
        if not found and flight.duplicate:
            return self._move(entry, Status.CONFLICT, duplicates(()))
        if not found:
            return (
                await self._absent(entry, flight)
                if is_unguarded_create(flight.request)
                else self._wait_or_send(entry, flight)
            )
        theirs = found[0]
        return self._met(entry, flight, theirs)

    def _met(self, entry: QueueEntry, flight: LastAttempt, theirs: Resource) -> Transition:
        """It is there: as it was sent, or as somebody else (of an older database: perhaps we) wrote it."""
        body = dict(flight.request.get("body") or {})
        if is_as_sent(entry, body, theirs, self._context):
            return self._arrived(entry, theirs)
        if flight.older:
            return self._server_is_newer(entry, theirs)
        return self._adopt(entry, theirs, unset_locally(entry, theirs, self._context))

    async def _look_at_id(self, entry: QueueEntry, flight: LastAttempt) -> Transition | None:
        """What carries no number of ours was put to an id of ours."""
        answer = await self._eyes.read_at(entry, str(flight.request["path"]).rpartition("/")[2])
        if not self._heard(answer) or not is_readable(answer):
            return self._not_shown(entry, answer)
        if not is_ok(answer):
            return self._wait_or_send(entry, flight)
        return self._met(entry, flight, dict(answer.body or {}))

    async def _gone(
        self, entry: QueueEntry, mapped: IdMapping, flight: LastAttempt, answer: Response
    ) -> Transition | None:
        if entry.operation is Operation.DELETE:
            return self._move(entry, Status.COMPLETED, None, mapped=mapped)
        if is_deleted(answer):
            return self._move(entry, Status.CONFLICT, Reason("why_gone"))
        found = await self._look_by_identifier(entry, flight)
        if found is not None and found.mapped is None and found.status in (Status.PENDING, Status.UNKNOWN):
            return self._move(entry, Status.CONFLICT, Reason("why_missing_there"))
        return found

    def _not_shown(self, entry: QueueEntry, answer: Response) -> Transition | None:
        """The server lets nobody look: a person must. An edit stays unknown; what was not answered is asked again."""
        if entry.operation is Operation.EDIT or not (hides(answer) or (is_ok(answer) and answer.body)):
            return None
        return self._move(entry, Status.CONFLICT, Reason("why_not_shown", {"status": str(answer.status)}))

    def _still_there(self, entry: QueueEntry, flight: LastAttempt, theirs: Resource) -> Transition:
        """A delete that did not happen: changed meanwhile, refused because others refer to it, or not arrived."""
        asked = flight.request.get("if_match")
        if asked and version_id(theirs) not in (None, asked):
            return self._move(entry, Status.CONFLICT, Reason("why_changed_before_delete"))
        if flight.refused:
            return self._move(entry, Status.HELD, Reason("why_referenced"))
        return self._wait_or_send(entry, flight)

    def _compare(self, entry: QueueEntry, mapped: IdMapping, flight: LastAttempt, theirs: Resource) -> Transition:
        """Ours arrived, nothing happened, or somebody else's change is there (rule 7)."""
        body = dict(flight.request.get("body") or {})
        if flight.accepted or is_as_sent(entry, body, theirs, self._context):
            return check_stored(self._arrived(entry, theirs), mapped.base, body, theirs, self._context)
        if version_id(theirs) is not None and version_id(theirs) == mapped.version_id:
            return self._wait_or_send(entry, flight)
        if version_id(theirs) is None and self._as_known(mapped, theirs):
            return self._wait_or_send(entry, flight)
        if flight.stale >= MOST_MERGES:
            return self._move(entry, Status.CONFLICT, Reason("why_changes_too_often"))
        if flight.older and entry.resource_type != MASTER_IS_SERVER:
            return self._server_is_newer(entry, theirs)
        ours = any(is_as_sent(entry, dict(b), theirs, self._context) for b in self._memory.sent_before(entry))
        clash = (
            conflicting_elements(entry, dict(mapped.base), theirs, self._context)
            if mapped.base is not None and not ours
            else None
        )
        if clash:
            return self._move(entry, Status.CONFLICT, clash)
        taken = server_changes(entry, dict(mapped.base), theirs, self._context) if mapped.base is not None else {}
        return self._adopt(entry, theirs, taken)

    def _as_known(self, mapped: IdMapping, theirs: Resource) -> bool:
        """Whether nothing of ours changed there, where no version says so."""
        return mapped.base is not None and merge.same(dict(mapped.base), theirs, registry.converter(mapped.type))

    def _server_is_newer(self, entry: QueueEntry, theirs: Resource) -> Transition:
        """Which of the two is the newer one, a person knows."""
        return self._move(entry, Status.CONFLICT, Reason("why_moved_on"), mapped=as_base(entry, theirs, self._clock))

    def _arrived(self, entry: QueueEntry, theirs: Resource) -> Transition:
        return self._move(entry, Status.COMPLETED, None, mapped=as_base(entry, theirs, self._clock))

    def _adopt(self, entry: QueueEntry, theirs: Resource, taken: Mapping[str, Any]) -> Transition:
        """The server's copy is the new base; ours, with what is `taken` of it, is laid over it and sent."""
        move = self._move(entry, Status.PENDING, Reason("why_newer_there"), mapped=as_base(entry, theirs, self._clock))
        return replace(move, taken=taken)

    def _wait_or_send(self, entry: QueueEntry, flight: LastAttempt) -> Transition:
        """Not there: sent again once the server cannot be working on it any more; given up after too many tries."""
        now, over = self._clock.now(), self._over(flight)
        if now < over:
            return self._still(entry, min(over, now + max(LOOK_AGAIN, now - flight.at)))  # ever more seldom
        if entry.counted >= MOST_COUNTED and self._memory.has_success_since(entry):
            return self._move(entry, Status.FAILED, Reason("why_poison"))
        if flight.stale >= MOST_MERGES:
            return self._move(entry, Status.CONFLICT, Reason("why_refused_unchanged"))
        tries = max(entry.counted, flight.stale)
        wait = backoff(self._clock, tries) if tries else 0.0
        return self._move(entry, Status.PENDING, Reason("why_not_arrived"), not_before=now + wait)

    def _in_our_time(self, entry: QueueEntry, flight: LastAttempt) -> LastAttempt:
        """What seems to begin in the future was written by a clock that was put back since: it counts from when we
        first look at it, so that nothing waits for the day to come again."""
        now, attempt = self._clock.now(), (entry.uuid, flight.at)
        if max(flight.at, flight.empty_at or 0.0) > now:
            self._seen.setdefault(attempt, now)
        if (seen := self._seen.get(attempt)) is None:
            return flight
        at, empty = min(flight.at, seen), flight.empty_at
        over = flight.expires_at - (flight.at - at)
        return replace(flight, at=at, expires_at=over, empty_at=None if empty is None else min(empty, seen))

    def _over(self, flight: LastAttempt) -> float:
        """When nothing of that attempt can be applied any more: at once after a refusal; once the deadline passed where
        a version guards it; after the settle time where nothing does, or where the server took it for later."""
        if flight.refused:
            return flight.at
        guarded = (
            flight.request.get("method") != "PUT" or flight.request.get("if_match") or flight.request.get("creates")
        )
        if guarded and not flight.deferred:
            return flight.expires_at
        return max(flight.expires_at, flight.at + self._settle())

    async def _absent(self, entry: QueueEntry, flight: LastAttempt) -> Transition:
        """A create that nothing guards: two empty searches a settle time apart, by a search that is known to find what
        is there, then one resend; after a second one a person."""
        now, first = self._clock.now(), flight.empty_at
        if flight.refused:
            return self._wait_or_send(entry, flight)
        due = max((first or now) + self._settle(), flight.expires_at)
        if first is None or now < due:
            return self._still(entry, min(due, now + SETTLING), empty_at=now)
        if flight.resent:
            return self._move(entry, Status.CONFLICT, Reason("why_unknown_twice"))
        if not await self._eyes.search_works(entry.resource_type, self._memory.another(entry)):
            return self._move(entry, Status.CONFLICT, Reason("why_search_unproved"))
        return self._move(entry, Status.PENDING, Reason("why_not_arrived"))

    def _still(self, entry: QueueEntry, not_before: float, *, empty_at: float | None = None) -> Transition:
        move = self._move(entry, Status.UNKNOWN, entry.reason or Reason("why_checking"), not_before=not_before)
        return replace(move, empty_at=empty_at)

    def _move(
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
            alone=entry.alone and status is not Status.COMPLETED,
            phase=Phase.PROBED,
            mapped=mapped,
        )
