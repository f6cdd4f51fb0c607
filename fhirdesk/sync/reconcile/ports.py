"""What a probe needs of the server and of the store."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from fhirdesk.core.exchange import Response
from fhirdesk.core.queue_entry import IdMapping, QueueEntry


class ServerReader(Protocol):
    """The server as a probe reads it."""

    async def find(self, entry: QueueEntry) -> Response: ...

    async def read_mapped(self, mapped: IdMapping) -> Response: ...

    async def read_at(self, entry: QueueEntry, logical_id: str) -> Response: ...

    async def search_works(self, resource_type: str, known: IdMapping | None) -> bool: ...


class AttemptHistory(Protocol):
    """The stored history as a probe reads it."""

    def has_success_since(self, entry: QueueEntry) -> bool: ...

    def sent_before(self, entry: QueueEntry) -> Iterable[Mapping[str, Any]]: ...

    def another(self, entry: QueueEntry) -> IdMapping | None: ...
