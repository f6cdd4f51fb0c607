"""The last values that each source gave for a record, field by field, as marks: they tell only whether a source gives
the same value again.

A mark is a hash of eight bytes, two of the field's name and six of its value: a record takes about a hundred bytes, and
no value can be read from them. A column that cannot be decoded counts as empty: the row is then compared with the
record itself.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from fhirdesk.r4 import json

NAME, VALUE = 2, 6  # bytes of a mark
LENGTH = 3  # bytes that say how long a part of the column is
EMPTY = bytes(VALUE)  # the mark of a field that the source gave as empty
Marks = Mapping[bytes, bytes]


def compute_marks(fields: Mapping[str, Any]) -> dict[bytes, bytes]:
    """Return the mark of each field's value by the mark of its name."""
    return {
        hash_name(name): EMPTY if value is None else blake2s(_bytes(value)).digest()[:VALUE]
        for name, value in fields.items()
    }


@lru_cache(1024)
def hash_name(name: str) -> bytes:
    """Return the mark of a field's name."""
    return blake2s(name.encode()).digest()[:NAME]


def _bytes(value: Any) -> bytes:
    """Encode a value for hashing; what is neither text nor bytes begins with a zero, so that no text equals it."""
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else b"\0" + json.canonical(value)


def parse_column(column: bytes | None) -> dict[str, Marks]:
    """Decode the column of a record into the marks of each source; empty when the column is damaged."""
    marks_by_source, at = {}, 0
    column = column or b""
    try:
        while at < len(column):
            name, at = _read_part(column, at)
            packed, at = _read_part(column, at)
            marks_by_source[name.decode()] = _unpack(packed)
    except ValueError:
        return {}
    return marks_by_source


def _read_part(column: bytes, at: int) -> tuple[bytes, int]:
    """Return the part at an offset, which begins with its length, and the offset of the next. Raises ValueError."""
    start = at + LENGTH
    end = start + int.from_bytes(column[at:start])
    if not start < end <= len(column):
        raise ValueError
    return column[start:end], end


def _unpack(packed: bytes) -> Marks:
    size = NAME + VALUE
    return {packed[at : at + NAME]: packed[at + NAME : at + size] for at in range(0, len(packed), size)}


def update_column(column: bytes | None, source: str, new: Marks) -> bytes:
    """Return the column with the new marks of a source; its marks of other fields stay."""
    marks_by_source = parse_column(column)
    marks_by_source[source] = {**marks_by_source.get(source, {}), **new}
    return b"".join(_frame(name.encode()) + _frame(_pack(marks)) for name, marks in marks_by_source.items() if marks)


def _pack(marks: Marks) -> bytes:
    return b"".join([name + value for name, value in marks.items()])


def _frame(part: bytes) -> bytes:
    return len(part).to_bytes(LENGTH) + part
