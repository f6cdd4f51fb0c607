"""Shows a record beside the server's copy, and the versions that the server keeps of it. Nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fhirdesk.app.preview import Previewer
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.resource import Resource, listed, version_id
from fhirdesk.core.views import ComparisonView, HistoryView, PreviewView, ValueChange, VersionView
from fhirdesk.files.versions import version
from fhirdesk.r4 import json
from fhirdesk.remote.client import Remote
from fhirdesk.store.store import Store
from fhirdesk.sync.operator.field_merge import format_field, list_differences
from fhirdesk.sync.operator.server_reader import ServerReader, format_reference
from fhirdesk.sync.three_way_merge import read_all, three_resources


class ServerVersions:
    """Runs on the engine's loop."""

    def __init__(self, store: Store, remote: Remote, mapper: Mapper, previewer: Previewer, clock: Clock):
        self._store, self._mapper, self._previewer, self._clock = store, mapper, previewer, clock
        self._server = ServerReader(remote)

    async def compare(self, type_: str, key: str, *, read_server: bool) -> ComparisonView:
        """The record as it would be sent, with its waiting edits, beside how it was last in step, and with
        `read_server` beside the server's copy of now. Raises NotFound; Refused, NotAuthorized, Unavailable."""
        ours = self._previewer.preview_stored(type_, key, False, with_edits=True)
        mapped = self._find_mapping(type_, key)
        if not read_server:
            return self._compare(ours, mapped, None)
        if mapped is None:
            raise Refused("copy_not_sent")
        return self._compare(ours, mapped, await self._server.read(mapped))

    async def read_history(self, type_: str, key: str) -> HistoryView:
        """The newest versions on the server, each with what changed against the one before. Raises NotFound; Refused,
        NotAuthorized, Unavailable."""
        with self._store.snapshot() as view:
            view.records.expect(type_, key)
        mapped = self._find_mapping(type_, key)
        if mapped is None:
            raise Refused("copy_not_sent")
        bundle = await self._server.read_history(mapped)
        if bundle is None:
            return HistoryView(format_reference(mapped), is_kept=False, read_at=self._clock.now())
        entries = [entry for entry in listed(bundle.get("entry")) if isinstance(entry, Mapping)]
        has_more = any(isinstance(k, Mapping) and k.get("relation") == "next" for k in listed(bundle.get("link")))
        versions = self._list_versions(type_, entries, has_more)
        return HistoryView(format_reference(mapped), versions, has_more=has_more, read_at=self._clock.now())

    def _find_mapping(self, type_: str, key: str) -> IdMapping | None:
        with self._store.snapshot() as view:
            mapped = view.id_map.get(type_, key)
        return None if mapped is None or mapped.damaged or mapped.logical_id.startswith("urn:") else mapped

    # -- two sides

    def _compare(self, ours: PreviewView, mapped: IdMapping | None, theirs: Resource | None) -> ComparisonView:
        base = dict(mapped.base) if mapped and mapped.base else None
        mine = dict(ours.resource)
        sides = three_resources(ours.type, base, mine, theirs or base or mine, self._mapper)
        differing = sides.differing
        alike = {n: text for n, v in sides.ours.items() if n not in differing and (text := format_field(v)) is not None}
        return ComparisonView(
            list_differences(sides),
            alike,
            ours.text,
            json.pretty(order_like(mine, base)) if base else None,
            json.pretty(order_like(mine, theirs)) if theirs else None,
            reference=format_reference(mapped) if mapped else None,
            base_version=mapped.version_id if mapped else None,
            base_at=mapped.synced_at if mapped else None,
            version_id=version_id(theirs) if theirs else None,
            changed_at=read_time(theirs) if theirs else None,
            read_at=self._clock.now() if theirs else None,
        )

    # -- versions

    def _list_versions(
        self, type_: str, entries: Sequence[Mapping[str, Any]], has_more: bool
    ) -> tuple[VersionView, ...]:
        """The versions of a history's entries, each compared with the next older one."""
        resources = [_read_resource(entry) for entry in entries]
        versions = []
        for number, (entry, resource) in enumerate(zip(entries, resources, strict=True)):
            is_last = number == len(entries) - 1
            older = None if is_last else resources[number + 1]
            changes = None if is_last and has_more else self._list_changes(type_, older or {}, resource or {})
            is_creation = resource is not None and older is None and changes is not None
            versions.append(replace(_build_version(entry, resource), changes=changes, is_creation=is_creation))
        return tuple(versions)

    def _list_changes(self, type_: str, older: Resource, newer: Resource) -> tuple[ValueChange, ...]:
        before, after = read_all(type_, older, self._mapper), read_all(type_, newer, self._mapper)
        texts = {n: (format_field(before.get(n)), format_field(after.get(n))) for n in dict.fromkeys((*before, *after))}
        return tuple(ValueChange(name, old, new) for name, (old, new) in texts.items() if old != new)


def order_like(ours: Any, theirs: Any) -> Any:
    """The server's value with the members of its objects in the order that they have in ours, further ones last, so
    that the lines of both can be compared."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        names = [name for name in ours if name in theirs]
        return {n: order_like(ours.get(n), theirs[n]) for n in dict.fromkeys((*names, *theirs))}
    if isinstance(ours, list) and isinstance(theirs, list):
        return [order_like(ours[n] if n < len(ours) else None, value) for n, value in enumerate(theirs)]
    return theirs


def read_time(resource: Mapping[str, Any]) -> float | None:
    """When the server last changed the resource, in epoch seconds; None where it does not say."""
    meta = resource.get("meta")
    return _read_moment(meta.get("lastUpdated") if isinstance(meta, Mapping) else None)


def _read_moment(text: object) -> float | None:
    moment = version(None, text).made
    return moment.timestamp() if moment else None


def _read_resource(entry: Mapping[str, Any]) -> Resource | None:
    resource = entry.get("resource")
    return dict(resource) if isinstance(resource, Mapping) else None


def _build_version(entry: Mapping[str, Any], resource: Resource | None) -> VersionView:
    said = entry.get("response")
    response: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    etag = response.get("etag")
    number = version_id(resource) if resource else None
    return VersionView(
        number or (str(etag).removeprefix("W/").strip('"') if etag else None),
        (read_time(resource) if resource else None) or _read_moment(response.get("lastModified")),
        json.pretty(resource) if resource else "",
        is_deletion=resource is None,
    )
