"""diagnosis ⇄ Condition (https://hl7.org/fhir/R4/condition.html)."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer, referred_key
from fhirdesk.converters.systems import SNOMED, TERMINOLOGY, name_of, system_of
from fhirdesk.converters.times import is_before
from fhirdesk.converters.values import (
    at,
    code_at,
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
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource

TYPES = Codes(own=frozenset(["primary", "secondary", "admission", "discharge"]))
CLINICAL_STATUSES = Codes(own=frozenset(["active", "recurrence", "relapse", "inactive", "remission", "resolved"]))
VERIFICATIONS = Codes(
    own=frozenset(["unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"])
)
SEVERITIES = Codes(words={"mild": "255604002", "moderate": "6736007", "severe": "24484000"})
STILL_THERE = frozenset(["active", "recurrence", "relapse"])
WRONG = "entered-in-error"
TYPE = RecordType(
    "diagnosis",
    "diagnosis_id",
    "diagnosis",
    (
        Field("diagnosis_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_id", Kind.KEY, required=True, refers_to=("encounter",)),
        Field("icd_code", Kind.CODE, required=True),
        Field("code_system", Kind.CODE, is_system=True),
        Field("snomed_code", Kind.CODE),
        Field("diagnosis_name", required=True),
        Field("diagnosis_type", Kind.CODE, codes=TYPES),
        Field("clinical_status", Kind.CODE, codes=CLINICAL_STATUSES),
        Field("verification", Kind.CODE, codes=VERIFICATIONS),
        Field("severity"),
        Field("onset_date", Kind.DATETIME),
        Field("resolved_date", Kind.DATETIME, after="onset_date"),
        Field("recorded_at", Kind.DATETIME, required=True),
        Field("comments"),
        *STAMPS,
    ),
    ("Condition",),
)
DEFAULT_SYSTEM = "ICD-10"
TYPE_URL = "/extension/diagnosis-type"  # below the base
CLINICAL = f"{TERMINOLOGY}condition-clinical"
VERIFICATION = f"{TERMINOLOGY}condition-ver-status"
CATEGORY = concept(f"{TERMINOLOGY}condition-category", "encounter-diagnosis")


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    f = record.fields
    onset, resolved, clinical = f.get("onset_date"), f.get("resolved_date"), f.get("clinical_status")
    if resolved and onset and is_before(resolved, onset):
        raise InvalidRecord("field_period", field="resolved_date")
    if resolved and clinical in STILL_THERE and f.get("verification") != WRONG:  # con-4
        raise InvalidRecord("field_ended_active", field="resolved_date", status=clinical)


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the Condition of the record, as docs/mapping.md says."""
    f = record.fields
    clinical = clinical_status(f)
    return resource(
        "Condition",
        record,
        extension=_type(f, context),
        identifier=[identifier(record, context)],
        clinicalStatus=concept(CLINICAL, clinical),
        verificationStatus=concept(VERIFICATION, f.get("verification")),
        category=[CATEGORY],
        severity=concept(SNOMED, SEVERITIES.words.get(f.get("severity", "")), f.get("severity")),
        code=_code(f, context),
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        onsetDateTime=f.get("onset_date"),
        abatementDateTime=f.get("resolved_date") if clinical else None,  # con-4 wants a clinical status beside it
        recordedDate=f.get("recorded_at"),
        note=list_of(text_only(f.get("comments"))),
    )


def clinical_status(f: Mapping[str, Any]) -> str | None:
    """Returns the field, else what resolved_date says; None for what was entered in error, which R4 forbids (con-5)."""
    if f.get("verification") == WRONG:
        return None
    return str(f.get("clinical_status") or ("resolved" if f.get("resolved_date") else "active"))


def _type(f: Mapping[str, Any], context: Context) -> list[dict[str, Any]]:
    return [{"url": context.base + TYPE_URL, "valueCode": f["diagnosis_type"]}] if "diagnosis_type" in f else []


def _type_of(items: list[Any]) -> Any:
    return next((e for e in items if str(at(e, "url")).endswith(TYPE_URL)), None)


def _code(f: Mapping[str, Any], context: Context) -> dict[str, Any]:
    system = system_of(f.get("code_system", DEFAULT_SYSTEM), "diagnosis", context)
    codes = ((system, f.get("icd_code")), (SNOMED, f.get("snomed_code")))
    return without_empty(coding=[coding(s, code) for s, code in codes if code], text=f.get("diagnosis_name"))


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from a Condition."""
    main, snomed = _codings(resource)
    severity = at(resource, "severity")
    code = code_at(severity)
    return without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        icd_code=text_at(main, "code"),
        code_system=name_of(main.get("system"), "diagnosis", context, DEFAULT_SYSTEM),
        snomed_code=text_at(snomed, "code"),
        diagnosis_name=words_of(at(resource, "code")),
        diagnosis_type=text_at(_type_of(items_at(resource, "extension")), "valueCode"),
        clinical_status=code_at(resource, "clinicalStatus"),
        verification=code_at(resource, "verificationStatus"),
        severity=SEVERITIES.word(code) if code and code in SEVERITIES.words.values() else words_of(severity),
        onset_date=text_at(resource, "onsetDateTime"),
        resolved_date=text_at(resource, "abatementDateTime"),
        recorded_at=text_at(resource, "recordedDate"),
        comments=text_at(resource, "note", 0, "text"),
    )


def _codings(resource: Resource) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns (the record's own code, the SNOMED CT code beside it). If there is only a SNOMED CT code, it is the own
    one."""
    codings = items_at(resource, "code", "coding")
    main = next((c for c in codings if c.get("system") != SNOMED), codings[0] if codings else {})
    return main, next((c for c in codings if c is not main and c.get("system") == SNOMED), {})


OWNED = (
    Owned("extension", (_type_of,)),
    Owned("identifier", (of_system("/identifier/diagnosis"),)),
    Owned("clinicalStatus"),
    Owned("verificationStatus"),
    Owned("category", (of_system("condition-category"),)),
    Owned("severity"),
    Owned("code"),
    Owned("subject"),
    Owned("encounter"),
    Owned("onset", choice=True),
    Owned("abatement", choice=True),
    Owned("recordedDate"),
    Owned("note", (first_item,)),
)
