"""Builds the request for an entry: decides between create and update, and fills in the server's ids (rules 4, 6, 7)."""

import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fhirdesk.converters import fitting, merge, registry
from fhirdesk.converters.mapper import Draft
from fhirdesk.core.errors import InvalidInput
from fhirdesk.core.exchange import Request
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Place
from fhirdesk.core.resource import ESCAPED, Resource, identifier, replace_references, token
from fhirdesk.r4 import json
from fhirdesk.store.queue import waiting_reason
from fhirdesk.sync.plan import Hold, Reject, Send

SERVERS_OWN = frozenset({"id", "meta"})
BY_NUMBER = frozenset({"type", "identifier"})  # members of a reference that has no text


def draft_desired(entry: QueueEntry, mapped: IdMapping | None, draft: Draft) -> Draft:
    """The draft of what the server should have after this entry. A profile edit changes only its own fields, on top of
    what the server has now; of any other entry it is the record's own `draft`."""
    if not entry.edit:
        return draft
    current = draft.read_over(dict(mapped.base)) if mapped and mapped.base else entry.record
    return Draft(current.with_fields(**entry.edit), draft.context)


def build_request(entry: QueueEntry, known: Mapping[Place, IdMapping], draft: Draft) -> Send | Hold | Reject:
    """The plan for an entry: send this request, hold it until a parent is on the server, or reject it. `known`: the id
    mappings of the record and of its parents; `draft`: that of the entry's record."""
    mapped = known.get((entry.type, entry.key))
    mapped = None if mapped and mapped.logical_id.startswith("urn:") else mapped
    if entry.operation is Operation.DELETE:
        return _delete(entry, mapped)
    missing = next((p for p in draft.references if p not in known), None)
    return Hold(entry, waiting_reason(*missing), missing) if missing else build_send(entry, mapped, known, draft)


def build_send(
    entry: QueueEntry, mapped: IdMapping | None, known: Mapping[Place, IdMapping], draft: Draft
) -> Send | Reject:
    """The request as it would be sent now. References to parents that are not `known` keep the local keys. Rejects a
    record that cannot become a resource."""
    try:
        desired = draft_desired(entry, mapped, draft)
        ours = resolve_references(desired.for_server, draft, known)
    except InvalidInput as error:
        return Reject(entry, Reason(error.code, error.params))
    return Send(entry, _update(entry, mapped, ours, desired) if mapped else _create(entry, ours, desired), mapped)


def _create(entry: QueueEntry, ours: Resource, desired: Draft) -> Request:
    body = fitting.remove_unsupported({k: v for k, v in ours.items() if k != "id"}, desired.context)
    system = desired.context.identifier_system(entry.type)
    condition = build_create_condition(system, entry.key) if identifier(body, system) is not None else None
    return request_with_body("POST", entry.resource_type, body, if_none_exist=condition)


def _update(entry: QueueEntry, mapped: IdMapping, ours: Resource, desired: Draft) -> Request:
    converter, context = registry.converter(entry.type), desired.context
    base = fitting.merge_base(dict(mapped.base or {"resourceType": entry.resource_type}), converter, context)
    body = desired.merge_into(base, ours) | {"id": mapped.logical_id}
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


def build_create_condition(system: str, key: str) -> str:
    """The value of If-None-Exist: a search for our identifier, percent-encoded."""
    return f"identifier={_quoted_system(system)}{quote(key.translate(ESCAPED), safe='')}"


@functools.lru_cache(100)
def _quoted_system(system: str) -> str:
    """`system|`, percent-encoded. Cached: it is the same for all records of a type."""
    return quote(token(system, ""), safe="")


def resolve_references(resource: Resource, draft: Draft, known: Mapping[Place, IdMapping]) -> Resource:
    """The resource with the server's logical ids in its references to records that are `known`, instead of their keys.
    `resource`: one of the draft's, or one made of it."""
    parents = [p for p in draft.references if p in known]
    if not parents:
        return resource
    if draft.record.base:
        return replace_references(resource, lambda r: _point(r, known.get(draft.find_target(r) or ("", ""))))
    targets = {f"{known[p].resource_type}/{p[1]}": known[p] for p in parents}
    return replace_references(resource, lambda r: _point(r, targets.get(_local_text(r))))


def _local_text(reference: Mapping[str, Any]) -> str:
    """Type/key of the record that a reference in a resource of ours means, whichever way it is written."""
    text = reference.get("reference")
    return text if isinstance(text, str) else f"{reference.get('type')}/{reference['identifier'].get('value')}"


def format_reference(mapped: IdMapping) -> str:
    """The text of a reference to the resource: type and id, or the urn of one that the same transaction creates."""
    id_ = mapped.logical_id
    return id_ if id_.startswith("urn:") else f"{mapped.resource_type}/{id_}"


def _point(reference: dict[str, Any], mapped: IdMapping | None) -> dict[str, Any]:
    """The reference, pointing at the server's id; an identifier of ours beside it is not needed any more."""
    if mapped is None:
        return reference
    kept = reference if "reference" in reference else {n: v for n, v in reference.items() if n not in BY_NUMBER}
    return {**kept, "reference": format_reference(mapped)}
