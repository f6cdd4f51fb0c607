"""order ⇄ ServiceRequest: what a lab, an imaging room, a ward or a colleague is asked for
(https://hl7.org/fhir/R4/servicerequest.html)."""

from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer
from fhirdesk.converters.systems import SNOMED, system_of
from fhirdesk.converters.types.request import SERVICE_REQUEST as STATUSES
from fhirdesk.converters.values import (
    at,
    coding,
    concept,
    first_item,
    identifier,
    items_at,
    list_of,
    of_system,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource

ALSO = {"lab": "108252007", "imaging": "363679005"}  # order_type → what SNOMED CT calls it
_ALSO_BACK = {code: word for word, code in ALSO.items()}


def order_types(context: Context) -> str:
    """Returns the code system of `order_type`."""
    return context.code_system("order-type")


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the ServiceRequest of the record, as docs/mapping.md says."""
    f = record.fields
    return resource(
        "ServiceRequest",
        record,
        identifier=[identifier(record, context)],
        status=STATUSES.code(f["status"]) if "status" in f else None,
        intent="order",
        category=[_category(f.get("order_type", "other"), context)],
        priority=f.get("priority"),
        code=concept(system_of(f.get("code_system"), "order", context), f.get("code"), f.get("display")),
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        authoredOn=f.get("ordered_at"),
        requester=without_empty(display=f.get("ordered_by")),
        bodySite=list_of(text_only(f.get("body_site"))),
        note=list_of(text_only(f.get("instructions"))),
    )


def _category(order_type: str, context: Context) -> dict[str, Any]:
    codings = [coding(order_types(context), order_type)]
    if order_type in ALSO:
        codings.append(coding(SNOMED, ALSO[order_type]))
    return {"coding": codings}


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the fields that only a ServiceRequest has."""
    return without_empty(
        order_type=_order_type(resource, context),
        priority=text_at(resource, "priority"),
        body_site=words_of(at(resource, "bodySite", 0)),
        instructions=text_at(resource, "note", 0, "text"),
        ordered_at=text_at(resource, "authoredOn"),
        ordered_by=text_at(resource, "requester", "display"),
    )


def _order_type(resource: Resource, context: Context) -> str:
    """Returns our own code, else the one that SNOMED CT's code means, else an older export's plain word, else
    "other"."""
    codings = [c for category in items_at(resource, "category") for c in items_at(category, "coding")]
    own_codes = (text_at(c, "code") for c in codings if c.get("system") == order_types(context))
    also = (_ALSO_BACK.get(str(c.get("code"))) for c in codings if c.get("system") == SNOMED)
    plain = at(resource, "category")
    plain = plain[0] if isinstance(plain, list) and plain else plain
    known_word = next((word for word in (*own_codes, *also) if word), None)
    return known_word or (plain if isinstance(plain, str) and plain in ALSO else "other")


OWNED = (
    Owned("status"),
    Owned("intent"),
    Owned("category", (of_system("/code/order-type"),)),
    Owned("priority"),
    Owned("code"),
    Owned("subject"),
    Owned("encounter"),
    Owned("authoredOn"),
    Owned("requester"),
    Owned("bodySite", (first_item,)),
    Owned("note", (first_item,)),
)
