"""Compares two R4 times to the precision that both have."""

import re
from datetime import UTC, datetime

FULL = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def is_after(first: object, second: object) -> bool:
    """Whether `first` is certainly later than `second`; False if either is no time."""
    if not isinstance(first, str) or not isinstance(second, str):
        return False
    if first <= second and len(first) == len(second) and first[19:] == second[19:]:
        return False  # the usual case: of one form and one zone
    one, other = _instant(first), _instant(second)
    if one and other:
        return one > other
    common = min(len(first.split("T")[0]), len(second.split("T")[0]))
    return first[:common] > second[:common]


def _instant(text: str) -> tuple[datetime, str] | None:
    match = FULL.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time.replace(':60', ':59')}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment, (fraction or "").rstrip("0")
