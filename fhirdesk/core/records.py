"""What the clinic's system holds: a record, its type, its fields (design: docs/records.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

Place = tuple[str, str]  # a record, by its type and key


class Kind(StrEnum):
    """How a field's value is read and what it becomes."""

    KEY = "key"  # text or a whole number; a business identifier
    TEXT = "text"  # one or more lines of text
    CODE = "code"  # trimmed text without inner runs of blanks; from a list where the field has `codes`
    DATE = "date"  # YYYY, YYYY-MM or YYYY-MM-DD
    DATETIME = "datetime"  # a date, or date and time with an offset
    NUMBER = "number"  # digits kept as written
    INTEGER = "integer"  # whole number
    VALUE = "value"  # a number, a number with a comparator, or text
    BOOLEAN = "boolean"
    LIST = "list"  # of codes, or of objects with `items`
    JSON = "json"  # any JSON, kept as it is


def spaced(codes: str) -> frozenset[str]:
    """Codes that are written with blanks between them."""
    return frozenset(codes.split())


@dataclass(frozen=True)
class Codes:
    """What a coded field takes. `words`: the clinic's word → R4's code, the first word of a code is the one that comes
    back; `own`: R4's own codes for the element, kept as they are."""

    words: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    any_case: bool = False

    def code(self, value: str) -> str:
        """R4's code of a word; what is no word stays."""
        return self.words.get(value) or self._folded.get(value.casefold(), value)

    def word(self, code: str) -> str:
        """The first word of a code; a code without a word stays."""
        return self._back.get(code, code)

    def takes(self, value: str) -> bool:
        """Whether the field may hold that value."""
        return value in self._taken or self.code(value) in self._codes

    @property
    def known(self) -> tuple[str, ...]:
        """Every word and code that is taken, words first."""
        return (*self.words, *sorted(self.own - set(self.words)))

    @property
    def choices(self) -> tuple[str, ...]:
        """What to choose from: one value for each code, its first word if it has one."""
        return tuple(dict.fromkeys(self.word(self.code(value)) for value in self.known))

    @cached_property
    def _taken(self) -> frozenset[str]:
        return self._codes | frozenset(self.words)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return self.own | frozenset(self.words.values())

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        if not self.any_case:
            return {}
        return {c.casefold(): c for c in self.own} | {w.casefold(): c for w, c in self.words.items()}

    @cached_property
    def _back(self) -> Mapping[str, str]:
        return {code: word for word, code in reversed(list(self.words.items()))}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()  # the record types whose key this may hold; the first that is stored is meant
    is_system: bool = False  # names the code system of a code
    editable: bool = False  # may be changed by a profile edit (write-through)
    after: str | None = None  # lies after that one: of a clock's two passes through an hour the one that does is meant
    goes_with: str | None = None  # an edit of that field which does not name this one clears it: it was about the old
    codes: Codes | None = None
    items: "tuple[Field, ...]" = ()  # the members of a list's objects
    plain_items: bool = True  # a list may hold plain texts, too


STAMPS = (Field("created_at", Kind.DATETIME), Field("updated_at", Kind.DATETIME))  # every record's; never sent


@dataclass(frozen=True)
class RecordType:
    """A type of record: its name (`type` key), its key field, where its identifiers live, its fields in order."""

    name: str
    key_field: str
    identifier: str  # last part of the identifier system: <base>/identifier/<identifier>
    fields: tuple[Field, ...]
    resource_types: tuple[str, ...]  # the FHIR types it may become; the first is meant when the record is not here
    create_priority: int = 6
    known_id: str | None = None  # the field that holds its logical id, where the server is known to have it already

    def field(self, name: str) -> Field | None:
        """The field of that name or alias."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {alias: f for f in self.fields for alias in (f.name, *f.aliases)}

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The fields that hold other records' keys."""
        return tuple(f for f in self.fields if f.refers_to)

    @cached_property
    def ends(self) -> tuple[Field, ...]:
        """The fields that lie after others."""
        return tuple(f for f in self.fields if f.after)

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
    name: str | None = None  # what references call it, where that is not its Type/id: with its server or source


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
        key = self.fields.get("patient_id")
        return None if key is None else str(key)


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What a source says of a record, in a row or a resource (`base`): the fields it names, None for one to be emptied;
    of what it does not name it says nothing. `later`: of times that the clinic's clock shows twice, the second one."""

    type: str
    key: str
    fields: Mapping[str, Any]
    base: Base | None = None
    later: Mapping[str, str] = field(default_factory=dict)


def resource_types(kinds: Mapping[str, RecordType]) -> frozenset[str]:
    """The FHIR types that records of these kinds may become."""
    return frozenset(name for kind in kinds.values() for name in kind.resource_types)


def by_type(places: Iterable[Place]) -> dict[str, list[str]]:
    """Group the keys of records (type, key) by type."""
    grouped: dict[str, list[str]] = {}
    for type_, key in places:
        grouped.setdefault(type_, []).append(key)
    return grouped
