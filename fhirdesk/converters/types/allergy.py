"""allergy ⇄ AllergyIntolerance (https://hl7.org/fhir/R4/allergyintolerance.html). Written as a third party would write
its own type: nothing here but what the room offers to everybody."""

from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer, referred_key
from fhirdesk.converters.systems import TERMINOLOGY, name_of, system_of
from fhirdesk.converters.values import (
    at,
    code_at,
    concept,
    first_item,
    identifier,
    list_of,
    of_system,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource

CATEGORIES = Codes(own=frozenset(["food", "medication", "environment", "biologic"]))
CRITICALITIES = Codes(own=frozenset(["low", "high", "unable-to-assess"]))
SEVERITIES = Codes(own=frozenset(["mild", "moderate", "severe"]), any_case=True)
STATUSES = Codes(own=frozenset(["active", "inactive", "resolved"]))
VERIFICATIONS = Codes(own=frozenset(["unconfirmed", "confirmed", "refuted", "entered-in-error"]))
TYPE = RecordType(
    "allergy",
    "allergy_id",
    "allergy",
    (
        Field("allergy_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("allergen_code", Kind.CODE),
        Field("code_system", Kind.CODE, is_system=True),
        Field("allergen_name", required=True),
        Field("category", Kind.LIST, codes=CATEGORIES),
        Field("criticality", Kind.CODE, codes=CRITICALITIES),
        Field("reaction"),
        Field("severity", Kind.CODE, codes=SEVERITIES),
        Field("status", Kind.CODE, codes=STATUSES),
        Field("verification", Kind.CODE, codes=VERIFICATIONS),
        Field("recorded_at", Kind.DATETIME),
        *STAMPS,
    ),
    ("AllergyIntolerance",),
)
DEFAULT_SYSTEM = "SNOMED CT"
CLINICAL = f"{TERMINOLOGY}allergyintolerance-clinical"
VERIFICATION = f"{TERMINOLOGY}allergyintolerance-verification"
NOT_KNOWN = concept(f"{TERMINOLOGY}data-absent-reason", "unknown")


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the AllergyIntolerance of the record, as docs/mapping.md says."""
    f = record.fields
    verification = f.get("verification")
    clinical = None if verification == "entered-in-error" else f.get("status", "active")  # ait-1, ait-2
    system = system_of(f.get("code_system", DEFAULT_SYSTEM), "allergy", context)
    return resource(
        "AllergyIntolerance",
        record,
        identifier=[identifier(record, context)],
        clinicalStatus=concept(CLINICAL, clinical),
        verificationStatus=concept(VERIFICATION, verification),
        category=f.get("category"),
        criticality=f.get("criticality"),
        code=concept(system, f.get("allergen_code"), f.get("allergen_name")),
        patient=refer(record, "patient_id", context),
        recordedDate=f.get("recorded_at"),
        reaction=list_of(_reaction(f.get("reaction"), f.get("severity"))),
    )


def _reaction(text: str | None, severity: str | None) -> dict[str, Any] | None:
    """Returns the reaction; one without words gets an unknown manifestation, since R4 requires one."""
    if not text and not severity:
        return None
    code = SEVERITIES.code(severity) if severity else None
    return without_empty(manifestation=[text_only(text) or NOT_KNOWN], severity=code)


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from an AllergyIntolerance."""
    category = at(resource, "category")
    manifestation = at(resource, "reaction", 0, "manifestation", 0)
    return without_empty(
        patient_id=referred_key(at(resource, "patient"), context),
        allergen_code=text_at(resource, "code", "coding", 0, "code"),
        code_system=name_of(at(resource, "code", "coding", 0, "system"), "allergy", context, DEFAULT_SYSTEM),
        allergen_name=words_of(at(resource, "code")),
        category=category if isinstance(category, list) else list_of(category),
        criticality=text_at(resource, "criticality"),
        reaction=None if manifestation == NOT_KNOWN else words_of(manifestation),
        severity=text_at(resource, "reaction", 0, "severity"),
        status=code_at(resource, "clinicalStatus"),
        verification=code_at(resource, "verificationStatus"),
        recorded_at=text_at(resource, "recordedDate"),
    )


OWNED = (
    Owned("identifier", (of_system("/identifier/allergy"),)),
    Owned("clinicalStatus"),
    Owned("verificationStatus"),
    Owned("category"),
    Owned("criticality"),
    Owned("code"),
    Owned("patient"),
    Owned("recordedDate"),
    Owned("reaction", (first_item,)),
)
