"""lab_result ⇄ Observation (https://hl7.org/fhir/R4/observation.html)."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.numbers import decimal_of, normalize_width, parse_number
from fhirdesk.converters.references import link, refer, reference, referred_key
from fhirdesk.converters.systems import LOINC, TERMINOLOGY, is_loinc_code, name_of, system_of
from fhirdesk.converters.times import is_instant
from fhirdesk.converters.values import (
    at,
    code_at,
    concept,
    first_item,
    identifier,
    items_at,
    list_of,
    number_at,
    of_system,
    pointing_at,
    quantity,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType, spaced
from fhirdesk.core.resource import Resource
from fhirdesk.r4.json import Number

STATUSES = Codes(
    {code: code for code in ("preliminary", "final", "corrected", "cancelled")},
    spaced("registered preliminary final amended corrected cancelled entered-in-error unknown"),
)
FLAGS = Codes(
    {code: code for code in ("H", "HH", "L", "LL", "N", "A")},
    spaced(  # v3-ObservationInterpretation
        "A AA B CAR D DET E EX EXP H H> HH HM HU HX I IE IND L L< LL LU LX MS N NCL ND NEG NR NS POS QCF R RR S SDD "
        "SYN-R SYN-S TOX U UNE VS W WR < >"
    ),
)
TYPE = RecordType(
    "lab_result",
    "result_id",
    "lab-result",
    (
        Field("result_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_id", Kind.KEY, refers_to=("encounter",)),
        Field("order_id", Kind.KEY, refers_to=("order",)),
        Field("test_code", Kind.CODE, required=True),
        Field("test_code_system", Kind.CODE, is_system=True),
        Field("test_name", required=True),
        Field("result_value", Kind.VALUE),
        Field("result_unit"),
        Field("reference_low", Kind.NUMBER),
        Field("reference_high", Kind.NUMBER),
        Field("is_abnormal", Kind.BOOLEAN),
        Field("abnormal_flag", Kind.CODE, codes=FLAGS),
        Field("status", Kind.CODE, codes=STATUSES),
        Field("resulted_at", Kind.DATETIME, required=True),
        Field("comments"),
        *STAMPS,
    ),
    ("Observation",),
    create_priority=8,
)
ORDERED = pointing_at("ServiceRequest", "MedicationRequest")
PART_OF = pointing_at("Procedure")
OWNED = (
    Owned("identifier", (of_system("/identifier/lab-result"),)),
    Owned("basedOn", (ORDERED,)),
    Owned("partOf", (PART_OF,)),
    Owned("status"),
    Owned("category", (of_system("observation-category"),)),
    Owned("code"),
    Owned("subject"),
    Owned("encounter"),
    Owned("effective", choice=True),
    Owned("issued"),
    Owned("value", choice=True),
    Owned("dataAbsentReason"),
    Owned("interpretation", (first_item,)),
    Owned("note", (first_item,)),
    Owned("referenceRange", (first_item,)),
)
COMPARATOR = re.compile(r"(<=|>=|=<|=>|<|>|≤|≥)\s*(.+)")
PLAIN = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}
RANGE = re.compile(r"(.*\d)\s*-\s*(-?[\d.].*)")
LONGEST_RANGE = 100  # characters
FLAG_OF = of_system("v3-ObservationInterpretation")
OWN = "lab-result"  # the clinic's own code system


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    f = record.fields
    if "result_value" not in f and f.get("status") != "cancelled":
        raise InvalidRecord("field_missing", field="result_value")
    low, high = _limits(f)
    if low is not None and high is not None and low > high:
        raise InvalidRecord("field_range", field="reference_low")


def outdated(changes: Mapping[str, Any], named: Collection[str]) -> tuple[str, ...]:
    """Returns the flags if the value changes: they described the old one. Unit and range stay."""
    flags = ("abnormal_flag", "is_abnormal")
    return flags if "result_value" in changes and not any(f in named for f in flags) else ()


def _limits(f: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    low, high = f.get("reference_low"), f.get("reference_high")
    return None if low is None else decimal_of(low), None if high is None else decimal_of(high)


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the Observation of the record, as docs/mapping.md says."""
    f = record.fields
    resulted_at, flag = f.get("resulted_at"), interpretation(f)
    order = link(record, "order_id", context)
    ordered = reference(order, context) if order else None
    part = order is not None and order.resource_type == "Procedure"
    return resource(
        "Observation",
        record,
        identifier=[identifier(record, context)],
        basedOn=None if part else list_of(ordered),
        partOf=list_of(ordered) if part else None,
        status=f.get("status", "final"),
        category=[concept(f"{TERMINOLOGY}observation-category", "laboratory")],
        code=concept(code_system(f, context), f.get("test_code"), f.get("test_name")),
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        effectiveDateTime=resulted_at,
        issued=resulted_at if resulted_at and is_instant(resulted_at) else None,
        **_value(f),
        interpretation=[concept(f"{TERMINOLOGY}v3-ObservationInterpretation", flag)] if flag else None,
        note=list_of(text_only(f.get("comments"))),
        referenceRange=_range(f),
    )


def code_system(f: Mapping[str, Any], context: Context) -> str:
    """Returns LOINC by default, but the clinic's own system for a code that fails LOINC's check digit."""
    system = system_of(f.get("test_code_system", "LOINC"), OWN, context)
    return context.code_system(OWN) if system == LOINC and not is_loinc_code(f.get("test_code", "")) else system


def _value(f: Mapping[str, Any]) -> dict[str, Any]:
    value = f.get("result_value")
    if value is None:
        absent = concept(f"{TERMINOLOGY}data-absent-reason", "not-performed")
        return {"dataAbsentReason": absent} if f.get("status") == "cancelled" else {}
    unit, (comparator, amount) = f.get("result_unit"), split_comparator(value)
    if amount is not None:
        return {"valueQuantity": quantity(amount, unit, comparator)}
    if value_range := parse_range(value):
        return {"valueRange": {"low": quantity(value_range[0], unit), "high": quantity(value_range[1], unit)}}
    is_named = not unit or value.rstrip().endswith(unit.strip())  # read back, the text has its unit already
    return {"valueString": value if is_named else f"{value} {unit}"}


def parse_range(value: str) -> tuple[int | Number, int | Number] | None:
    """Returns the two numbers of a result such as 5-10, or None."""
    match = RANGE.fullmatch(normalize_width(value)) if len(value) <= LONGEST_RANGE else None
    low, high = (parse_number(part) for part in match.groups()) if match else (None, None)
    if low is None or high is None:
        return None
    least, most = decimal_of(low), decimal_of(high)
    return (low, high) if least is not None and most is not None and least <= most else None


def split_comparator(value: Any) -> tuple[str | None, int | Number | None]:
    """Returns (comparator or None, number) of a result; (None, None) if it is a text."""
    if not isinstance(value, str):
        return None, value
    text = normalize_width(value)
    match = COMPARATOR.fullmatch(text)
    amount = parse_number(match[2] if match else text)
    return PLAIN.get(match[1], match[1]) if match and amount is not None else None, amount


def _range(f: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    low, high, unit = f.get("reference_low"), f.get("reference_high"), f.get("result_unit")
    limits = without_empty(
        low=None if low is None else quantity(low, unit), high=None if high is None else quantity(high, unit)
    )
    return [limits] if limits else None


def interpretation(f: Mapping[str, Any]) -> str | None:
    """Returns the interpretation code: the flag if given, else by the number and its range, else by is_abnormal."""
    if f.get("abnormal_flag"):
        return str(f["abnormal_flag"])
    side, abnormal = _flag_by_range(f), f.get("is_abnormal")
    if side:
        return "A" if side == "N" and abnormal is True else side
    return None if abnormal is None else "A" if abnormal else "N"


def _flag_by_range(f: Mapping[str, Any]) -> str | None:
    """Returns H, L or N if the number (or all that its comparator means) lies on one side of the range, else None."""
    least, most = _limits(f)
    if least is None and most is None:
        return None
    comparator, amount = split_comparator(f.get("result_value"))
    value = None if amount is None else decimal_of(amount)
    return None if value is None else _flag_of(value, comparator, least, most)


def _flag_of(value: Decimal, comparator: str | None, least: Decimal | None, most: Decimal | None) -> str | None:
    if comparator is None:
        return "H" if most is not None and value > most else "L" if least is not None and value < least else "N"
    limit_is_out = comparator in ("<", ">")  # the limits of the range are inside, that of "<5" is not
    if comparator in ("<", "<="):
        if least is not None:
            return "L" if value < least or (limit_is_out and value == least) else None
        return "N" if most is not None and value <= most else None
    if most is not None:
        return "H" if value > most or (limit_is_out and value == most) else None
    return "N" if least is not None and value >= least else None


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from an Observation."""
    flag, code = _flag_back(resource), at(resource, "code")
    order = ORDERED(items_at(resource, "basedOn")) or PART_OF(items_at(resource, "partOf"))
    ranges = at(resource, "referenceRange", 0)
    resulted_at = text_at(resource, "issued") or text_at(resource, "effectiveDateTime")
    return without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        order_id=referred_key(order, context),
        test_code=code_at(code),
        test_code_system=_system_back(code, context),
        test_name=words_of(code),
        result_value=_value_back(resource),
        result_unit=next((u for amount in _amounts(resource, ranges) if (u := _unit(amount))), None),
        reference_low=number_at(ranges, "low", "value"),
        reference_high=number_at(ranges, "high", "value"),
        abnormal_flag=flag,
        is_abnormal=None if flag is None else flag != "N",
        status=text_at(resource, "status"),
        resulted_at=resulted_at or text_at(resource, "effectiveInstant"),
        comments=text_at(resource, "note", 0, "text"),
    )


def _flag_back(resource: Resource) -> str | None:
    """Returns HL7's own code if others wrote more beside it, else the first code or an older export's plain text."""
    codings = items_at(resource, "interpretation", 0, "coding")
    return text_at(FLAG_OF(codings), "code") or code_at(resource, "interpretation")


def _amounts(resource: Resource, ranges: Any) -> tuple[Any, ...]:
    """Returns the quantities that may hold the unit of a result."""
    measured = at(resource, "valueRange")
    return (at(resource, "valueQuantity"), *(at(r, end) for r in (measured, ranges) for end in ("low", "high")))


def _unit(amount: Any) -> str | None:
    return text_at(amount, "unit") or text_at(amount, "code")


def _value_back(resource: Resource) -> Any:
    value, comparator = number_at(resource, "valueQuantity", "value"), text_at(resource, "valueQuantity", "comparator")
    low, high = (number_at(resource, "valueRange", end, "value") for end in ("low", "high"))
    if value is not None:
        return f"{comparator}{value}" if comparator else value
    return text_at(resource, "valueString") if low is None or high is None else f"{low}-{high}"


def _system_back(code: Any, context: Context) -> str | None:
    """Returns the clinic's name of the code's system, or None if `code_system` would choose the same without it."""
    system, value = text_at(code, "coding", 0, "system"), text_at(code, "coding", 0, "code") or ""
    if system == LOINC:
        return None if is_loinc_code(value) else LOINC
    if system == context.code_system(OWN):
        return system if is_loinc_code(value) else None
    return name_of(system, OWN, context)
