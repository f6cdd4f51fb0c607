"""What a converter is: a record type, the way there, the way back, and what of the resource is ours."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fhirdesk.core.records import Place, Record, RecordType
from fhirdesk.core.resource import Resource
from fhirdesk.core.vendors import GENERIC, Habits, habits

Stored = Mapping[Place, str]  # the FHIR type of records that are here

RECORD_TYPES: dict[str, RecordType] = {}  # every record type by name; the registry enters them


@dataclass(frozen=True, slots=True)
class Context:
    """What conversion depends on besides the record."""

    base: str = "https://fhir.hospital.com"  # of identifier and code systems
    time_zone: str = "Asia/Seoul"  # of date-times without an offset
    vendor: str = GENERIC
    stored: Stored = field(default_factory=dict)  # where a reference leaves a choice: what it points at is stored as
    keys: Mapping[str, str] = field(default_factory=dict)  # on the way back: "Patient/45" → the record's key, if other

    def identifier_system(self, type_: str) -> str:
        """Where the identifiers of a record type live."""
        return f"{self.base}/identifier/{RECORD_TYPES[type_].identifier}"

    @property
    def habits(self) -> Habits:
        """What the vendor's servers do."""
        return habits(self.vendor)

    def code_system(self, name: str) -> str:
        """The clinic's own code system of that name."""
        return f"{self.base}/code/{name}"


Outdated = Callable[[Mapping[str, Any], Collection[str]], Iterable[str]]
Pick = Callable[[list[Any]], Any]  # which item of a list is meant; None: none of them


@dataclass(frozen=True, slots=True)
class Owned:
    """An element that our mapping writes. `picks`: which items of a list are ours, each found in ours and in theirs by
    the same rule (without any: by place); items of others stay. `choice`: it is a value[x], named without the x."""

    element: str
    picks: tuple[Pick, ...] = ()
    choice: bool = False


class Module(Protocol):
    """What a module of this room, or of an entry point of the group `fhirdesk.converters`, holds. It may also hold
    `check(record)` (raises InvalidRecord: what the field table cannot say), `resource_type(record)` (where the record
    type has several), `ready(record)` (whether the record is for the server yet), `outdated(changes, named)` (the
    fields that are over with a change and are not named beside it) and `WHOLE` (every element of the resource is
    ours)."""

    TYPE: RecordType
    OWNED: tuple[Owned, ...]

    @staticmethod
    def to_resource(record: Record, context: Context) -> Resource:
        """The resource at rest: references by record key (docs/mapping.md). A record may be partial: any field may be
        missing."""

    @staticmethod
    def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
        """The record's fields without the key, read from any resource of the type; never raises."""


@dataclass(frozen=True, slots=True)
class Converter:
    """One record type and its resource."""

    record_type: RecordType
    resource_type: Callable[[Record], str]
    to_resource: Callable[[Record, Context], Resource]
    to_fields: Callable[[Resource, Context], dict[str, Any]]
    check: Callable[[Record], None]
    ready: Callable[[Record], bool]
    owned: tuple[Owned, ...]
    whole: bool = False  # every element is ours
    outdated: Outdated = lambda _changes, _named: ()


def converter_of(module: Any) -> Converter:
    """The converter that a module describes. Raises AttributeError where something is missing."""
    kind: RecordType = module.TYPE
    only = next(iter(kind.resource_types), "")
    return Converter(
        kind,
        getattr(module, "resource_type", lambda _record: only),
        module.to_resource,
        module.to_fields,
        getattr(module, "check", lambda _record: None),
        getattr(module, "ready", lambda _record: True),
        tuple(module.OWNED),
        getattr(module, "WHOLE", False),
        getattr(module, "outdated", lambda _changes, _named: ()),
    )
