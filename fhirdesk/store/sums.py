"""Sums over what a row says, so that a damaged row is noticed before it is sent or shown (faults: B6)."""

import hashlib
from collections.abc import Mapping
from typing import Any

ENTRY = (
    "uuid",
    "profile",
    "type",
    "key",
    "resource_type",
    "operation",
    "record",
    "base",
    "links",
    "edit",
    "patient_key",
)  # fmt: skip - what never changes in an entry
RECORD = ("type", "key", "fields", "base", "links", "patient_key")
MAPPED = ("profile", "type", "key", "resource_type", "logical_id", "version_id", "base", "base_read")
SUM = "sum"


def summed(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    """The row with its sum."""
    row[SUM] = total(row, columns)
    return row


def total(row: Mapping[str, Any], columns: tuple[str, ...]) -> int:
    """A whole number of 63 bits; every value counts with its length."""
    sum_ = hashlib.blake2b(digest_size=8)
    for name in columns:
        value = row[name]
        part = value if isinstance(value, bytes) else b"" if value is None else str(value).encode()
        sum_.update(b"%d:" % len(part))
        sum_.update(part)
    return int.from_bytes(sum_.digest()) >> 1


def whole(row: Any, columns: tuple[str, ...]) -> bool:
    """Whether a row says what was written; one from before there were sums is believed."""
    values: Mapping[str, Any] = row._mapping
    return values[SUM] is None or values[SUM] == total(values, columns)
