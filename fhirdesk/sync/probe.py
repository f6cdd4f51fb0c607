"""A look at the server before anything is sent again: what an unknown outcome really was (rules 6, 7)."""

from collections.abc import Mapping
from typing import Any, Protocol

from fhirdesk.answer import Answer, Delivery, Verdict
from fhirdesk.clock import Clock
from fhirdesk.converters import overlay, registry
from fhirdesk.converters.base import Context
from fhirdesk.entry import Mapped, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.resource import Resource, version_id
from fhirdesk.store.queue import Move

LOOK_AGAIN = 2.0  # seconds between looks while the server may still be working on the request
MOST_MERGES = 5
MASTER_IS_SERVER = "Patient"


class Eyes(Protocol):
    """What a probe needs of the remote."""

    async def find(self, resource_type: str, system: str, key: str) -> Answer: ...

    async def read(self, resource_type: str, logical_id: str) -> Answer: ...


class Probe:
    """Finds out what became of one entry. Returns the move, or None when the server could not be asked."""

    def __init__(self, remote: Eyes, context: Context, clock: Clock):
        self._remote, self._context, self._clock = remote, context, clock

    async def look(
        self, entry: QueueEntry, mapped: Mapped | None, sent: Mapping[str, Any], expires_at: float
    ) -> Move | None:
        """`sent`: the request of the last attempt as stored; `expires_at`: until then the server may still apply it."""
        if mapped is None:
            return await self._look_by_identifier(entry, sent.get("body") or {}, expires_at)
        answer = await self._remote.read(mapped.resource_type, mapped.logical_id)
        if answer.delivery is not Delivery.ANSWERED or not _readable(answer):
            return None
        if answer.status in (404, 410):
            return await self._gone(entry, mapped, sent, answer, expires_at)
        if entry.operation is Operation.DELETE:
            return self._wait_or_send(entry, expires_at)
        return self.compare(entry, mapped, sent, dict(answer.body or {}), expires_at)

    async def _look_by_identifier(self, entry: QueueEntry, body: Mapping[str, Any], expires_at: float) -> Move | None:
        system = registry.identifier_system(entry.type, self._context)
        answer = await self._remote.find(entry.resource_type, system, entry.key)
        if answer.delivery is not Delivery.ANSWERED or answer.status != 200 or answer.body is None:
            return None
        found = [e["resource"] for e in answer.body.get("entry") or () if _matches(e, entry.resource_type)]
        if len(found) > 1:
            return self._move(entry, Status.CONFLICT, Reason("why_duplicate", {"count": str(len(found))}))
        if not found:
            return self._wait_or_send(entry, expires_at)
        theirs = found[0]
        if body and overlay.same(dict(body), theirs, registry.converter(entry.type)):
            return self._arrived(entry, theirs)
        return self._adopt(entry, theirs)

    async def _gone(
        self, entry: QueueEntry, mapped: Mapped, sent: Mapping[str, Any], answer: Answer, expires_at: float
    ) -> Move | None:
        if entry.operation is Operation.DELETE:
            return self._move(entry, Status.COMPLETED, None, mapped=mapped)
        if answer.status == 410:
            return self._move(entry, Status.CONFLICT, Reason("why_gone"))
        found = await self._look_by_identifier(entry, sent.get("body") or {}, expires_at)
        if found is not None and found.mapped is None and found.status in (Status.PENDING, Status.UNKNOWN):
            return self._move(entry, Status.CONFLICT, Reason("why_missing_there"))
        return found

    def compare(
        self, entry: QueueEntry, mapped: Mapped, sent: Mapping[str, Any], theirs: Resource, expires_at: float
    ) -> Move:
        """Ours arrived, nothing happened, or somebody else's change is there (rule 7)."""
        body, converter = dict(sent.get("body") or {}), registry.converter(entry.type)
        if body and overlay.same(body, theirs, converter):
            return self._arrived(entry, theirs)
        if version_id(theirs) is not None and version_id(theirs) == mapped.version_id:
            return self._wait_or_send(entry, expires_at)
        if entry.counted >= MOST_MERGES:
            return self._move(entry, Status.CONFLICT, Reason("why_changes_too_often"))
        if entry.resource_type == MASTER_IS_SERVER and mapped.base is not None:
            merge = overlay.compare(dict(mapped.base), body, theirs, converter)
            if merge.conflicts:
                params = {"elements": ", ".join(merge.conflicts)}
                return self._move(entry, Status.CONFLICT, Reason("why_changed_there", params))
        return self._adopt(entry, theirs)

    def _arrived(self, entry: QueueEntry, theirs: Resource) -> Move:
        return self._move(entry, Status.COMPLETED, None, mapped=self._mapped(entry, theirs))

    def _adopt(self, entry: QueueEntry, theirs: Resource) -> Move:
        """The server's copy is the new base; ours is laid over it and sent as an update."""
        return self._move(
            entry, Status.PENDING, Reason("why_newer_there"), mapped=self._mapped(entry, theirs), counts=True
        )

    def _wait_or_send(self, entry: QueueEntry, expires_at: float) -> Move:
        now = self._clock.now()
        if now >= expires_at:
            return self._move(entry, Status.PENDING, Reason("why_not_arrived"))
        return self._move(entry, Status.UNKNOWN, Reason("why_checking"), not_before=min(expires_at, now + LOOK_AGAIN))

    def _mapped(self, entry: QueueEntry, theirs: Resource) -> Mapped:
        return Mapped(
            type=entry.type,
            key=entry.key,
            resource_type=entry.resource_type,
            logical_id=str(theirs["id"]),
            version_id=version_id(theirs),
            base=theirs,
            base_read=True,
            synced_at=self._clock.now(),
        )

    def _move(
        self,
        entry: QueueEntry,
        status: Status,
        reason: Reason | None,
        *,
        mapped: Mapped | None = None,
        not_before: float = 0.0,
        counts: bool = False,
    ) -> Move:
        return Move(
            entry,
            entry.attempts,
            status,
            reason=reason,
            not_before=not_before,
            counts=counts,
            alone=entry.alone and status is not Status.COMPLETED,
            phase=Phase.PROBED,
            mapped=mapped,
        )


def _matches(entry: Any, resource_type: str) -> bool:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    return isinstance(resource, dict) and resource.get("resourceType") == resource_type and "id" in resource


def _readable(answer: Answer) -> bool:
    """The server answered the question, whatever it said; a 5xx or a sign-in page says nothing."""
    return answer.status in (404, 410) or (answer.status == 200 and answer.body is not None)


VERDICTS_THAT_LOOK = frozenset({Verdict.UNKNOWN, Verdict.STALE, Verdict.NOT_THERE, Verdict.NEEDS_VERSION})
