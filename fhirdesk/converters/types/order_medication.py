"""order ⇄ MedicationRequest (https://hl7.org/fhir/R4/medicationrequest.html)."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer
from fhirdesk.converters.systems import UCUM, system_of
from fhirdesk.converters.types.request import MEDICATION_REQUEST as STATUSES
from fhirdesk.converters.values import (
    at,
    concept,
    first_item,
    identifier,
    items_at,
    list_of,
    number_at,
    quantity,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource

DAY = "d"


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the MedicationRequest of the record, as docs/mapping.md says."""
    f = record.fields
    name = f.get("display", f.get("instructions"))
    return resource(
        "MedicationRequest",
        record,
        identifier=[identifier(record, context)],
        status=STATUSES.code(f["status"]) if "status" in f else None,
        intent="order",
        priority=f.get("priority"),
        medicationCodeableConcept=concept(system_of(f.get("code_system"), "order", context), f.get("code"), name),
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        authoredOn=f.get("ordered_at"),
        requester=without_empty(display=f.get("ordered_by")),
        dosageInstruction=list_of(_dosage(f)),
        dispenseRequest={"quantity": {"value": f["quantity"]}} if "quantity" in f else None,
    )


def _dosage(f: Mapping[str, Any]) -> dict[str, Any]:
    dose = {"doseQuantity": quantity(f["dose_value"], f.get("dose_unit"))} if "dose_value" in f else None
    return without_empty(
        text=f.get("instructions"),
        timing=without_empty(repeat=_repeat(f)),
        site=text_only(f.get("body_site")),
        route=text_only(f.get("route")),
        doseAndRate=list_of(dose),
    )


def _repeat(f: Mapping[str, Any]) -> dict[str, Any]:
    """Returns how often a day and for how long. `bounds`, since `duration` would be the length of one dose."""
    repeat: dict[str, Any] = {}
    if "duration_days" in f:
        repeat["boundsDuration"] = {"value": f["duration_days"], "unit": DAY, "system": UCUM, "code": DAY}
    if "frequency_per_day" in f:
        repeat |= {"frequency": f["frequency_per_day"], "period": 1, "periodUnit": DAY}
    return repeat


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the fields that only a MedicationRequest has."""
    dosage = at(resource, "dosageInstruction", 0)
    dose = at(dosage, "doseAndRate", 0, "doseQuantity")
    repeat = at(dosage, "timing", "repeat")
    daily = at(repeat, "period") == 1 and at(repeat, "periodUnit") == DAY
    return without_empty(
        order_type="medication",
        priority=text_at(resource, "priority"),
        instructions=text_at(dosage, "text"),
        body_site=words_of(at(dosage, "site")),
        dose_value=number_at(dose, "value"),
        dose_unit=text_at(dose, "unit") or text_at(dose, "code"),
        route=words_of(at(dosage, "route")),
        frequency_per_day=number_at(repeat, "frequency") if daily else None,
        duration_days=_days(repeat, resource),
        quantity=number_at(resource, "dispenseRequest", "quantity", "value"),
        ordered_at=text_at(resource, "authoredOn"),
        ordered_by=text_at(resource, "requester", "display"),
    )


def medication(resource: Resource) -> Any:
    """Returns the concept of the drug: the request's own, that of a contained Medication, else the reference's
    words."""
    reference = at(resource, "medicationReference")
    target = text_at(reference, "reference")
    inside = next((c for c in items_at(resource, "contained") if target and f"#{c.get('id')}" == target), None)
    words = text_only(text_at(reference, "display") or target)
    return at(resource, "medicationCodeableConcept") or at(inside, "code") or words


def _days(repeat: Any, resource: Resource) -> Any:
    """Returns the bounds of the timing, else the expected duration of the supply, if they are counted in days."""
    durations = (at(repeat, "boundsDuration"), at(resource, "dispenseRequest", "expectedSupplyDuration"))
    days = (number_at(d, "value") for d in durations if DAY in (at(d, "code"), at(d, "unit")))
    return next((d for d in days if d is not None), None)


OWNED = (
    Owned("medication", choice=True),
    Owned("dosageInstruction", (first_item,)),
    Owned("dispenseRequest"),
)
