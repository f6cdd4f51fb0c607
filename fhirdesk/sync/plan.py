"""What is to be done with the head of a lane now: send it, hold it, or reject it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fhirdesk.core.exchange import Request
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason, Status
from fhirdesk.r4 import json

NEW_PERSON = "why_new_person"  # a person said that the patient is not one of the same name who is there


@dataclass(frozen=True, slots=True)
class Send:
    """A head and what to send for it."""

    entry: QueueEntry
    request: Request
    mapped: IdMapping | None  # what was known of the server's copy
    searches_first: bool = False  # a create that nothing guards: a search comes before it
    transaction: tuple[str, ...] = ()  # uuids of the entries that go in one transaction, all or none

    @property
    def weight(self) -> int:
        """Bytes of its body."""
        return len(self.request.written or b"")

    def stored(self) -> Mapping[str, Any]:
        """The request as the attempt keeps it."""
        r = self.request
        return {
            "method": r.method,
            "path": r.path,
            "if_match": r.if_match,
            "if_none_exist": r.if_none_exist,
            "creates": r.creates,
            "together": list(self.transaction),
            "body": json.written(r.written) if r.written else r.body,
        }


@dataclass(frozen=True, slots=True)
class Hold:
    """A head that waits: for a parent, or (None) for the server to take it."""

    entry: QueueEntry
    reason: Reason
    parent: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Reject:
    """A head that cannot be sent as it is: failed, in conflict, or cancelled because there is nothing to do."""

    entry: QueueEntry
    reason: Reason
    status: Status = Status.FAILED


def hold_unsupported(entry: QueueEntry) -> Hold:
    """Held until the server takes it."""
    return Hold(entry, Reason("why_unsupported", {"type": entry.resource_type}), None)


def is_unguarded_create(request: Mapping[str, Any]) -> bool:
    """Whether a stored request is a create that would make a second one if it were sent again."""
    return request.get("method") == "POST" and not request.get("if_none_exist")
