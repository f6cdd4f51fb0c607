"""Sums over what a row says, so that a damaged row is noticed before it is sent or shown (faults: B6)."""

import hashlib
from operator import attrgetter, itemgetter
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
)  # fmt: skip - what an entry says; only `rewrite` changes it
RECORD = ("type", "key", "fields", "base", "links", "patient_key")
MAPPED = ("profile", "type", "key", "resource_type", "logical_id", "version_id", "base", "base_read")
SUM = "sum"


def checksum(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    """The row with its sum."""
    row[SUM] = total(itemgetter(*columns)(row))
    return row


def total(values: tuple[Any, ...]) -> int:
    """A whole number of 63 bits over texts, bytes, numbers and None; their ASCII form is the same in every Python."""
    return int.from_bytes(hashlib.blake2b(ascii(values).encode(), digest_size=8).digest()) >> 1


def whole(row: Any, columns: tuple[str, ...]) -> bool:
    """Whether a row says what was written."""
    return fits(row.sum, attrgetter(*columns)(row))


def fits(sum_: int | None, values: tuple[Any, ...]) -> bool:
    """Whether a sum is that of the values; a row from before there were sums is believed."""
    return sum_ is None or sum_ == total(values)
