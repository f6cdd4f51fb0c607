"""What the desk shows of a record's versions: ours beside the server's, and the versions that the server keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhirdesk.core.views.queue import FieldValues


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """A record as it would be sent, as it was last in step with the server, and as the server has it: the Diff tab."""

    fields: tuple[FieldValues, ...]  # those that differ; while the server was not read, from how it was last in step
    alike: Mapping[str, str] = field(default_factory=dict)  # the other fields that have a value
    mine: str = ""  # the resource as it would be sent, indented JSON
    base: str | None = None  # as it was last in step; None: that is not known
    theirs: str | None = None  # the server's copy, its members in the order of ours; None: not read
    reference: str | None = None  # Type/id on the server; None: it is not there yet
    base_version: str | None = None  # of when it was last in step
    base_at: float | None = None  # epoch seconds
    version_id: str | None = None  # of the server's copy
    changed_at: float | None = None  # when the server last changed it
    read_at: float | None = None  # when the server was read


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A field of a record, or an element that no field holds, in two versions; None: no value there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a resource on the server."""

    version_id: str | None
    at: float | None  # epoch seconds
    text: str = ""  # indented JSON; "" of a deletion
    is_creation: bool = False  # there was nothing before it
    is_deletion: bool = False
    changes: tuple[ValueChange, ...] | None = ()  # against the version before; None: that one is not known


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The versions of a resource on the server, newest first: the History tab."""

    reference: str  # Type/id
    versions: tuple[VersionView, ...] = ()
    is_kept: bool = True  # False: this server keeps no history
    has_more: bool = False  # older versions were not read
    read_at: float = 0.0  # epoch seconds
