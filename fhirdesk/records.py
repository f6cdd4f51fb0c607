"""What the clinic's system holds: a record, its type, its fields (design: docs/records.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a field's value is read and what it becomes."""

    KEY = "key"  # text or a whole number; a business identifier
    TEXT = "text"  # one or more lines of text
    CODE = "code"  # trimmed text from a list, or open
    DATE = "date"  # YYYY, YYYY-MM or YYYY-MM-DD
    DATETIME = "datetime"  # a date, or date and time with an offset
    NUMBER = "number"  # digits kept as written
    INTEGER = "integer"  # whole number
    VALUE = "value"  # a number, a number with a comparator, or text
    BOOLEAN = "boolean"
    LIST = "list"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()
    refers_to: str | None = None  # the record type whose key this holds
    editable: bool = False  # may be changed by a profile edit (write-through)


@dataclass(frozen=True, slots=True)
class RecordType:
    """A type of record: its name (`type` key), its key field, where its identifiers live, its fields in order."""

    name: str
    key_field: str
    identifier: str  # last part of the identifier system: <base>/identifier/<identifier>
    fields: tuple[Field, ...]
    create_priority: int = 6

    def field(self, name: str) -> Field | None:
        """The field of that name or alias."""
        return next((f for f in self.fields if f.name == name or name in f.aliases), None)

    @property
    def editable(self) -> tuple[str, ...]:
        """Names of the fields a profile edit may change."""
        return tuple(f.name for f in self.fields if f.editable)


@dataclass(frozen=True, slots=True)
class Base:
    """The FHIR resource that a record was read from, as it came. `links`: which record a reference in it means,
    where the text of the reference alone does not say so (another entry of its Bundle, a record with a number of ours):
    text → (type, key)."""

    body: bytes  # compact JSON: order, digits, id and meta as given
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One record, read and checked: no empty values, canonical spellings, numbers with the digits they came with."""

    type: str
    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)  # includes the key field
    base: Base | None = None

    def with_fields(self, **changes: Any) -> "Record":
        """A copy with those fields set; None or "" removes one."""
        merged = {k: v for k, v in (dict(self.fields) | changes).items() if v is not None and v != ""}
        return replace(self, fields=merged)

    @property
    def patient_key(self) -> str | None:
        """The patient this record is about."""
        found = self.fields.get("patient_id")
        return None if found is None else str(found)
