"""What each source said last of a record, field by field, as marks that only tell whether it says the same again.

A mark is a hash of eight bytes, two of the field's name and six of its value: a row takes about a hundred bytes, and no
value can be read from them. A column that cannot be read says nothing: the row is compared with the record then.
"""

import binascii
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2s
from typing import Any

from fhirdesk.errors import InvalidDocument
from fhirdesk.r4 import json

NAME, VALUE = 2, 6  # bytes of a mark
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
    try:
        return {source: _parted(packed) for source, packed in json.loads(column).items()} if column else {}
    except (InvalidDocument, AttributeError, binascii.Error, TypeError):
        return {}


def _parted(packed: str) -> Marks:
    found = binascii.a2b_base64(packed)
    size = NAME + VALUE
    return {found[at : at + NAME]: found[at + NAME : at + size] for at in range(0, len(found), size)}


def written(column: bytes | None, source: str, said: Marks) -> bytes:
    """The column with what a source says now; what it said of other fields stays."""
    if not column:
        return json.dumps({source: _packed(said)})
    all_ = read(column)
    all_[source] = {**all_.get(source, {}), **said}
    return json.dumps({name: _packed(marks) for name, marks in all_.items()})


def _packed(said: Marks) -> str:
    return binascii.b2a_base64(b"".join([name + value for name, value in said.items()]), newline=False).decode()
