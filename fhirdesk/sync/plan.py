"""What is to be done with the head of a lane now: send it, hold it, or reject it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.core.exchange import Request
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason, Status
from fhirdesk.r4 import json

NEW_PERSON = "why_new_person"  # the user said: not one of the patients of the same name on the server


@dataclass(frozen=True, slots=True)
class Send:
    """Send this request for the entry."""

    entry: QueueEntry
    request: Request
    mapped: IdMapping | None  # what is known of the server's copy; None: it is not there yet
    searches_first: bool = False  # the server would create it twice: a search comes before the create
    transaction: tuple[str, ...] = ()  # uuids of all entries of its transaction: all are applied, or none

    @property
    def body_size(self) -> int:
        """Bytes of the request's body."""
        return len(self.request.written or b"")

    def to_stored(self) -> Mapping[str, Any]:
        """The request as it is stored with the attempt: JSON."""
        request = self.request
        return {
            "method": request.method,
            "path": request.path,
            "if_match": request.if_match,
            "if_none_exist": request.if_none_exist,
            "creates": request.creates,
            "together": list(self.transaction),
            "body": json.raw(request.written) if request.written else request.body,
        }


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold the entry: until its parent is on the server, or (None) until the server takes such a request."""

    entry: QueueEntry
    reason: Reason
    parent: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not send the entry as it is: it fails, is in conflict, or is cancelled because there is nothing to do."""

    entry: QueueEntry
    reason: Reason
    status: Status = Status.FAILED


def refuse_unfit(entry: QueueEntry) -> Hold | Reject | None:
    """The plan for an entry that cannot even be read: it is damaged, or the plug-in of its record type is gone. None
    for any other."""
    if entry.damaged:
        return Reject(entry, Reason("why_damaged"))
    return hold_unknown_type(entry)


def hold_unknown_type(entry: QueueEntry) -> Hold | None:
    """Hold the entry until the plug-in of its record type is there again; None if the type is known."""
    if entry.type in registry.record_types():
        return None
    return Hold(entry, Reason("why_no_such_type", {"type": entry.type}), None)


def hold_unsupported(entry: QueueEntry) -> Hold:
    """Hold the entry until the server takes its resource type."""
    return Hold(entry, Reason("why_unsupported", {"type": entry.resource_type}), None)


def is_unguarded_create(request: Mapping[str, Any]) -> bool:
    """True for a stored create that would make a second resource if it were sent again: a POST without a condition."""
    return request.get("method") == "POST" and not request.get("if_none_exist")
