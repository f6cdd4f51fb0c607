"""encounter ⇄ Encounter (https://hl7.org/fhir/R4/encounter.html)."""

from typing import Any

from fhirdesk.converters.base import Context, Converter, Owned
from fhirdesk.converters.values import TERMINOLOGY, filled, first, identifier, logical_id, reference, referred_key
from fhirdesk.errors import InvalidRecord
from fhirdesk.records import Field, Kind, Record, RecordType
from fhirdesk.resource import Resource

TYPE = RecordType(
    "encounter",
    "encounter_id",
    "encounter",
    (
        Field("encounter_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to="patient"),
        Field("encounter_class", Kind.CODE, required=True),
        Field("status", Kind.CODE, required=True),
        Field("started_at", Kind.DATETIME),
        Field("ended_at", Kind.DATETIME),
        Field("department"),
        Field("practitioner_name"),
        Field("reason"),
        Field("created_at", Kind.DATETIME),
        Field("updated_at", Kind.DATETIME),
    ),
)
CLASSES = {"outpatient": "AMB", "emergency": "EMER", "inpatient": "IMP", "virtual": "VR", "home": "HH"}
V3_CLASSES = frozenset(["AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR"])
STATUSES = {
    "scheduled": "planned",
    "arrived": "arrived",
    "in_progress": "in-progress",
    "completed": "finished",
    "cancelled": "cancelled",
    "no_show": "cancelled",
}
R4_STATUSES = frozenset(
    ["planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown"]
)
CANCELLED_BECAUSE = "http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled"


def check(record: Record) -> None:
    """What the field table cannot say."""
    f = record.fields
    if f["encounter_class"].lower() not in CLASSES and f["encounter_class"] not in V3_CLASSES:
        raise InvalidRecord("field_code", field="encounter_class", value=f["encounter_class"])
    if f["status"] not in STATUSES and f["status"] not in R4_STATUSES:
        raise InvalidRecord("field_code", field="status", value=f["status"])
    start, end = f.get("started_at"), f.get("ended_at")
    if start and end and before(end, start):
        raise InvalidRecord("field_period", field="ended_at", value=end)


def before(a: str, b: str) -> bool:
    """Whether date-time `a` lies before `b`, as far as both say."""
    from datetime import datetime

    if len(a) > 10 and len(b) > 10:
        return datetime.fromisoformat(a.replace("Z", "+00:00")) < datetime.fromisoformat(b.replace("Z", "+00:00"))
    length = min(len(a[:10]), len(b[:10]))
    return a[:length] < b[:length]


def to_resource(record: Record, context: Context) -> Resource:
    """The Encounter, as mapping.md says."""
    f = record.fields
    code = CLASSES.get(f["encounter_class"].lower(), f["encounter_class"])
    because = {"url": CANCELLED_BECAUSE, "valueCodeableConcept": {"text": "no_show"}}
    return {"resourceType": "Encounter"} | filled(
        id=logical_id(record.key),
        extension=[because] if f["status"] == "no_show" else None,
        identifier=[identifier(f"{context.base}/identifier/encounter", record.key)],
        status=STATUSES.get(f["status"], f["status"]),
        **{"class": {"system": f"{TERMINOLOGY}v3-ActCode", "code": code}},
        serviceType=filled(text=f.get("department")),
        subject=reference("Patient", str(f["patient_id"]), f"{context.base}/identifier/patient"),
        participant=[{"individual": {"display": f["practitioner_name"]}}] if f.get("practitioner_name") else None,
        period=filled(start=f.get("started_at"), end=f.get("ended_at")),
        reasonCode=[{"text": f["reason"]}] if f.get("reason") else None,
    )


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """The record's fields, read from an Encounter."""
    status, code = str(resource.get("status")), (resource.get("class") or {}).get("code")
    no_show = any(e.get("url") == CANCELLED_BECAUSE for e in resource.get("extension") or [])
    words = {v: k for k, v in reversed(STATUSES.items())}
    period = resource.get("period") or {}
    return filled(
        patient_id=referred_key(resource.get("subject")),
        encounter_class=code,
        status="no_show" if no_show else words.get(status, status),
        started_at=period.get("start"),
        ended_at=period.get("end"),
        department=(resource.get("serviceType") or {}).get("text"),
        practitioner_name=(first(resource.get("participant")).get("individual") or {}).get("display"),
        reason=first(resource.get("reasonCode")).get("text"),
    )


PLACES = {"class": "encounter_class", "status": "status", "period.start": "started_at", "period": "ended_at"}
PLACES |= {
    "serviceType": "department",
    "participant": "practitioner_name",
    "reasonCode": "reason",
    "subject": "patient_id",
}


def field_at(_resource: Resource, expression: str) -> str | None:
    """The record field that an expression is about."""
    return next((field for element, field in PLACES.items() if element in expression), None)


CONVERTER = Converter(
    TYPE,
    lambda _record: "Encounter",
    to_resource,
    to_fields,
    field_at,
    (
        Owned("extension", ("url",), ((CANCELLED_BECAUSE,),)),
        Owned("identifier", ("system",)),
        *(Owned(e) for e in ("status", "class", "serviceType", "subject", "participant", "period", "reasonCode")),
    ),
)
