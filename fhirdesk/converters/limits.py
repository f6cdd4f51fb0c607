"""Refuses numbers outside their limits, and names the field."""

from decimal import Decimal
from typing import Any

from fhirdesk.core.errors import InvalidRecord

LARGEST = 2**31 - 1  # https://hl7.org/fhir/R4/datatypes.html#integer


def check_limits(value: Any, field: str, low: int = 0, high: int | None = LARGEST) -> None:
    """Refuses a number outside the limits; None passes. Raises InvalidRecord naming the field."""
    if value is None:
        return
    number = value if isinstance(value, int) else Decimal(str(value))
    if high is None and number < low:
        raise InvalidRecord("field_least", field=field, low=low)
    if high is not None and not low <= number <= high:
        raise InvalidRecord("field_limits", field=field, low=low, high=high)
