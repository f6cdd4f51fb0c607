"""Pieces that several converters share: identifiers, references, dates, numbers, codes (mapping.md)."""

import calendar
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fhirdesk.converters.base import Context
from fhirdesk.errors import InvalidRecord
from fhirdesk.r4.json import Number
from fhirdesk.resource import is_id

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII)
# A unit is UCUM when it is made of known atoms; anything else goes out as text alone.
_UNIT = re.compile(r"[!-~]+", re.ASCII)
_ATOM = re.compile(r"(?:10\*|10\^)-?\d+|[A-Za-z%]+(?:\[[^\]\s]+\])?|\[[^\]\s]+\]|\{[^}]+\}|\d+|[./()+-]", re.ASCII)
_KNOWN = frozenset(
    [
        "%",
        "g",
        "mg",
        "ug",
        "ng",
        "pg",
        "fg",
        "kg",
        "L",
        "l",
        "dL",
        "dl",
        "mL",
        "ml",
        "uL",
        "ul",
        "fL",
        "fl",
        "pL",
        "mol",
        "mmol",
        "umol",
        "nmol",
        "pmol",
        "fmol",
        "eq",
        "meq",
        "ueq",
        "h",
        "min",
        "s",
        "ms",
        "d",
        "wk",
        "mo",
        "a",
        "m",
        "cm",
        "mm",
        "um",
        "nm",
        "U",
        "kU",
        "mU",
        "uU",
        "mm[Hg]",
        "m[Hg]",
        "[iU]",
        "m[iU]",
        "u[iU]",
        "k[iU]",
        "Cel",
        "[degF]",
        "kPa",
        "Pa",
        "osm",
        "mosm",
        "[pH]",
        "[ppm]",
        "[CFU]",
        "[arb'U]",
        "J",
        "kJ",
        "cal",
        "kcal",
        "Hz",
        "W",
        "V",
        "mV",
        "m2",
        "m3",
        "kat",
        "nkat",
        "ukat",
        "Bq",
        "MBq",
        "Gy",
        "mGy",
        "dB",
    ]
)


def identifier(system: str, key: str) -> dict[str, Any]:
    """A business identifier."""
    return {"system": system, "value": key}


def logical_id(key: str) -> str | None:
    """The key as a logical id, when it fits (HAPI refuses digits alone)."""
    return key if is_id(key) and not key.isdigit() else None


def reference(resource_type: str, key: str, system: str) -> dict[str, Any]:
    """A reference at rest: by key, or by identifier when the key fits no id."""
    if is_id(key):
        return {"reference": f"{resource_type}/{key}"}
    return {"type": resource_type, "identifier": identifier(system, key)}


def referred_key(element: Any) -> str | None:
    """The key a reference at rest holds."""
    if not isinstance(element, dict):
        return None
    if isinstance(element.get("reference"), str):
        return str(element["reference"]).rsplit("/", 1)[-1]
    return (element.get("identifier") or {}).get("value")


def concept(system: str, code: str, text: str | None = None) -> dict[str, Any]:
    """A CodeableConcept with one coding, without display."""
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def check_date(text: str, field: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD that exists."""
    found = _DATE.fullmatch(text)
    if not found or not _exists(*(int(g) if g else None for g in found.groups())):
        raise InvalidRecord("field_date", field=field, value=text)
    return text


def _exists(year: int | None, month: int | None, day: int | None) -> bool:
    if not year or month == 0 or day == 0 or (month and month > 12):
        return False
    return day is None or month is None or day <= calendar.monthrange(year, month)[1]


def check_datetime(text: str, field: str, context: Context) -> str:
    """A date, or date and time with an offset (the clinic's zone where none is given); seconds are added."""
    date, _, time = text.strip().replace(" ", "T", 1).partition("T")
    check_date(date, field)
    if not time:
        return date
    found = _TIME.fullmatch(time)
    if not found or len(date) != 10:
        raise InvalidRecord("field_datetime", field=field, value=text)
    hour, minute, second, fraction, zone = found.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise InvalidRecord("field_datetime", field=field, value=text)
    local = f"{date}T{hour}:{minute}:{second or '00'}{fraction or ''}"
    return local + _offset(zone, local[:19], context, field)


def _offset(zone: str | None, local: str, context: Context, field: str) -> str:
    if zone in ("Z", "z"):
        return "Z"
    if zone:
        offset = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        if int(offset[1:3]) > 14 or int(offset[4:]) > 59 or (offset[1:3] == "14" and offset[4:] != "00"):
            raise InvalidRecord("field_datetime", field=field, value=local + zone)
        return offset
    found = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(context.time_zone)).strftime("%z")
    return f"{found[:3]}:{found[3:5]}"


def is_instant(text: str) -> bool:
    """Whether a date-time is full enough for an instant."""
    return len(text) > 10


def number(value: str | int | Number) -> int | Number:
    """A JSON number with its digits."""
    if not isinstance(value, str):
        return value
    return int(value) if re.fullmatch(r"-?(0|[1-9]\d*)", value) and value != "-0" else Number(value)


def quantity(value: Any, unit: str | None) -> dict[str, Any]:
    """value, unit, and UCUM's system and code when the unit is UCUM."""
    made: dict[str, Any] = {"value": number(value)}
    if unit:
        made["unit"] = unit
        if is_ucum(unit):
            made |= {"system": UCUM, "code": unit}
    return made


def is_ucum(unit: str) -> bool:
    """Whether a unit is valid UCUM as far as we know its atoms (case-sensitive)."""
    if not _UNIT.fullmatch(unit):
        return False
    atoms = _ATOM.findall(unit)
    return "".join(atoms) == unit and all(_known(a) for a in atoms) and not unit.endswith(("/", "."))


def _known(atom: str) -> bool:
    return atom[0] in "{10./()+-" or atom.isdigit() or atom in _KNOWN


def loinc_code(code: str) -> bool:
    """LOINC's shape and check digit (Luhn over the number)."""
    found = re.fullmatch(r"(\d{1,7})-(\d)", code, re.ASCII)
    if not found:
        return False
    total = 0
    for place, digit in enumerate(reversed(found[1])):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return (10 - total % 10) % 10 == int(found[2])


def words_of(element: Any) -> str | None:
    """A CodeableConcept back: text, else display, else code."""
    if not isinstance(element, dict):
        return None
    coding = (element.get("coding") or [{}])[0]
    found = element.get("text") or coding.get("display") or coding.get("code")
    return None if found is None else str(found)


def first(items: Any) -> dict[str, Any]:
    """The first item of a list, or an empty one."""
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}


def filled(**elements: Any) -> dict[str, Any]:
    """Those elements that are there."""
    return {k: v for k, v in elements.items() if v is not None and v != [] and v != {}}
