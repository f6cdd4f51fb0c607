"""Checksums over a row's content, so that a damaged row is noticed before it is sent or shown (fault B6).

A checksum is eight bytes: the version of the way it is made, and seven bytes of a BLAKE2b over that version and, of
each value, its kind, its length and its bytes. A change of the way takes the next version, and a migration that
compares the old sums with their rows while it writes new ones.
"""

from hashlib import blake2b
from operator import attrgetter, itemgetter
from struct import Struct
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
RECORD = ("profile", "type", "key", "fields", "base", "links", "patient_key")
MAPPING = ("profile", "type", "key", "resource_type", "logical_id", "version_id", "base", "base_read")
SUM = "sum"
VERSION = b"\x01"
_pack_head = Struct(">cQ").pack  # kind and length of a value
_pack_float = Struct(">d").pack
_NONE = _pack_head(b"n", 0)


def add_checksum(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    """Add the checksum over `columns` to a row's values, and return them."""
    row[SUM] = compute(itemgetter(*columns)(row))
    return row


def compute(values: tuple[str | bytes | int | float | None, ...]) -> int:
    """Return the checksum over values as the database holds them, a positive number of eight bytes."""
    parts = [VERSION]
    for value in values:
        if value is None:
            parts.append(_NONE)
        elif isinstance(value, str):
            text = value.encode()
            parts += (_pack_head(b"t", len(text)), text)
        elif isinstance(value, bytes):
            parts += (_pack_head(b"b", len(value)), value)
        elif isinstance(value, int):
            digits = b"%d" % value
            parts += (_pack_head(b"i", len(digits)), digits)
        else:
            parts += (_pack_head(b"f", 8), _pack_float(value))
    return int.from_bytes(VERSION + blake2b(b"".join(parts), digest_size=7).digest())


def is_intact(row: Any, columns: tuple[str, ...]) -> bool:
    """True when a row's content is what was written."""
    return matches(row.sum, attrgetter(*columns)(row))


def was_intact(row: Any, columns: tuple[str, ...]) -> bool:
    """True when a row of a file from before version 12 of the tables is what was written: its sum was made over the
    values as Python writes them in ASCII."""
    digest = blake2b(ascii(attrgetter(*columns)(row)).encode(), digest_size=8).digest()
    return row.sum is not None and row.sum == int.from_bytes(digest) >> 1


def matches(sum_: int, values: tuple[Any, ...]) -> bool:
    """True when a checksum is that of the values. What a migration found damaged has the sum 0, which is of no
    version."""
    return sum_ == compute(values)
