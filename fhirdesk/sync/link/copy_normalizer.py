"""The server's copies as this program speaks of them: with our number as we wrote it, and no version that says nothing.

Every question about a copy goes through here, so that what a vendor does to it is undone in one place.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fhirdesk.converters import merge, patient_number, registry
from fhirdesk.converters.context import Context
from fhirdesk.core.exchange import Classified, Response
from fhirdesk.core.queue_entry import IdMapping, QueueEntry
from fhirdesk.core.resource import ESCAPED, Resource, version_id
from fhirdesk.remote.status import is_ok, takes_no_such_search
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.server_limits import ServerLimits
from fhirdesk.sync.search_result import find_matches, list_resources

AT_ONCE = 50  # ids in one search: an address of 2,000 characters
Named = tuple[str, str]  # a resource's type and id


class Copies:
    """Reads and searches."""

    def __init__(self, remote: LimitedRemote, context: Context, learned: ServerLimits):
        self._remote, self._context, self.learned = remote, context, learned

    # -- one

    async def of(self, mapped: IdMapping) -> Response:
        """What is known of the server's copy, read again."""
        return self._of(mapped, await self._remote.read(mapped.resource_type, mapped.logical_id))

    async def at(self, entry: QueueEntry, logical_id: str) -> Response:
        """What is at an id."""
        answer = await self._remote.read(entry.resource_type, logical_id)
        return self._with(answer, entry.type, entry.key)

    def known(self, mapped: IdMapping) -> IdMapping:
        """What was known before this server turned out to have no versions has none."""
        return mapped if self.learned.moves_versions(mapped.resource_type) else replace(mapped, version_id=None)

    def read(self, reading: Classified, entry: QueueEntry, mapped: IdMapping | None) -> Classified:
        """The answer to a write; `mapped`: what was known before it."""
        if reading.resource is None:
            return self._unversioned(reading, entry.resource_type)
        if mapped and reading.version_id is not None and reading.version_id == mapped.version_id:
            self._compare(mapped, reading.resource)
        theirs = self.understood(dict(reading.resource), entry.type, entry.key)
        return self._unversioned(replace(reading, resource=theirs), entry.resource_type)

    def _unversioned(self, reading: Classified, resource_type: str) -> Classified:
        return reading if self.learned.moves_versions(resource_type) else replace(reading, version_id=None)

    def understood(self, theirs: Resource, type_: str, key: str) -> Resource:
        """A copy as this program speaks of it."""
        theirs = patient_number.restore_number(theirs, type_, key, self._context)
        kind = str(theirs.get("resourceType"))
        if self.learned.moves_versions(kind) or version_id(theirs) is None:
            return theirs
        return theirs | {"meta": {n: v for n, v in theirs["meta"].items() if n != "versionId"}}

    def _of(self, mapped: IdMapping, answer: Response) -> Response:
        if is_ok(answer) and answer.body and version_id(answer.body) == mapped.version_id is not None:
            self._compare(mapped, answer.body)
        return self._with(answer, mapped.type, mapped.key)

    def _with(self, answer: Response, type_: str, key: str) -> Response:
        if not is_ok(answer) or answer.body is None or answer.not_fhir:
            return answer
        return replace(answer, body=self.understood(dict(answer.body), type_, key))

    def _compare(self, mapped: IdMapping, theirs: Mapping[str, Any]) -> None:
        """Other content of ours under the version that we know proves that versions do not move."""
        if mapped.base is None or not mapped.base_read or not self.learned.moves_versions(mapped.resource_type):
            return
        if not merge.same(dict(mapped.base), dict(theirs), registry.converter(mapped.type)):
            self.learned.stood_still(mapped.resource_type)

    # -- many

    async def of_many(self, mapped: Sequence[IdMapping]) -> list[Response]:
        """The same of many. One search for their ids, where that finds them, says which are as we know them; the others
        are read one by one: a search may show what was there a while ago."""
        shown: dict[Named, Response] = {}
        for kind in {m.resource_type for m in mapped}:
            ids = [m.logical_id for m in mapped if m.resource_type == kind]
            for start in range(0, len(ids), AT_ONCE):
                shown |= await self._found_by_id(kind, ids[start : start + AT_ONCE])
        read = {_name(m): shown[_name(m)] for m in mapped if _name(m) in shown and self._as_known(m, shown[_name(m)])}
        alone = [m for m in mapped if _name(m) not in read]
        answers = await asyncio.gather(*(self._remote.read(m.resource_type, m.logical_id) for m in alone))
        if shown and any(is_ok(a) and _name(m) not in shown for m, a in zip(alone, answers, strict=True)):
            self.learned.not_many()  # it is there, and the search did not find it
        read |= {_name(m): answer for m, answer in zip(alone, answers, strict=True)}
        return [self._of(m, read[_name(m)]) for m in mapped]

    async def _found_by_id(self, kind: str, ids: Sequence[str]) -> dict[Named, Response]:
        if len(ids) < 2 or not self.learned.limits.many:
            return {}
        answer = await self._remote.search(kind, {"_id": ",".join(ids), "_count": str(len(ids))})
        shown = list_resources(answer.body or {}, kind) if is_ok(answer) else []
        if takes_no_such_search(answer) or (is_ok(answer) and not (shown and all(r["id"] in ids for r in shown))):
            self.learned.not_many()
            return {}
        return {(kind, r["id"]): replace(answer, body=r) for r in shown}

    def _as_known(self, mapped: IdMapping, answer: Response) -> bool:
        """Whether a copy is the one that we know: its version says so, else its content."""
        theirs = self.understood(dict(answer.body or {}), mapped.type, mapped.key)
        if mapped.version_id is not None:
            return version_id(theirs) == mapped.version_id
        return mapped.base is not None and merge.same(dict(mapped.base), theirs, registry.converter(mapped.type))

    # -- by number

    async def find(self, entry: QueueEntry) -> Response:
        """A search by our number; by its value alone where the server replaces the system."""
        kind = entry.resource_type
        answer = await self._by_number(entry.type, entry.key, kind)
        if not is_ok(answer) or answer.body is None:
            return answer
        entries = [e | {"resource": self.understood(r, entry.type, entry.key)} for e, r in _entries(answer.body)]
        answer = replace(answer, body=dict(answer.body) | {"entry": entries})
        if find_matches(answer.body or {}, entry, self._context):
            self.learned.found_by_number(kind)
        return answer

    async def search_works(self, resource_type: str, known: IdMapping | None) -> bool:
        """Whether a search by number finds what is there: it did before, or it finds one that is known to be there."""
        if known is None or self.learned.finds(resource_type):
            return self.learned.finds(resource_type)
        answer = await self._by_number(known.type, known.key, resource_type)
        if any(r["id"] == known.logical_id for r in list_resources(answer.body or {}, resource_type)):
            self.learned.found_by_number(resource_type)
        return self.learned.finds(resource_type)

    async def _by_number(self, type_: str, key: str, resource_type: str) -> Response:
        if self._context.habits.number_system is not None:
            return await self._remote.search(resource_type, {"identifier": key.translate(ESCAPED)})
        return await self._remote.find(resource_type, registry.identifier_system(type_, self._context), key)

    async def namesakes(self, entry: QueueEntry, body: Mapping[str, Any]) -> Response:
        """A search for who has the same birth date and family name."""
        names = [n for n in body.get("name") or () if isinstance(n, dict)]
        family = next((n["family"] for n in names if isinstance(n.get("family"), str)), None)
        asked = {"birthdate": str(body.get("birthDate"))} | ({"family": family.translate(ESCAPED)} if family else {})
        return await self._remote.search(entry.resource_type, asked)


def _name(mapped: IdMapping) -> Named:
    return mapped.resource_type, mapped.logical_id


def _entries(searchset: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Resource]]:
    """Each entry that holds a resource, and the resource."""
    listed = searchset.get("entry")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield entry, entry["resource"]
