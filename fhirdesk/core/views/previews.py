"""What the desk shows of a resource as it would be sent: its text, where its values come from, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fhirdesk.core.queue_entry import Attempt, Reason
from fhirdesk.core.records import Record

TRACED = 500_000  # characters of a resource up to which each value's origin is looked for
CHECKED = 20_000_000  # up to which it is checked and shown; a larger one can be saved and looked at elsewhere


class How(StrEnum):
    """How an element of a resource came from a record's field."""

    COPIED = "copied"  # as it is
    MAPPED = "mapped"  # by a table, or split, joined, given a system
    DEFAULTED = "defaulted"  # no field says it
    KEPT = "kept"  # as it stands in the server's copy, or in the resource the record was read from
    LEFT_OUT = "left_out"  # the field has no place in the resource


@dataclass(frozen=True, slots=True)
class OriginView:
    """One line of the Mapping tab. `path`: in the resource, like `telecom[0].value`; None where it is left out.
    `field`: of the record; None where no field says it."""

    path: str | None
    field: str | None
    how: How


@dataclass(frozen=True, slots=True)
class IssueView:
    """One line of the Issues tab: what the R4 check says, as a code of the messages, and where."""

    severity: str  # fatal error warning information
    code: str  # of FHIR's issue types
    expression: str | None  # FHIRPath, like Patient.telecom[0].value
    why: Reason
    field: str | None = None  # the record's own field, where it is known

    @property
    def grave(self) -> bool:
        """Whether it keeps the resource from being queued."""
        return self.severity in ("fatal", "error")


@dataclass(frozen=True, slots=True)
class PreviewView:
    """A resource as it would be sent now: the preview pane's Resource, Mapping, Issues and Request tabs."""

    type: str
    key: str
    resource_type: str
    resource: Mapping[str, Any]
    text: str  # indented JSON, digits as they are
    issues: tuple[IssueView, ...] = ()
    version_id: str | None = None  # the server's, when it is there
    same_as_server: bool | None = None  # as we know the server's copy; `seen_at` says since when
    seen_at: float | None = None  # epoch seconds
    request: Mapping[str, Any] | None = None  # {"method","url","headers","body"}; the token masked
    origins: tuple[OriginView, ...] = ()
    record: Record | None = None  # what the record is, or what a resource would be here
    partial: bool = False  # read from a resource that lacks what the record needs: shown, not editable
    patient_key: str | None = None  # whom it is about
    patient_name: str | None = None
    patient: Record | None = None  # the person, where they are here
    is_patient_saved: bool = False  # the server has the person
    logical_id: str | None = None  # the server's, when it is there
    attempt: Attempt | None = None  # the last one to send it

    @property
    def traced(self) -> bool:
        """Whether the origins were looked for."""
        return len(self.text) <= TRACED

    @property
    def checked(self) -> bool:
        """Whether it was checked; what was not is not shown either."""
        return len(self.text) <= CHECKED


@dataclass(frozen=True, slots=True)
class OpenedView:
    """One record or resource of an opened file or of pasted text: converted and checked, not stored, not queued."""

    line: int  # of the file, from 1
    given: str  # what was read, indented; "" where it could not be read
    view: PreviewView | None = None  # None: it cannot become a resource; `error` says why
    error: Reason | None = None
    field: str | None = None  # the field that is wrong
    key: str | None = None
    too_large: int = 0  # its size, where it was neither checked nor is shown for that
