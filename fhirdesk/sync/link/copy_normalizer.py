"""Reads and searches resources on the server, and undoes in one place what a vendor does to them: afterwards our number
stands as we wrote it, and a version id that says nothing is gone."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fhirdesk.converters import patient_number, registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.exchange import Classified, Response
from fhirdesk.core.queue_entry import IdMapping, QueueEntry
from fhirdesk.core.resource import ESCAPED, Resource, version_id
from fhirdesk.remote.status import is_ok, takes_no_such_search
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.search_result import find_matches, list_resources
from fhirdesk.sync.link.server_limits import ServerLimits

AT_ONCE = 50  # ids in one search: an address of 2,000 characters
Named = tuple[str, str]  # a resource's type and id


class CopyNormalizer:
    """Asks for the server's copies of our records; each answer holds the copy in the form that we sent."""

    def __init__(self, remote: LimitedRemote, mapper: Mapper, limits: ServerLimits):
        self._remote, self._mapper, self.server_limits = remote, mapper, limits

    # -- one

    async def read_mapped(self, mapped: IdMapping) -> Response:
        """Read again the resource that a record is mapped to."""
        return self._normalize_read(mapped, await self._remote.read(mapped.resource_type, mapped.logical_id))

    async def read_at(self, entry: QueueEntry, logical_id: str) -> Response:
        """Read the resource at a logical id, as a copy of this entry's record."""
        answer = await self._remote.read(entry.resource_type, logical_id)
        return self._with_normal_body(answer, entry.type, entry.key)

    def drop_useless_version(self, mapped: IdMapping) -> IdMapping:
        """The mapping, without its version id if this server's versions turned out to say nothing."""
        return mapped if self.server_limits.moves_versions(mapped.resource_type) else replace(mapped, version_id=None)

    def normalize_answer(self, reading: Classified, entry: QueueEntry, mapped: IdMapping | None) -> Classified:
        """The answer to a write, with its copy normalized. `mapped` is what was known before the write."""
        if reading.resource is None:
            return self._unversioned(reading, entry.resource_type)
        if mapped and reading.version_id is not None and reading.version_id == mapped.version_id:
            self._check_version_moves(mapped, reading.resource)
        resource = self.normalize(dict(reading.resource), entry.type, entry.key)
        return self._unversioned(replace(reading, resource=resource), entry.resource_type)

    def _unversioned(self, reading: Classified, resource_type: str) -> Classified:
        return reading if self.server_limits.moves_versions(resource_type) else replace(reading, version_id=None)

    def normalize(self, resource: Resource, type_: str, key: str) -> Resource:
        """The resource with our number as we wrote it, and without a version id that says nothing."""
        resource = patient_number.restore_number(resource, type_, key, self._mapper.context)
        kind = str(resource.get("resourceType"))
        if self.server_limits.moves_versions(kind) or version_id(resource) is None:
            return resource
        return resource | {"meta": {n: v for n, v in resource["meta"].items() if n != "versionId"}}

    def _normalize_read(self, mapped: IdMapping, answer: Response) -> Response:
        if is_ok(answer) and answer.body and version_id(answer.body) == mapped.version_id is not None:
            self._check_version_moves(mapped, answer.body)
        return self._with_normal_body(answer, mapped.type, mapped.key)

    def _with_normal_body(self, answer: Response, type_: str, key: str) -> Response:
        if not is_ok(answer) or answer.body is None or answer.not_fhir:
            return answer
        return replace(answer, body=self.normalize(dict(answer.body), type_, key))

    def _check_version_moves(self, mapped: IdMapping, resource: Mapping[str, Any]) -> None:
        """Record that versions say nothing here, if our elements changed under the version id that we know."""
        if mapped.base is None or not mapped.base_read or not self.server_limits.moves_versions(mapped.resource_type):
            return
        if not registry.same(mapped.type, dict(mapped.base), dict(resource)):
            self.server_limits.record_unmoved_version(mapped.resource_type)

    # -- many

    async def read_many(self, mapped: Sequence[IdMapping]) -> list[Response]:
        """Read the resources of many records; the answers come in the same order. One search for their ids tells which
        are as we know them; the others are read one by one, because a search may show an older state."""
        found_by_id: dict[Named, Response] = {}
        for kind in {m.resource_type for m in mapped}:
            ids = [m.logical_id for m in mapped if m.resource_type == kind]
            for start in range(0, len(ids), AT_ONCE):
                found_by_id |= await self._search_ids(kind, ids[start : start + AT_ONCE])
        unchanged = (m for m in mapped if _name_of(m) in found_by_id and self._is_as_known(m, found_by_id[_name_of(m)]))
        read = {_name_of(m): found_by_id[_name_of(m)] for m in unchanged}
        alone = [m for m in mapped if _name_of(m) not in read]
        answers = await asyncio.gather(*(self._remote.read(m.resource_type, m.logical_id) for m in alone))
        if found_by_id and any(
            is_ok(a) and _name_of(m) not in found_by_id for m, a in zip(alone, answers, strict=True)
        ):
            self.server_limits.disable_multi_search()  # it is there, and the search did not find it
        read |= {_name_of(m): answer for m, answer in zip(alone, answers, strict=True)}
        return [self._normalize_read(m, read[_name_of(m)]) for m in mapped]

    async def _search_ids(self, kind: str, ids: Sequence[str]) -> dict[Named, Response]:
        if len(ids) < 2 or not self.server_limits.limits.many:
            return {}
        answer = await self._remote.search(kind, {"_id": ",".join(ids), "_count": str(len(ids))})
        shown = list_resources(answer.body or {}, kind) if is_ok(answer) else []
        if takes_no_such_search(answer) or (is_ok(answer) and not (shown and all(r["id"] in ids for r in shown))):
            self.server_limits.disable_multi_search()
            return {}
        return {(kind, r["id"]): replace(answer, body=r) for r in shown}

    def _is_as_known(self, mapped: IdMapping, answer: Response) -> bool:
        """True if the copy is the one that we know, by its version id, or else by its content."""
        resource = self.normalize(dict(answer.body or {}), mapped.type, mapped.key)
        if mapped.version_id is not None:
            return version_id(resource) == mapped.version_id
        return mapped.base is not None and registry.same(mapped.type, dict(mapped.base), resource)

    # -- by number

    async def find(self, entry: QueueEntry) -> Response:
        """Search the entry's record by our number; by its value alone where the server replaces the system."""
        kind = entry.resource_type
        answer = await self._by_number(entry.type, entry.key, kind)
        if not is_ok(answer) or answer.body is None:
            return answer
        entries = [e | {"resource": self.normalize(r, entry.type, entry.key)} for e, r in _entries(answer.body)]
        answer = replace(answer, body=dict(answer.body) | {"entry": entries})
        if find_matches(answer.body or {}, entry, self._mapper):
            self.server_limits.record_search_hit(kind)
        return answer

    async def search_works(self, resource_type: str, known: IdMapping | None) -> bool:
        """True if a search by number finds resources that exist: it did before, or it finds `known` now."""
        if known is None or self.server_limits.can_search(resource_type):
            return self.server_limits.can_search(resource_type)
        answer = await self._by_number(known.type, known.key, resource_type)
        if any(r["id"] == known.logical_id for r in list_resources(answer.body or {}, resource_type)):
            self.server_limits.record_search_hit(resource_type)
        return self.server_limits.can_search(resource_type)

    async def _by_number(self, type_: str, key: str, resource_type: str) -> Response:
        if self._mapper.habits.number_system is not None:
            return await self._remote.search(resource_type, {"identifier": key.translate(ESCAPED)})
        return await self._remote.find(resource_type, self._mapper.identifier_system(type_), key)

    async def find_namesakes(self, entry: QueueEntry, body: Mapping[str, Any]) -> Response:
        """Search patients with the same birth date and family name."""
        names = [n for n in body.get("name") or () if isinstance(n, dict)]
        family = next((n["family"] for n in names if isinstance(n.get("family"), str)), None)
        params = {"birthdate": str(body.get("birthDate"))} | ({"family": family.translate(ESCAPED)} if family else {})
        return await self._remote.search(entry.resource_type, params)


def _name_of(mapped: IdMapping) -> Named:
    return mapped.resource_type, mapped.logical_id


def _entries(searchset: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Resource]]:
    """Yield each entry of the searchset that holds a resource, with the resource."""
    listed = searchset.get("entry")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield entry, entry["resource"]
