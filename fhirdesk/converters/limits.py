"""Limits of numbers, with the field named that breaks them."""

from decimal import Decimal
from typing import Any

from fhirdesk.core.errors import InvalidRecord

LARGEST = 2**31 - 1  # https://hl7.org/fhir/R4/datatypes.html#integer


def check_limits(value: Any, field: str, low: int = 0, high: int | None = LARGEST) -> None:
    """A number, if there is one, lies between the limits or on them. Raises InvalidRecord."""
    if value is None:
        return
    number = value if isinstance(value, int) else Decimal(str(value))
    if high is None and number < low:
        raise InvalidRecord("field_least", field=field, low=low)
    if high is not None and not low <= number <= high:
        raise InvalidRecord("field_limits", field=field, low=low, high=high)
