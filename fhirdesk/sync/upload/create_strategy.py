"""How a create is made so that it cannot be made twice, by what the server declares (rule 6)."""

from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from fhirdesk.core.exchange import Capabilities, Request
from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.plan import Hold, Reject, Send, hold_unsupported
from fhirdesk.sync.upload.request_builder import request_with_body


def capability_gate(plan: Send | Hold | Reject, server: Capabilities) -> Send | Hold | Reject:
    """Held, and never tried: what the server does not take, and a create that could be made twice."""
    if not isinstance(plan, Send):
        return plan
    if plan.request.interaction == "create":
        return create_strategy(plan, server)
    if not server.takes(plan.entry.resource_type, plan.request.interaction):
        return hold_unsupported(plan.entry)
    return plan


def create_strategy(plan: Send, server: Capabilities) -> Send | Hold:
    """The create ladder (rule 6): a conditional create; else, after a search, a PUT to an id of ours, or a POST."""
    kind = plan.entry.resource_type
    posts, puts = server.takes(kind, "create"), kind in server.update_create and server.takes(kind, "update")
    if not posts and not puts:
        return hold_unsupported(plan.entry)
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
    return replace(plan, request=request, searches_first=True)


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
    return request_with_body("PUT", f"{create.path}/{id_}", dict(create.body or {}) | {"id": id_}, creates=True)
