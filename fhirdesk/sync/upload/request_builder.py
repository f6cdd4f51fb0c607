"""Builds the request for an entry: decides between create and update, and fills in the server's ids (rules 4, 6, 7)."""

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
    """The record as the server should have it after this entry. A profile edit changes only its own fields, on top of
    what the server has now."""
    if not entry.edit:
        return entry.record
    base = dict(mapped.base) if mapped and mapped.base else None
    current = registry.from_resource(base, context, over=entry.record) if base else None
    return (current or entry.record).with_fields(**entry.edit)


def build_request(
    entry: QueueEntry, known: Mapping[tuple[str, str], IdMapping], context: Context
) -> Send | Hold | Reject:
    """The plan for an entry: send this request, hold it until a parent is on the server, or reject it. `known`: the id
    mappings of the record and of its parents; `context` knows the FHIR types of the parents."""
    mapped = known.get((entry.type, entry.key))
    mapped = None if mapped and mapped.logical_id.startswith("urn:") else mapped
    if entry.operation is Operation.DELETE:
        return _delete(entry, mapped)
    missing = next((p for p in source_resource.parents(entry.record, context) if p not in known), None)
    return Hold(entry, waiting_reason(*missing), missing) if missing else build_draft(entry, mapped, known, context)


def build_draft(
    entry: QueueEntry, mapped: IdMapping | None, known: Mapping[tuple[str, str], IdMapping], context: Context
) -> Send | Reject:
    """The request as it would be sent now. References to parents that are not `known` keep the local keys. Rejects a
    record that cannot become a resource."""
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
    body = fitting.remove_unsupported({k: v for k, v in ours.items() if k != "id"}, context)
    numbered = identifier(body, registry.identifier_system(entry.type, context)) is not None
    return request_with_body(
        "POST", entry.resource_type, body, if_none_exist=build_create_condition(entry, context) if numbered else None
    )


def _update(entry: QueueEntry, mapped: IdMapping, ours: Resource, context: Context) -> Request:
    converter = registry.converter(entry.type)
    base = fitting.merge_base(dict(mapped.base or {"resourceType": entry.resource_type}), converter, context)
    body = registry.merge_into(base, ours, build_desired_record(entry, mapped, context), context) | {
        "id": mapped.logical_id
    }
    if entry.record.base:  # not on the server yet: the elements that are no fields go, too
        body |= {n: v for n, v in ours.items() if n not in SERVERS_OWN and not merge.owns(converter, n)}
    path = f"{entry.resource_type}/{mapped.logical_id}"
    return request_with_body("PUT", path, fitting.remove_unsupported(body, context), if_match=mapped.version_id)


def request_with_body(method: str, path: str, body: Resource, **more: Any) -> Request:
    """A request whose body is written as JSON once: for its size, for the stored attempt, and for sending."""
    return Request(method, path, body, written=json.dumps(body), **more)


def _delete(entry: QueueEntry, mapped: IdMapping | None) -> Send | Reject:
    if mapped is None:
        return Reject(entry, Reason("why_nothing_to_delete"), Status.CANCELLED)
    request = Request("DELETE", f"{entry.resource_type}/{mapped.logical_id}", if_match=mapped.version_id)
    return Send(entry, request, mapped)


def build_create_condition(entry: QueueEntry, context: Context) -> str:
    """The value of If-None-Exist: a search for our identifier, percent-encoded."""
    system = registry.identifier_system(entry.type, context)
    return f"identifier={_quoted_system(system)}{quote(entry.key.translate(ESCAPED), safe='')}"


@functools.lru_cache(100)
def _quoted_system(system: str) -> str:
    """`system|`, percent-encoded. Cached: it is the same for all records of a type."""
    return quote(token(system, ""), safe="")


def resolve_references(
    resource: Resource, record: Record, known: Mapping[tuple[str, str], IdMapping], context: Context
) -> Resource:
    """Replace local references (record keys) by the server's logical ids, in place, as far as they are `known`. Returns
    the resource."""
    if record.base:
        for reference, place in list(source_resource.reference_targets(resource, record, context)):
            if place in known:
                set_reference(reference, format_reference(known[place]))
        return resource
    parents = [p for p in registry.parents(record, context.stored) if p in known]
    if not parents:
        return resource
    targets = {f"{known[p].resource_type}/{p[1]}": format_reference(known[p]) for p in parents}
    for reference in references(resource):
        by_identifier = (reference.get("identifier") or {}).get("value")
        target = targets.get(reference.get("reference") or f"{reference.get('type')}/{by_identifier}")
        if target:
            set_reference(reference, target)
    return resource


def format_reference(mapped: IdMapping) -> str:
    """The text of a reference to the resource: type and id, or the urn of one that the same transaction creates."""
    id_ = mapped.logical_id
    return id_ if id_.startswith("urn:") else f"{mapped.resource_type}/{id_}"


def set_reference(reference: dict[str, Any], target: str) -> None:
    """Point the reference at `target`, in place; an identifier of ours beside it is not needed any more."""
    if "reference" not in reference:
        reference.pop("identifier", None)
        reference.pop("type", None)
    reference["reference"] = target
