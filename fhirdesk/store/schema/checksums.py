"""Checksums over a row's content, so that a damaged row is noticed before it is sent or shown (fault B6)."""

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
)  # fmt: skip - the content of an entry; only `rewrite` changes it
RECORD = ("type", "key", "fields", "base", "links", "patient_key")
MAPPING = ("profile", "type", "key", "resource_type", "logical_id", "version_id", "base", "base_read")
SUM = "sum"


def add_checksum(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    """Add the checksum over `columns` to a row's values, and return them."""
    row[SUM] = compute(itemgetter(*columns)(row))
    return row


def compute(values: tuple[Any, ...]) -> int:
    """Return a checksum of 63 bits over texts, bytes, numbers and None; every Python writes them the same in ASCII."""
    return int.from_bytes(hashlib.blake2b(ascii(values).encode(), digest_size=8).digest()) >> 1


def is_intact(row: Any, columns: tuple[str, ...]) -> bool:
    """True when a row's content is what was written."""
    return matches(row.sum, attrgetter(*columns)(row))


def matches(sum_: int | None, values: tuple[Any, ...]) -> bool:
    """True when a checksum is that of the values; a row from before there were checksums is believed."""
    return sum_ is None or sum_ == compute(values)
