"""immunization ⇄ Immunization (https://hl7.org/fhir/R4/immunization.html)."""

from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer, referred_key
from fhirdesk.converters.systems import name_of, system_of
from fhirdesk.converters.values import (
    at,
    concept,
    first_item,
    identifier,
    list_of,
    number_at,
    of_system,
    quantity,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource

CVX = "http://hl7.org/fhir/sid/cvx"
STATUSES = Codes(
    {"given": "completed", "not_given": "not-done", "wrong": "entered-in-error"},
    frozenset(["completed", "not-done", "entered-in-error"]),
)
TYPE = RecordType(
    "immunization",
    "immunization_id",
    "immunization",
    (
        Field("immunization_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_id", Kind.KEY, refers_to=("encounter",)),
        Field("vaccine_code", Kind.CODE),
        Field("code_system", Kind.CODE, is_system=True),
        Field("vaccine_name", required=True),
        Field("status", Kind.CODE, codes=STATUSES),
        Field("given_on", Kind.DATETIME, required=True),
        Field("lot_number"),
        Field("expires_on", Kind.DATE),
        Field("dose", Kind.NUMBER),
        Field("dose_unit"),
        Field("dose_number", Kind.INTEGER),
        Field("performer"),
        Field("reason"),
        *STAMPS,
    ),
    ("Immunization",),
)


def check(record: Record) -> None:
    """Refuses one that was not given and does not say why. Raises InvalidRecord."""
    if _status(record) == "not-done" and "reason" not in record.fields:
        raise InvalidRecord("field_missing", field="reason")


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the Immunization of the record."""
    f = record.fields
    dose = f.get("dose")
    return resource(
        "Immunization",
        record,
        identifier=[identifier(record, context)],
        status=_status(record),
        statusReason=text_only(f.get("reason")),
        vaccineCode=concept(
            system_of(f.get("code_system", CVX), "immunization", context), f.get("vaccine_code"), f.get("vaccine_name")
        ),
        patient=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        occurrenceDateTime=f.get("given_on"),
        lotNumber=f.get("lot_number"),
        expirationDate=f.get("expires_on"),
        doseQuantity=None if dose is None else quantity(dose, f.get("dose_unit")),
        performer=list_of(without_empty(actor=without_empty(display=f.get("performer")))),
        protocolApplied=list_of(without_empty(doseNumberPositiveInt=f.get("dose_number"))),
    )


def _status(record: Record) -> str:
    return STATUSES.code(record.fields.get("status", "given"))


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record's fields, read from any Immunization."""
    status = text_at(resource, "status")
    return without_empty(
        patient_id=referred_key(at(resource, "patient"), context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        vaccine_code=text_at(resource, "vaccineCode", "coding", 0, "code"),
        code_system=name_of(at(resource, "vaccineCode", "coding", 0, "system"), "immunization", context, CVX),
        vaccine_name=words_of(at(resource, "vaccineCode")),
        status=status and STATUSES.word(status),
        given_on=text_at(resource, "occurrenceDateTime"),
        lot_number=text_at(resource, "lotNumber"),
        expires_on=text_at(resource, "expirationDate"),
        dose=number_at(resource, "doseQuantity", "value"),
        dose_unit=text_at(resource, "doseQuantity", "unit"),
        dose_number=number_at(resource, "protocolApplied", 0, "doseNumberPositiveInt"),
        performer=text_at(resource, "performer", 0, "actor", "display"),
        reason=words_of(at(resource, "statusReason")),
    )


OWNED = (
    Owned("identifier", (of_system("/identifier/immunization"),)),
    Owned("status"),
    Owned("statusReason"),
    Owned("vaccineCode"),
    Owned("patient"),
    Owned("encounter"),
    Owned("occurrence", choice=True),
    Owned("lotNumber"),
    Owned("expirationDate"),
    Owned("doseQuantity"),
    Owned("performer", (first_item,)),
    Owned("protocolApplied", (first_item,)),
)
