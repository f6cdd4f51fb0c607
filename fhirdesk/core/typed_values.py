"""Dates and phone numbers as people type them, turned into how they are stored, or refused with the reason."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from fhirdesk.core.errors import InvalidRecord

OLDEST = 150  # years: more is a slip
_PARTS = re.compile(r"(\d{4}|\d{2})[-./ 년]+(\d{1,2})(?:[-./ 월]+(\d{1,2})[일.]?|[월.]?)")
_DIGITS = re.compile(r"\d+")
_SEPARATORS = re.compile(r"[-\s.()/]+")
_AREA = re.compile(r"(02|0[3-6]\d|070|050\d|01\d|080)(\d{3,4})(\d{4})")
_OFFICE = re.compile(r"(1[568]\d{2})(\d{4})")  # numbers that are the same in the whole country
_ABROAD = range(7, 16)  # digits with the country's code (https://www.itu.int/rec/T-REC-E.164)


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date as it is stored: YYYY, YYYY-MM or YYYY-MM-DD. `is_century_inferred`: two digits of its year were typed."""

    value: str
    is_century_inferred: bool = False


def read_date(typed: str, today: date, field: str = "birth_date") -> TypedDate:
    """Return a day of the past as typed in any usual way: 19850615, 850615, 1985.6.15, 1985년 6월 15일, 1985-06, 1985.
    The century of a year of two digits is the last in which the day is not ahead. Raises InvalidRecord."""
    text = _simplify(typed).strip()
    year, month, day = _split_date(text, field)
    value, inferred = _find_century(year, month, day, today, field) if len(year) == 2 else (year, False)
    stored = "-".join((value, *(part.zfill(2) for part in (month, day) if part)))
    _check_past(stored, today, field)
    return TypedDate(stored, inferred)


def _simplify(typed: str) -> str:
    """Return the text with the digits and signs that a Korean keyboard writes wide as the usual ones."""
    return unicodedata.normalize("NFKC", typed).replace("–", "-").replace("—", "-").replace("\u00b7", ".")


def _split_date(text: str, field: str) -> tuple[str, str, str]:
    """Return year, month and day as typed; empty where one is not named."""
    bare = text.rstrip("년")
    if _DIGITS.fullmatch(bare):
        cuts = {8: (4, 6), 6: (2, 4), 4: (4, 4)}.get(len(bare))
        if cuts is None or not bare.isascii():
            raise InvalidRecord("typed_date_digits", field=field)
        return bare[: cuts[0]], bare[cuts[0] : cuts[1]], bare[cuts[1] :]
    if not (match := _PARTS.fullmatch(text)):
        raise InvalidRecord("typed_date_order" if re.search(r"\d{4}$", text) else "typed_date", field=field)
    year, month, day = match.groups(default="")
    if len(year) == 2 and not day:
        raise InvalidRecord("typed_date", field=field)
    return year, month, day


def _find_century(year: str, month: str, day: str, today: date, field: str) -> tuple[str, bool]:
    for century in (today.year // 100, today.year // 100 - 1):
        full = f"{century:02}{year}"
        if f"{full}-{month.zfill(2)}-{day.zfill(2)}" <= today.isoformat() and _exists(full, month, day):
            return full, True
    raise InvalidRecord("typed_date_none", field=field)


def _exists(year: str, month: str, day: str) -> bool:
    if not int(year) or (month and not 1 <= int(month) <= 12):
        return False
    return not day or 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]


def _check_past(stored: str, today: date, field: str) -> None:
    year, month, day = (*stored.split("-"), "", "")[:3]
    if not _exists(year, month, day):
        raise InvalidRecord("typed_date_none", field=field)
    if stored > today.isoformat()[: len(stored)]:
        raise InvalidRecord("typed_date_ahead", field=field)
    if int(year) < today.year - OLDEST:
        raise InvalidRecord("typed_date_old", field=field, years=OLDEST)


def read_phone(typed: str, field: str = "phone") -> str:
    """Return a phone number as it is stored: 010-1234-5678, 02-123-4567, 1588-1234, +1 415 555 0100. A number of Korea
    with +82 is stored without it. Raises InvalidRecord."""
    text = _simplify(typed).strip()
    digits = _SEPARATORS.sub("", text)
    if digits.startswith("+82"):
        digits = "0" + digits[3:].removeprefix("0")
    if digits.startswith("+"):
        return _check_abroad(text, digits[1:], field)
    if not digits.isascii() or not digits.isdecimal():
        raise InvalidRecord("typed_phone_letters", field=field)
    if match := _AREA.fullmatch(digits) or _OFFICE.fullmatch(digits):
        return "-".join(match.groups())
    raise InvalidRecord(
        "typed_phone_length" if digits[0] == "0" else "typed_phone_area", field=field, count=len(digits)
    )


def _check_abroad(text: str, digits: str, field: str) -> str:
    if not digits.isascii() or not digits.isdecimal():
        raise InvalidRecord("typed_phone_letters", field=field)
    if len(digits) not in _ABROAD:
        raise InvalidRecord("typed_phone_abroad", field=field, count=len(digits))
    return "+" + " ".join(_DIGITS.findall(text))
