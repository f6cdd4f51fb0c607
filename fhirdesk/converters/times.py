"""Dates and times: what exists, what offset it has, which is earlier
(https://hl7.org/fhir/R4/datatypes.html#dateTime)."""

import calendar
import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from fhirdesk.converters.context import Context
from fhirdesk.core.errors import InvalidRecord

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII)
_USUAL = re.compile(  # what most date-times look like, and certainly exist
    r"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)",
    re.ASCII,
)


class AmbiguousTime(str):
    """A date-time without an offset in the hour that the clinic's clock passes twice, when summer time ends. The text
    is the first of the two moments, `later` the second."""

    later: str

    def __new__(cls, first: str, later: str) -> "AmbiguousTime":
        time = super().__new__(cls, first)
        time.later = later
        return time


def check_date(text: str, field: str) -> str:
    """Returns the text if it is a date that exists: YYYY, YYYY-MM or YYYY-MM-DD. Raises InvalidRecord."""
    match = _DATE.fullmatch(text)
    if not match or not _exists(*(int(g) if g else None for g in match.groups())):
        raise InvalidRecord("field_date", field=field)
    return text


@lru_cache(4096)
def _exists(year: int | None, month: int | None, day: int | None) -> bool:
    if not year or month == 0 or day == 0 or (month and month > 12):
        return False
    return day is None or month is None or day <= calendar.monthrange(year, month)[1]


def check_datetime(text: str, field: str, context: Context) -> str:
    """Returns a date as it is, or a date-time with seconds and an offset. Without an offset the clinic's zone is meant:
    an AmbiguousTime if its clock showed that time twice. Raises InvalidRecord."""
    if _USUAL.fullmatch(text):
        return text
    date, _, time = text.replace(" ", "T", 1).partition("T")
    match = _TIME.fullmatch(time) if time else None
    if not time and "T" not in text and " " not in text:
        return check_date(date, field)
    try:
        check_date(date, field)
    except InvalidRecord:
        match = None
    if not match or len(date) != 10:
        raise InvalidRecord("field_datetime", field=field)
    hour, minute, second, fraction, zone = match.groups()
    if hour > "23" or minute > "59" or (second or "00") > "59":
        raise InvalidRecord("field_datetime", field=field)
    local = f"{date}T{hour}:{minute}:{second or '00'}{fraction or ''}"
    return local + _check_offset(zone, field) if zone else _with_clinic_offset(local, field, context)


def _check_offset(zone: str, field: str) -> str:
    if zone in ("Z", "z"):
        return "Z"
    offset = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    hours, minutes = offset[1:3], offset[4:]
    if hours > "14" or minutes > "59" or (hours == "14" and minutes != "00"):
        raise InvalidRecord("field_datetime", field=field)
    return offset


def _with_clinic_offset(local: str, field: str, context: Context) -> str:
    first, later = (_clinic_offset(local[:19], context.time_zone, fold) for fold in (0, 1))
    if first == later:
        return local + _format_offset(first)
    if first < later:
        raise InvalidRecord("field_clock", field=field)
    return AmbiguousTime(local + _format_offset(first), local + _format_offset(later))


@lru_cache(4096)
def _clinic_offset(local: str, time_zone: str, fold: int) -> int:
    """Returns the zone's offset in minutes at that local time; `fold`: by the clock before (0) or after (1) a change.
    Old offsets with seconds are rounded to minutes."""
    offset = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(time_zone), fold=fold).utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0


def _format_offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def is_before(a: str, b: str) -> bool:
    """Whether date-time `a` is earlier than `b`, compared to the precision that both have."""
    if len(a) > 10 and len(b) > 10:
        return _moment(a) < _moment(b)
    length = min(len(a[:10]), len(b[:10]))
    return a[:length] < b[:length]


def _moment(text: str) -> tuple[datetime, str]:
    """Returns the moment to the second, and the digits of its fraction: Python's own ends at microseconds."""
    whole, zone = text[:19], text[19:].lstrip(".0123456789")
    fraction = text[19 : len(text) - len(zone)].lstrip(".").rstrip("0")
    return datetime.fromisoformat(whole + zone.replace("Z", "+00:00")), fraction


def is_instant(text: str) -> bool:
    """Whether a date-time has a time of day, as R4's instant requires."""
    return len(text) > 10
