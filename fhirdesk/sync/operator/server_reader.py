"""Reads a record's resource and its versions from the server, for a person who looks. Nothing is stored."""

from typing import Any

from fhirdesk.core.errors import NotAuthorized, Refused, ServerError, Unavailable
from fhirdesk.core.exchange import Delivery, Response
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.resource import Resource
from fhirdesk.remote import status
from fhirdesk.remote.client import Remote

MOST_VERSIONS = 50  # that are read at once: the newest


class ServerReader:
    """Runs on the engine's loop. Each method raises Refused where the server does not have it, NotAuthorized where it
    does not show it, and Unavailable where it cannot be reached or read."""

    def __init__(self, remote: Remote):
        self._remote = remote

    async def read(self, mapped: IdMapping) -> Resource:
        """The server's copy of the mapped record, as it is now."""
        answer = await self._remote.read(mapped.resource_type, mapped.logical_id)
        if status.is_ok(answer) and answer.body is not None and not answer.not_fhir:
            return dict(answer.body)
        raise explain(answer, format_reference(mapped))

    async def read_history(self, mapped: IdMapping) -> dict[str, Any] | None:
        """The Bundle of the newest versions, the newest one first; None from a server that keeps no history."""
        answer = await self._remote.history(mapped.resource_type, mapped.logical_id, MOST_VERSIONS)
        if status.is_ok(answer) and answer.body is not None and not answer.not_fhir:
            return dict(answer.body)
        if not status.takes_no_such_interaction(answer):
            raise explain(answer, format_reference(mapped))
        await self.read(mapped)  # if it is there, the server only keeps no history of it
        return None


def format_reference(mapped: IdMapping) -> str:
    """The resource's Type/id."""
    return f"{mapped.resource_type}/{mapped.logical_id}"


def explain(answer: Response, reference: str) -> Refused | ServerError:
    """The error that says why there is nothing to show of the resource."""
    if answer.delivery is Delivery.NOT_TRUSTED:
        return Unavailable("copy_untrusted")
    if answer.delivery is Delivery.NOT_SENT:
        return Unavailable("copy_offline")
    if status.is_deleted(answer):
        return Refused("copy_deleted", id=reference)
    if status.is_absent(answer):
        return Refused("copy_missing", id=reference)
    if status.wants_sign_in(answer):
        return NotAuthorized("copy_sign_in")
    if status.is_forbidden(answer):
        return NotAuthorized("copy_forbidden", id=reference)
    return Unavailable("copy_unread")
