"""encounter ⇄ Encounter (https://hl7.org/fhir/R4/encounter.html)."""

from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer, referred_key
from fhirdesk.converters.systems import TERMINOLOGY
from fhirdesk.converters.times import is_before
from fhirdesk.converters.values import (
    at,
    code_at,
    first_item,
    identifier,
    items_at,
    list_of,
    of_system,
    resource,
    text_at,
    text_only,
    where,
    without_empty,
    words_of,
)
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType, spaced
from fhirdesk.core.resource import Resource

CLASSES = Codes(
    {"outpatient": "AMB", "emergency": "EMER", "inpatient": "IMP", "virtual": "VR", "home": "HH"},
    spaced("AMB EMER FLD HH IMP ACUTE NONAC OBSENC PRENC SS VR"),  # v3-ActCode
    any_case=True,
)
STATUSES = Codes(
    {
        "scheduled": "planned",
        "arrived": "arrived",
        "in_progress": "in-progress",
        "completed": "finished",
        "cancelled": "cancelled",
        "no_show": "cancelled",
    },
    spaced("planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"),
)
CANCELLED_BECAUSE = "http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled"
NO_SHOW = {"url": CANCELLED_BECAUSE, "valueCodeableConcept": {"text": "no_show"}}
TYPE = RecordType(
    "encounter",
    "encounter_id",
    "encounter",
    (
        Field("encounter_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_class", Kind.CODE, required=True, codes=CLASSES),
        Field("status", Kind.CODE, required=True, codes=STATUSES),
        Field("started_at", Kind.DATETIME),
        Field("ended_at", Kind.DATETIME, after="started_at"),
        Field("department"),
        Field("practitioner_name"),
        Field("reason"),
        *STAMPS,
    ),
    ("Encounter",),
)
OWNED = (
    Owned("extension", (where(url=CANCELLED_BECAUSE),)),
    Owned("identifier", (of_system("/identifier/encounter"),)),
    Owned("status"),
    Owned("class"),
    Owned("serviceType"),
    Owned("subject"),
    Owned("participant", (first_item,)),
    Owned("period"),
    Owned("reasonCode", (first_item,)),
)


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    start, end = record.fields.get("started_at"), record.fields.get("ended_at")
    if start and end and is_before(end, start):
        raise InvalidRecord("field_period", field="ended_at")


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the Encounter of the record, as docs/mapping.md says."""
    f = record.fields
    status, class_, doctor = f.get("status"), f.get("encounter_class"), f.get("practitioner_name")
    return resource(
        "Encounter",
        record,
        extension=[NO_SHOW] if status == "no_show" else None,
        identifier=[identifier(record, context)],
        status=status and STATUSES.code(status),
        **{"class": {"system": f"{TERMINOLOGY}v3-ActCode", "code": CLASSES.code(class_)} if class_ else None},
        serviceType=text_only(f.get("department")),
        subject=refer(record, "patient_id", context),
        participant=[{"individual": {"display": doctor}}] if doctor else None,
        period=without_empty(start=f.get("started_at"), end=f.get("ended_at")),
        reasonCode=list_of(text_only(f.get("reason"))),
    )


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from an Encounter."""
    status, class_ = text_at(resource, "status"), code_at(resource, "class")
    no_show = status == "cancelled" and NO_SHOW in items_at(resource, "extension")
    return without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        encounter_class=class_ and CLASSES.word(class_),
        status="no_show" if no_show else status and STATUSES.word(status),
        started_at=text_at(resource, "period", "start"),
        ended_at=text_at(resource, "period", "end"),
        department=words_of(at(resource, "serviceType")),
        practitioner_name=text_at(resource, "participant", 0, "individual", "display"),
        reason=words_of(at(resource, "reasonCode", 0)),
    )
