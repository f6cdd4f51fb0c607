"""What each source said last of a record, field by field, as marks that only tell whether it says the same again.

A mark is a hash of eight bytes, two of the field's name and six of its value: a row takes about a hundred bytes, and no
value can be read from them. A column that cannot be read says nothing: the row is compared with the record then.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from fhirdesk.r4 import json

NAME, VALUE = 2, 6  # bytes of a mark
LENGTH = 3  # bytes that say how long a part of the column is
EMPTY = bytes(VALUE)  # said to be empty
Marks = Mapping[bytes, bytes]


def marks(fields: Mapping[str, Any]) -> dict[bytes, bytes]:
    """A mark of each field, by the mark of its name."""
    return {
        name_mark(name): EMPTY if value is None else blake2s(_bytes(value)).digest()[:VALUE]
        for name, value in fields.items()
    }


@lru_cache(1024)
def name_mark(name: str) -> bytes:
    """What a field is called here."""
    return blake2s(name.encode()).digest()[:NAME]


def _bytes(value: Any) -> bytes:
    """A text, or a resource's; what else there is, apart from every text."""
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else b"\0" + json.canonical(value)


def read(column: bytes | None) -> dict[str, Marks]:
    """The marks of each source in the column of a record."""
    found, at = {}, 0
    column = column or b""
    try:
        while at < len(column):
            name, at = _part(column, at)
            packed, at = _part(column, at)
            found[name.decode()] = _unpacked(packed)
    except ValueError:
        return {}
    return found


def _part(column: bytes, at: int) -> tuple[bytes, int]:
    """The part that begins there, behind its length, and where the next one does. Raises ValueError."""
    start = at + LENGTH
    end = start + int.from_bytes(column[at:start])
    if not start < end <= len(column):
        raise ValueError
    return column[start:end], end


def _unpacked(packed: bytes) -> Marks:
    size = NAME + VALUE
    return {packed[at : at + NAME]: packed[at + NAME : at + size] for at in range(0, len(packed), size)}


def written(column: bytes | None, source: str, said: Marks) -> bytes:
    """The column with what a source says now; what it said of other fields stays."""
    every = read(column)
    every[source] = {**every.get(source, {}), **said}
    return b"".join(_sized(name.encode()) + _sized(_packed(marks)) for name, marks in every.items() if marks)


def _packed(said: Marks) -> bytes:
    return b"".join([name + value for name, value in said.items()])


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(LENGTH) + part
