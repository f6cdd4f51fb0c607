"""Numbers as the clinic writes them: read as the same number, in JSON's spelling (docs/mapping.md)."""

import re
from decimal import Decimal, InvalidOperation

from fhirdesk.r4.json import Number

_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)  # JSON's own
_SPELLED = re.compile(r"([+-]?)([1-9]\d{0,2}(?:,\d{3})+|\d+|(?=\.))(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # full-width forms, as Asian keyboards write them


def normalize_width(text: str) -> str:
    """Returns the text trimmed, with full-width digits and signs (Asian keyboards) as ASCII ones."""
    trimmed = text.strip()
    return trimmed if trimmed.isascii() else trimmed.translate(_WIDE).strip()


def parse_number(text: str) -> int | Number | None:
    """Returns the number that the text holds, with its digits, or None. Leading zeros, a bare point, a plus sign,
    full-width forms and commas between thousands are understood."""
    if _PLAIN.fullmatch(text):
        return to_json_number(text)
    match = _SPELLED.fullmatch(normalize_width(text))
    if not match:
        return None
    sign, whole, fraction, exponent = match.groups()
    digits = whole.replace(",", "").lstrip("0") or "0"
    return to_json_number(f"{'-' if sign == '-' else ''}{digits}{fraction or ''}{exponent or ''}")


def to_json_number(value: str | int | Number) -> int | Number:
    """Returns the value as a JSON number that keeps its digits."""
    if not isinstance(value, str):
        return value
    return int(value) if len(value) < 4000 and _WHOLE.fullmatch(value) and value != "-0" else Number(value)


def decimal_of(value: int | Number | str) -> Decimal | None:
    """Returns the number as a Decimal for comparison, or None if its exponent is too large for one."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
