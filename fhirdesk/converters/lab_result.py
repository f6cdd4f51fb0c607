"""lab_result ⇄ Observation (https://hl7.org/fhir/R4/observation.html)."""

import re
from decimal import Decimal
from typing import Any

from fhirdesk.converters.base import Context, Converter, Owned
from fhirdesk.converters.values import (
    LOINC,
    NUMBER,
    TERMINOLOGY,
    concept,
    filled,
    first,
    identifier,
    is_instant,
    logical_id,
    loinc_code,
    quantity,
    reference,
    referred_key,
    words_of,
)
from fhirdesk.errors import InvalidRecord
from fhirdesk.r4.json import Number
from fhirdesk.records import Field, Kind, Record, RecordType
from fhirdesk.resource import Resource

TYPE = RecordType(
    "lab_result",
    "result_id",
    "lab-result",
    (
        Field("result_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to="patient"),
        Field("encounter_id", Kind.KEY, refers_to="encounter"),
        Field("order_id", Kind.KEY),
        Field("test_code", Kind.CODE, required=True),
        Field("test_code_system", Kind.CODE),
        Field("test_name", required=True),
        Field("result_value", Kind.VALUE),
        Field("result_unit"),
        Field("reference_low", Kind.NUMBER),
        Field("reference_high", Kind.NUMBER),
        Field("is_abnormal", Kind.BOOLEAN),
        Field("abnormal_flag", Kind.CODE),
        Field("status", Kind.CODE),
        Field("resulted_at", Kind.DATETIME, required=True),
        Field("comments"),
        Field("created_at", Kind.DATETIME),
        Field("updated_at", Kind.DATETIME),
    ),
    create_priority=8,
)
STATUSES = frozenset(
    ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"]
)
FLAGS = frozenset(["H", "HH", "L", "LL", "N", "A", "AA", "HU", "LU", "U", "D", "B", "W", "<", ">", "S", "I", "R"])
COMPARATOR = re.compile(r"(<=|>=|<|>|≤|≥)\s*(.+)")
PLAIN = {"≤": "<=", "≥": ">="}
SYSTEMS = {"LOINC": LOINC, "SNOMED": "http://snomed.info/sct", "SNOMED CT": "http://snomed.info/sct"}


def check(record: Record) -> None:
    """What the field table cannot say."""
    f = record.fields
    if f.get("status", "final") not in STATUSES:
        raise InvalidRecord("field_code", field="status", value=f["status"])
    if "result_value" not in f and f.get("status") != "cancelled":
        raise InvalidRecord("field_missing", field="result_value")
    if f.get("abnormal_flag") and f["abnormal_flag"] not in FLAGS:
        raise InvalidRecord("field_code", field="abnormal_flag", value=f["abnormal_flag"])
    low, high = f.get("reference_low"), f.get("reference_high")
    if low is not None and high is not None and _decimal(low) > _decimal(high):
        raise InvalidRecord("field_range", field="reference_low", value=low)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def split(value: Any) -> tuple[str | None, Any]:
    """(comparator, number) of a result, (None, None) of a text."""
    if isinstance(value, int | Number):
        return None, value
    found = COMPARATOR.fullmatch(str(value).strip())
    if found and NUMBER.fullmatch(found[2].strip()):
        return PLAIN.get(found[1], found[1]), found[2].strip()
    return (None, value) if NUMBER.fullmatch(str(value)) else (None, None)


def to_resource(record: Record, context: Context) -> Resource:
    """The Observation, as mapping.md says."""
    f, at = record.fields, record.fields["resulted_at"]
    encounter = f.get("encounter_id")
    order = f.get("order_id")
    flag = interpretation(f)
    return {"resourceType": "Observation"} | filled(
        id=logical_id(record.key),
        identifier=[identifier(f"{context.base}/identifier/lab-result", record.key)],
        basedOn=[reference("ServiceRequest", str(order), f"{context.base}/identifier/order")] if order else None,
        status=f.get("status", "final"),
        category=[concept(f"{TERMINOLOGY}observation-category", "laboratory")],
        code=concept(code_system(f, context), f["test_code"], f["test_name"]),
        subject=reference("Patient", str(f["patient_id"]), f"{context.base}/identifier/patient"),
        encounter=reference("Encounter", str(encounter), f"{context.base}/identifier/encounter") if encounter else None,
        effectiveDateTime=at,
        issued=at if is_instant(at) else None,
        **_value(f),
        interpretation=[concept(f"{TERMINOLOGY}v3-ObservationInterpretation", flag)] if flag else None,
        note=[{"text": f["comments"]}] if f.get("comments") else None,
        referenceRange=_range(f),
    )


def code_system(f: Any, context: Context) -> str:
    """LOINC by default, but only for what passes its check digit."""
    named = f.get("test_code_system") or "LOINC"
    system = SYSTEMS.get(named.upper(), named if "://" in named or named.startswith("urn:") else None)
    own = f"{context.base}/code/lab-result"
    return own if system is None or (system == LOINC and not loinc_code(f["test_code"])) else system


def _value(f: Any) -> dict[str, Any]:
    if "result_value" not in f:
        return {"dataAbsentReason": concept(f"{TERMINOLOGY}data-absent-reason", "not-performed")}
    comparator, value = split(f["result_value"])
    if value is None:
        return {"valueString": str(f["result_value"])}
    made = quantity(value, f.get("result_unit"))
    if comparator:
        made = {"value": made.pop("value"), "comparator": comparator} | made
    return {"valueQuantity": made}


def _range(f: Any) -> list[dict[str, Any]] | None:
    sides = {s: f.get(f"reference_{s}") for s in ("low", "high")}
    made = {s: quantity(v, f.get("result_unit")) for s, v in sides.items() if v is not None}
    return [made] if made else None


def interpretation(f: Any) -> str | None:
    """The flag if given, else the number against its range, else is_abnormal."""
    if f.get("abnormal_flag"):
        return str(f["abnormal_flag"])
    side = _side(f)
    abnormal = f.get("is_abnormal")
    if side:
        return "A" if side == "N" and abnormal is True else side
    return None if abnormal is None else "A" if abnormal else "N"


def _side(f: Any) -> str | None:
    """H, L or N when the number (or all that its comparator means) lies on one side of the range."""
    comparator, value = split(f.get("result_value", ""))
    low, high = f.get("reference_low"), f.get("reference_high")
    if value is None or (low is None and high is None):
        return None
    number = _decimal(value)
    if comparator in ("<", "<="):
        below = low is not None and (number <= _decimal(low) if comparator == "<" else number < _decimal(low))
        return "L" if below else "N" if low is None and number <= _decimal(high) else None
    if comparator in (">", ">="):
        above = high is not None and (number >= _decimal(high) if comparator == ">" else number > _decimal(high))
        return "H" if above else "N" if high is None and number >= _decimal(low) else None
    if high is not None and number > _decimal(high):
        return "H"
    return "L" if low is not None and number < _decimal(low) else "N"


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """The record's fields, read from an Observation."""
    amount, ranges = resource.get("valueQuantity") or {}, first(resource.get("referenceRange"))
    coding = first((resource.get("code") or {}).get("coding"))
    flag = first(first(resource.get("interpretation")).get("coding")).get("code")
    value = resource.get("valueString")
    if "value" in amount:
        value = f"{amount['comparator']}{amount['value']}" if amount.get("comparator") else amount["value"]
    return filled(
        patient_id=referred_key(resource.get("subject")),
        encounter_id=referred_key(resource.get("encounter")),
        order_id=referred_key(first(resource.get("basedOn"))),
        test_code=coding.get("code"),
        test_code_system=None if coding.get("system") == LOINC else coding.get("system"),
        test_name=words_of(resource.get("code")),
        result_value=value,
        result_unit=amount.get("unit"),
        reference_low=(ranges.get("low") or {}).get("value"),
        reference_high=(ranges.get("high") or {}).get("value"),
        abnormal_flag=flag,
        is_abnormal=None if flag is None else flag != "N",
        status=resource.get("status"),
        resulted_at=resource.get("issued") or resource.get("effectiveDateTime"),
        comments=first(resource.get("note")).get("text"),
    )


PLACES = {
    "code": "test_code",
    "status": "status",
    "value": "result_value",
    "effective": "resulted_at",
    "issued": "resulted_at",
}
PLACES |= {"interpretation": "abnormal_flag", "low": "reference_low", "high": "reference_high", "note": "comments"}
PLACES |= {"subject": "patient_id", "encounter": "encounter_id", "basedOn": "order_id"}


def field_at(_resource: Resource, expression: str) -> str | None:
    """The record field that an expression is about."""
    return next((field for element, field in PLACES.items() if f".{element}" in expression), None)


_ELEMENTS = [
    "basedOn",
    "status",
    "category",
    "code",
    "subject",
    "encounter",
    "effectiveDateTime",
    "issued",
    "valueQuantity",
    "valueString",
    "dataAbsentReason",
    "interpretation",
    "note",
    "referenceRange",
]
CONVERTER = Converter(
    TYPE,
    lambda _record: "Observation",
    to_resource,
    to_fields,
    field_at,
    (Owned("identifier", ("system",)), *(Owned(e) for e in _ELEMENTS)),
)
