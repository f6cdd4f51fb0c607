"""What a converter is: a record type, the way there, the way back, and what of the resource is ours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fhirdesk.records import Record, RecordType
from fhirdesk.resource import Resource


@dataclass(frozen=True, slots=True)
class Context:
    """What conversion depends on besides the record."""

    base: str = "https://fhir.hospital.com"  # of identifier and code systems
    time_zone: str = "Asia/Seoul"  # of date-times without an offset
    vendor: str = "generic"


@dataclass(frozen=True, slots=True)
class Owned:
    """An element that our mapping writes. `names`: which members name an item of the list; None: the whole element.
    `slots`: the names of the items that are ours; items of others stay."""

    element: str
    names: tuple[str, ...] | None = None
    slots: tuple[tuple[str | None, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Converter:
    """One record type and its resource."""

    record_type: RecordType
    resource_type: Callable[[Record], str]
    to_resource: Callable[[Record, Context], Resource]
    to_fields: Callable[[Resource, Context], dict[str, Any]]
    field_at: Callable[[Resource, str], str | None]
    owned: tuple[Owned, ...]
