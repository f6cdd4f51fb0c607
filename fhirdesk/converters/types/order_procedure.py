"""order ⇄ Procedure: what is done or was done to a patient (https://hl7.org/fhir/R4/procedure.html)."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer
from fhirdesk.converters.systems import system_of
from fhirdesk.converters.types.request import PROCEDURE as STATUSES
from fhirdesk.converters.values import (
    at,
    concept,
    identifier,
    list_of,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the Procedure of the record, as docs/mapping.md says. It has no place for ordered_at and priority."""
    f = record.fields
    return resource(
        "Procedure",
        record,
        identifier=[identifier(record, context)],
        status=STATUSES.code(f["status"]) if "status" in f else None,
        code=concept(system_of(f.get("code_system"), "order", context), f.get("code"), f.get("display")),
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        **_performed(f),
        recorder=without_empty(display=f.get("ordered_by")),
        bodySite=list_of(text_only(f.get("body_site"))),
        note=list_of(text_only(f.get("instructions"))),
    )


def _performed(f: Mapping[str, Any]) -> dict[str, Any]:
    start, end = f.get("performed_at"), f.get("performed_end")
    return {"performedPeriod": without_empty(start=start, end=end)} if end else {"performedDateTime": start}


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the fields that only a Procedure has."""
    return without_empty(
        order_type="procedure",
        body_site=words_of(at(resource, "bodySite", 0)),
        instructions=text_at(resource, "note", 0, "text"),
        performed_at=text_at(resource, "performedDateTime") or text_at(resource, "performedPeriod", "start"),
        performed_end=text_at(resource, "performedPeriod", "end"),
        ordered_by=text_at(resource, "recorder", "display"),
    )


OWNED = (
    Owned("performed", choice=True),
    Owned("recorder"),
)
