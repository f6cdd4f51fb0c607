"""Reads history Bundles: of several versions of a resource only the newest counts
(https://hl7.org/fhir/R4/http.html#history)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.resource import pointer
from fhirdesk.files.row import DeletedResource
from fhirdesk.files.versions import Version, version
from fhirdesk.r4 import json

HISTORY = "/_history"


@dataclass(frozen=True, slots=True)
class _Event:
    """One entry: a version or the deletion of a resource. `of`: the resource's fullUrl, and Type/id."""

    of: tuple[str | None, str]
    version: Version
    deleted: bool


class History:
    """Knows which entries of a history Bundle count, by their index. An entry without version and time is as new as its
    index says: the newest comes first."""

    def __init__(self, entries: Iterable[tuple[int, bytes]]):
        self._events: dict[int, _Event] = {}
        self._newest: dict[tuple[str | None, str], int] = {}
        for index, (_, entry) in enumerate(entries):
            event = _event(entry)
            if event:
                self._events[index] = event
                newest = self._newest.setdefault(event.of, index)
                if self._events[newest].version.is_older(event.version):
                    self._newest[event.of] = index

    def gone(self, index: int, line: int) -> DeletedResource | None:
        """Returns the deletion if the entry is one and the Bundle has nothing newer of the resource, else None."""
        event = self._events.get(index)
        is_last = event and event.deleted and self._newest[event.of] == index
        return DeletedResource(line, *event.of, event.version) if event and is_last else None

    def is_outdated(self, index: int) -> bool:
        """Whether the Bundle has a newer version of the entry's resource."""
        event = self._events.get(index)
        return event is not None and self._newest[event.of] != index

    def passes_over(self, index: int) -> bool:
        """Whether the entry is a deletion and the resource was created again later: such an entry is skipped."""
        event = self._events.get(index)
        return event is not None and event.deleted and self._newest[event.of] != index


def _event(entry: bytes) -> _Event | None:
    """Returns the event of an entry, or None if it names no resource; that is reported when its turn comes."""
    try:
        url, full_url = (json.peek(entry, *path) for path in (("request", "url"), ("fullUrl",)))
        name = _name_of(entry) or pointer(url.split("?")[0]) if isinstance(url, str) else _name_of(entry)
        meta = json.peek(entry, "resource", "meta") or {}
        response = json.peek(entry, "response") or {}
        deleted = json.peek(entry, "request", "method") == "DELETE"
    except InvalidDocument:
        return None
    if not name or not isinstance(meta, dict) or not isinstance(response, dict):
        return None
    of = full_url.partition(HISTORY)[0] if isinstance(full_url, str) else None
    entry_version = version(
        _first(meta, response, "versionId", "etag"), _first(meta, response, "lastUpdated", "lastModified")
    )
    return _Event((of, name), entry_version, deleted)


def _name_of(entry: bytes) -> str | None:
    kind, id_ = (json.peek(entry, "resource", name) for name in ("resourceType", "id"))
    return f"{kind}/{id_}" if isinstance(kind, str) and isinstance(id_, str) else None


def _first(meta: dict[str, Any], answer: dict[str, Any], of_meta: str, of_answer: str) -> Any:
    return meta.get(of_meta) or answer.get(of_answer)
