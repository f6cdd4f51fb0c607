"""An entry becomes a request: create or update is decided now, references get the server's ids (rules 4, 6, 7)."""

import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fhirdesk.converters import fitting, merge, registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.errors import InvalidInput
from fhirdesk.core.exchange import Request
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import ESCAPED, Resource, identifier, references, token
from fhirdesk.r4 import json
from fhirdesk.store.queue import waiting_reason
from fhirdesk.sync.plan import Hold, Reject, Send

SERVERS_OWN = frozenset({"id", "meta"})


def build_desired_record(entry: QueueEntry, mapped: IdMapping | None, context: Context) -> Record:
    """The record as the server should hold it after this entry: an edit changes its own fields alone, of what the
    server has now."""
    if not entry.edit:
        return entry.record
    base = dict(mapped.base) if mapped and mapped.base else None
    there = registry.from_resource(base, context, over=entry.record) if base else None
    return (there or entry.record).with_fields(**entry.edit)


def build_request(
    entry: QueueEntry, known: Mapping[tuple[str, str], IdMapping], context: Context
) -> Send | Hold | Reject:
    """`known`: what the resource map holds of this record and of its parents; `context` knows what they are."""
    mapped = known.get((entry.type, entry.key))
    mapped = None if mapped and mapped.logical_id.startswith("urn:") else mapped
    if entry.operation is Operation.DELETE:
        return _delete(entry, mapped)
    missing = next((p for p in source_resource.parents(entry.record, context) if p not in known), None)
    return Hold(entry, waiting_reason(*missing), missing) if missing else build_draft(entry, mapped, known, context)


def build_draft(
    entry: QueueEntry, mapped: IdMapping | None, known: Mapping[tuple[str, str], IdMapping], context: Context
) -> Send | Reject:
    """The request; references to parents that are not `known` stay as they are at rest."""
    try:
        ours = resolve_references(
            source_resource.for_server(build_desired_record(entry, mapped, context), context),
            entry.record,
            known,
            context,
        )
    except InvalidInput as error:
        return Reject(entry, Reason(error.code, error.params))
    return Send(entry, _update(entry, mapped, ours, context) if mapped else _create(entry, ours, context), mapped)


def _create(entry: QueueEntry, ours: Resource, context: Context) -> Request:
    body = fitting.fitted({k: v for k, v in ours.items() if k != "id"}, context)
    numbered = identifier(body, registry.identifier_system(entry.type, context)) is not None
    return request_with_body(
        "POST", entry.resource_type, body, if_none_exist=build_create_condition(entry, context) if numbered else None
    )


def _update(entry: QueueEntry, mapped: IdMapping, ours: Resource, context: Context) -> Request:
    converter = registry.converter(entry.type)
    base = fitting.ground(dict(mapped.base or {"resourceType": entry.resource_type}), converter, context)
    body = registry.merge_into(base, ours, build_desired_record(entry, mapped, context), context) | {
        "id": mapped.logical_id
    }
    if entry.record.base:  # the server does not have it yet: what it says beside the record's fields goes, too
        body |= {n: v for n, v in ours.items() if n not in SERVERS_OWN and not merge.owns(converter, n)}
    path = f"{entry.resource_type}/{mapped.logical_id}"
    return request_with_body("PUT", path, fitting.fitted(body, context), if_match=mapped.version_id)


def request_with_body(method: str, path: str, body: Resource, **more: Any) -> Request:
    """The body is written once: to be weighed, for the attempt, and for the wire."""
    return Request(method, path, body, written=json.dumps(body), **more)


def _delete(entry: QueueEntry, mapped: IdMapping | None) -> Send | Reject:
    if mapped is None:
        return Reject(entry, Reason("why_nothing_to_delete"), Status.CANCELLED)
    request = Request("DELETE", f"{entry.resource_type}/{mapped.logical_id}", if_match=mapped.version_id)
    return Send(entry, request, mapped)


def build_create_condition(entry: QueueEntry, context: Context) -> str:
    """If-None-Exist: our identifier, percent-encoded."""
    system = registry.identifier_system(entry.type, context)
    return f"identifier={_quoted_system(system)}{quote(entry.key.translate(ESCAPED), safe='')}"


@functools.lru_cache(100)
def _quoted_system(system: str) -> str:
    """`system|`, percent-encoded: the same for all records of a type."""
    return quote(token(system, ""), safe="")


def resolve_references(
    resource: Resource, record: Record, known: Mapping[tuple[str, str], IdMapping], context: Context
) -> Resource:
    """References at rest (record keys) become the server's logical ids."""
    if record.base:
        for reference, place in list(source_resource.targets(resource, record, context)):
            if place in known:
                set_reference(reference, format_reference(known[place]))
        return resource
    parents = [p for p in registry.parents(record, context.stored) if p in known]
    if not parents:
        return resource
    there = {f"{known[p].resource_type}/{p[1]}": format_reference(known[p]) for p in parents}
    for reference in references(resource):
        by_identifier = (reference.get("identifier") or {}).get("value")
        found = there.get(reference.get("reference") or f"{reference.get('type')}/{by_identifier}")
        if found:
            set_reference(reference, found)
    return resource


def format_reference(mapped: IdMapping) -> str:
    """What a reference to it says; what a transaction is about to make has no id yet."""
    id_ = mapped.logical_id
    return id_ if id_.startswith("urn:") else f"{mapped.resource_type}/{id_}"


def set_reference(reference: dict[str, Any], at: str) -> None:
    """A reference with an id needs no identifier of ours beside it."""
    if "reference" not in reference:
        reference.pop("identifier", None)
        reference.pop("type", None)
    reference["reference"] = at
