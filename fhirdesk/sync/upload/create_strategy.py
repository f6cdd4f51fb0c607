"""Chooses how to create a resource so that it cannot be created twice, by what the server declares (rule 6)."""

from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from fhirdesk.core.exchange import Capabilities, Request
from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.plan import Hold, Reject, Send, hold_unsupported
from fhirdesk.sync.upload.request_builder import request_with_body


def capability_gate(plan: Send | Hold | Reject, server: Capabilities) -> Send | Hold | Reject:
    """The plan, if the server can carry it out. Otherwise a Hold: the server does not take such a request, or could
    create the resource twice."""
    if not isinstance(plan, Send):
        return plan
    if plan.request.interaction == "create":
        return create_strategy(plan, server)
    if not server.takes(plan.entry.resource_type, plan.request.interaction):
        return hold_unsupported(plan.entry)
    return plan


def create_strategy(plan: Send, server: Capabilities) -> Send | Hold:
    """The safest create that the server offers: a conditional create; otherwise, after a search, a PUT to an id that we
    choose, or a plain POST. A Hold if there is none (rule 6)."""
    type_ = plan.entry.resource_type
    posts, puts = server.takes(type_, "create"), type_ in server.update_create and server.takes(type_, "update")
    if not posts and not puts:
        return hold_unsupported(plan.entry)
    if plan.request.if_none_exist is None:
        return create_without_identifier(plan, puts)
    if posts and type_ in server.conditional_create:
        return plan
    if not server.takes(type_, "search-type"):
        return Hold(plan.entry, Reason("why_no_safe_create", {"type": type_}), None)
    request = (
        update_as_create(plan.request, plan.request.if_none_exist)
        if puts
        else replace(plan.request, if_none_exist=None)
    )
    return replace(plan, request=request, searches_first=True)


def create_without_identifier(plan: Send, can_put: bool) -> Send | Hold:
    """A PUT to an id that we choose, for a resource type that cannot carry our identifier: nobody could search for it
    after a lost answer. A Hold if the server does not allow such a PUT."""
    entry = plan.entry
    if not can_put:
        return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
    return replace(plan, request=update_as_create(plan.request, f"{entry.type}|{entry.key}"))


def update_as_create(create: Request, name: str) -> Request:
    """The create as a PUT to an id made from `name`, so that a second request updates what the first one created.
    The id is a UUID: R4 allows it, no server mistakes it for a number, and no other record has it."""
    id_ = str(uuid5(NAMESPACE_URL, name))
    return request_with_body("PUT", f"{create.path}/{id_}", dict(create.body or {}) | {"id": id_}, creates=True)
