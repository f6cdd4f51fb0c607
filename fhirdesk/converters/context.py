"""What a converter consists of: a record type, the functions to a resource and back, and the elements that are ours."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fhirdesk.core.records import Place, Record, RecordType
from fhirdesk.core.resource import Resource
from fhirdesk.core.vendors import GENERIC, Habits, habits

StoredTypes = Mapping[Place, str]  # the FHIR type of records that are here

RECORD_TYPES: dict[str, RecordType] = {}  # every record type by name; the registry enters them


@dataclass(frozen=True, slots=True)
class Context:
    """What conversion depends on besides the record."""

    base: str = "https://fhir.hospital.com"  # of identifier and code systems
    time_zone: str = "Asia/Seoul"  # of date-times without an offset
    vendor: str = GENERIC
    stored_types: StoredTypes = field(
        default_factory=dict
    )  # where a reference leaves a choice: what it points at is stored as
    keys: Mapping[str, str] = field(default_factory=dict)  # on the way back: "Patient/45" → the record's key, if other

    def identifier_system(self, type_: str) -> str:
        """Returns the identifier system of a record type's keys."""
        return f"{self.base}/identifier/{RECORD_TYPES[type_].identifier}"

    @property
    def habits(self) -> Habits:
        """How the vendor's servers differ from R4."""
        return habits(self.vendor)

    def code_system(self, name: str) -> str:
        """Returns the URI of the clinic's own code system of that name."""
        return f"{self.base}/code/{name}"


Outdated = Callable[[Mapping[str, Any], Collection[str]], Iterable[str]]
Pick = Callable[[list[Any]], Any]  # which item of a list is meant; None: none of them


@dataclass(frozen=True, slots=True)
class Owned:
    """An element that our mapping writes. `picks`: which items of a list are ours, each picked by the same rule from
    our list and the server's; items of others stay. Without picks, items are matched by index. `choice`: the element is
    a value[x], named without the x."""

    element: str
    picks: tuple[Pick, ...] = ()
    choice: bool = False


class Module(Protocol):
    """What a module of `types`, or of an entry point of the group `fhirdesk.converters`, holds. It may also hold
    `check(record)` (raises InvalidRecord: what the field table cannot say), `resource_type(record)` (where the record
    type has several), `ready(record)` (whether the record is for the server yet), `outdated(changes, named)` (the
    fields that a change makes outdated and that the row does not name) and `WHOLE` (every element of the resource
    is ours)."""

    TYPE: RecordType
    OWNED: tuple[Owned, ...]

    @staticmethod
    def to_resource(record: Record, context: Context) -> Resource:
        """Returns the record's resource; its references name record keys (docs/mapping.md). A record may be partial:
        any field may be missing."""

    @staticmethod
    def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
        """Returns the record's fields without the key, read from any resource of the type; never raises."""


@dataclass(frozen=True, slots=True)
class Converter:
    """The functions and tables of one record type, taken from its module (`Module` says what each one does)."""

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
    """Returns the converter that a module describes. Raises AttributeError if the module lacks a name."""
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
