"""What a file is made of: rows that can be read, and rows that cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.queue_entry import Reason
from fhirdesk.files.versions import Version


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a Bundle's entry, by which others refer to it. `identifiers`: (system or "", value)."""

    full_url: str | None
    resource_type: str
    id: str | None
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was written; `line` is the physical line that it begins on. An entry of a Bundle also has its
    fullUrl, and `around`: the names of the Bundle's entries, by each text that a reference may use for them."""

    line: int
    data: dict[str, Any]
    full_url: str | None = None
    around: Mapping[str, Named] = field(default_factory=dict)
    is_table: bool = False  # every column is in it; an empty cell in one that its record type does not have is nothing
    outdated: bool = False  # a newer version of it is in the same Bundle

    @property
    def is_resource(self) -> bool:
        """Whether the row is a FHIR resource."""
        return "resourceType" in self.data


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read; the rest goes on."""

    line: int
    error: InvalidDocument


@dataclass(frozen=True, slots=True)
class DeletedResource:
    """A resource that was deleted at its source. `name`: Type/id; `version`: that of the deletion."""

    line: int
    full_url: str | None
    name: str
    version: Version


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on the file as a whole; it is read all the same."""

    reason: Reason


Rows = Row | BadRow | DeletedResource | Note


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one JSON document, unread; `line` is the physical line it began on."""

    line: int
    data: bytes
    is_alone: bool = False  # nothing else is in the file
