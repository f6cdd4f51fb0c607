"""Numbers as the clinic writes them: read as the same number, in JSON's spelling (docs/mapping.md)."""

import re
from decimal import Decimal, InvalidOperation

from fhirdesk.r4.json import Number

_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)  # JSON's own
_SPELLED = re.compile(r"([+-]?)([1-9]\d{0,2}(?:,\d{3})+|\d+|(?=\.))(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # full-width forms, as Asian keyboards write them


def normalize_width(text: str) -> str:
    """The text trimmed, full-width digits and signs as plain ones."""
    found = text.strip()
    return found if found.isascii() else found.translate(_WIDE).strip()


def parse_number(text: str) -> int | Number | None:
    """The number that a text is, with its digits: also with leading zeros, a bare point, a plus, full-width, thousands
    set by commas; None: it is none."""
    if _PLAIN.fullmatch(text):
        return to_json_number(text)
    found = _SPELLED.fullmatch(normalize_width(text))
    if not found:
        return None
    sign, whole, fraction, exponent = found.groups()
    digits = whole.replace(",", "").lstrip("0") or "0"
    return to_json_number(f"{'-' if sign == '-' else ''}{digits}{fraction or ''}{exponent or ''}")


def to_json_number(value: str | int | Number) -> int | Number:
    """A JSON number with its digits."""
    if not isinstance(value, str):
        return value
    return int(value) if len(value) < 4000 and _WHOLE.fullmatch(value) and value != "-0" else Number(value)


def decimal_of(value: int | Number | str) -> Decimal | None:
    """A number to compare with; None: its exponent is beyond all measure."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
