"""An entry becomes a request: create or update is decided now, references get the server's ids (rules 4, 6, 7)."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from fhirdesk.converters import fitting, merge, registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.errors import InvalidInput
from fhirdesk.core.exchange import INTERACTIONS, Capabilities, Request
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.resource import ESCAPED, Resource, identifier, references, token
from fhirdesk.r4 import json
from fhirdesk.store.queue import waiting_reason


@dataclass(frozen=True, slots=True)
class Send:
    """A head and what to send for it."""

    entry: QueueEntry
    request: Request
    mapped: IdMapping | None  # what was known of the server's copy
    looks_first: bool = False  # a create that nothing guards: a search comes before it
    transaction: tuple[str, ...] = ()  # uuids of the entries that go in one transaction, all or none

    @property
    def weight(self) -> int:
        """Bytes of its body."""
        return len(self.request.written or b"")

    def stored(self) -> Mapping[str, Any]:
        """The request as the attempt keeps it."""
        r = self.request
        return {
            "method": r.method,
            "path": r.path,
            "if_match": r.if_match,
            "if_none_exist": r.if_none_exist,
            "creates": r.creates,
            "together": list(self.transaction),
            "body": json.written(r.written) if r.written else r.body,
        }


@dataclass(frozen=True, slots=True)
class Hold:
    """A head that waits: for a parent, or (None) for the server to take it."""

    entry: QueueEntry
    reason: Reason
    parent: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Reject:
    """A head that cannot be sent as it is: failed, in conflict, or cancelled because there is nothing to do."""

    entry: QueueEntry
    reason: Reason
    status: Status = Status.FAILED


def desired_record(entry: QueueEntry, mapped: IdMapping | None, context: Context) -> Record:
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
            source_resource.for_server(desired_record(entry, mapped, context), context), entry.record, known, context
        )
    except InvalidInput as error:
        return Reject(entry, Reason(error.code, error.params))
    return Send(entry, _update(entry, mapped, ours, context) if mapped else _create(entry, ours, context), mapped)


SERVERS_OWN = frozenset({"id", "meta"})


def capability_gate(plan: Send | Hold | Reject, server: Capabilities) -> Send | Hold | Reject:
    """Held, and never tried: what the server does not take, and a create that could be made twice."""
    if not isinstance(plan, Send):
        return plan
    if plan.request.interaction == "create":
        return create_strategy(plan, server)
    if not server.takes(plan.entry.resource_type, plan.request.interaction):
        return unsupported(plan.entry)
    return plan


def takes_something(server: Capabilities, resource_type: str) -> bool:
    """Whether anything of that type can be written there."""
    return any(server.takes(resource_type, i) for i in INTERACTIONS.values())


def create_strategy(plan: Send, server: Capabilities) -> Send | Hold:
    """The create ladder (rule 6): a conditional create; else, after a search, a PUT to an id of ours, or a POST."""
    kind = plan.entry.resource_type
    posts, puts = server.takes(kind, "create"), kind in server.update_create and server.takes(kind, "update")
    if not posts and not puts:
        return unsupported(plan.entry)
    if plan.request.if_none_exist is None:
        return create_without_identifier(plan, puts)
    if posts and kind in server.conditional_create:
        return plan
    if not server.takes(kind, "search-type"):
        return Hold(plan.entry, Reason("why_no_safe_create", {"type": kind}), None)
    request = (
        update_as_create(plan.request, plan.request.if_none_exist)
        if puts
        else replace(plan.request, if_none_exist=None)
    )
    return replace(plan, request=request, looks_first=True)


def create_without_identifier(plan: Send, puts: bool) -> Send | Hold:
    """What cannot carry our identifier cannot be searched for: only a PUT to an id of ours makes it once."""
    entry = plan.entry
    if not puts:
        return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
    return replace(plan, request=update_as_create(plan.request, f"{entry.type}|{entry.key}"))


def update_as_create(create: Request, name: str) -> Request:
    """Update as create: the id is made from our identifier, so that a resend meets its original. A UUID is an id that
    R4 allows, no server takes for a number, and no other record has."""
    id_ = str(uuid5(NAMESPACE_URL, name))
    return _request("PUT", f"{create.path}/{id_}", dict(create.body or {}) | {"id": id_}, creates=True)


def unsupported(entry: QueueEntry) -> Hold:
    """Held until the server takes it."""
    return Hold(entry, Reason("why_unsupported", {"type": entry.resource_type}), None)


def is_unguarded_create(request: Mapping[str, Any]) -> bool:
    """Whether a stored request is a create that would make a second one if it were sent again."""
    return request.get("method") == "POST" and not request.get("if_none_exist")


def _create(entry: QueueEntry, ours: Resource, context: Context) -> Request:
    body = fitting.fitted({k: v for k, v in ours.items() if k != "id"}, context)
    numbered = identifier(body, registry.identifier_system(entry.type, context)) is not None
    return _request(
        "POST", entry.resource_type, body, if_none_exist=create_condition(entry, context) if numbered else None
    )


def _update(entry: QueueEntry, mapped: IdMapping, ours: Resource, context: Context) -> Request:
    converter = registry.converter(entry.type)
    base = fitting.ground(dict(mapped.base or {"resourceType": entry.resource_type}), converter, context)
    body = registry.merge_into(base, ours, desired_record(entry, mapped, context), context) | {"id": mapped.logical_id}
    if entry.record.base:  # the server does not have it yet: what it says beside the record's fields goes, too
        body |= {n: v for n, v in ours.items() if n not in SERVERS_OWN and not merge.owns(converter, n)}
    path = f"{entry.resource_type}/{mapped.logical_id}"
    return _request("PUT", path, fitting.fitted(body, context), if_match=mapped.version_id)


def _request(method: str, path: str, body: Resource, **more: Any) -> Request:
    """The body is written once: to be weighed, for the attempt, and for the wire."""
    return Request(method, path, body, written=json.dumps(body), **more)


def _delete(entry: QueueEntry, mapped: IdMapping | None) -> Send | Reject:
    if mapped is None:
        return Reject(entry, Reason("why_nothing_to_delete"), Status.CANCELLED)
    request = Request("DELETE", f"{entry.resource_type}/{mapped.logical_id}", if_match=mapped.version_id)
    return Send(entry, request, mapped)


def create_condition(entry: QueueEntry, context: Context) -> str:
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
                set_reference(reference, reference_to(known[place]))
        return resource
    parents = [p for p in registry.parents(record, context.stored) if p in known]
    if not parents:
        return resource
    there = {f"{known[p].resource_type}/{p[1]}": reference_to(known[p]) for p in parents}
    for reference in references(resource):
        by_identifier = (reference.get("identifier") or {}).get("value")
        found = there.get(reference.get("reference") or f"{reference.get('type')}/{by_identifier}")
        if found:
            set_reference(reference, found)
    return resource


def reference_to(mapped: IdMapping) -> str:
    """What a reference to it says; what a transaction is about to make has no id yet."""
    id_ = mapped.logical_id
    return id_ if id_.startswith("urn:") else f"{mapped.resource_type}/{id_}"


def set_reference(reference: dict[str, Any], at: str) -> None:
    """A reference with an id needs no identifier of ours beside it."""
    if "reference" not in reference:
        reference.pop("identifier", None)
        reference.pop("type", None)
    reference["reference"] = at
