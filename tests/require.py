"""What a test cannot go on without."""

from typing import TypeVar

T = TypeVar("T")


def require(value: T | None) -> T:
    """Return the value, which is not None; the test fails otherwise."""
    assert value is not None
    return value
