"""What commands act on, and the conditions under which they can."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from fhirdesk.core.permissions import LOCAL, Actor
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, QueueEntry, Reason
from fhirdesk.core.views import Link, PreviewView, QueueRow

Entry = QueueRow | QueueEntry
Condition = Callable[["Selection"], Reason | None]


class Rows(Protocol):
    """The chosen rows of a table; nothing is read before it is asked."""

    def selected_ids(self) -> Sequence[int]:
        """The ids of the chosen rows, also of those that were never painted."""

    def selected_rows(self) -> Sequence[Any]:
        """The chosen rows that are read."""


class NoRows:
    """No choice."""

    def selected_ids(self) -> Sequence[int]:
        return ()

    def selected_rows(self) -> Sequence[Any]:
        return ()


NOTHING = NoRows()


class RowsReadOnce:
    """The chosen rows of a table as they are when they are asked for first: a menu asks for each of its commands."""

    def __init__(self, table: Rows):
        self._table = table

    @cached_property
    def _ids(self) -> Sequence[int]:
        return self._table.selected_ids()

    @cached_property
    def _rows(self) -> Sequence[Any]:
        return self._table.selected_rows()

    def selected_ids(self) -> Sequence[int]:
        return self._ids

    def selected_rows(self) -> Sequence[Any]:
        return self._rows


@dataclass(frozen=True, slots=True)
class OneEntry:
    """A choice of one queue entry, as a dialog about it makes."""

    entry: Entry

    def selected_ids(self) -> Sequence[int]:
        return (self.entry.seq,)

    def selected_rows(self) -> Sequence[Any]:
        return (self.entry,)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen in the window, and what the window shows."""

    entries: Rows = NOTHING
    patients: Rows = NOTHING
    is_open: bool = True  # a desk is open
    actor: Actor = LOCAL
    link: Link = Link.UNSET
    preview: PreviewView | None = None
    is_preview_stored: bool = False  # it is a record here, not a file or a text that is looked at
    can_retry_all: bool = False  # the filter of the queue shows entries that can be retried

    @property
    def entry(self) -> Any:
        """The one chosen entry that is read; None for no or many entries."""
        return _get_only(self.entries)

    @property
    def patient(self) -> Any:
        """The one chosen patient; None for no or many patients."""
        return _get_only(self.patients)

    @property
    def previewed(self) -> Any:
        """The (type, key) of the record in the preview; None where there is none, or what is there is no record."""
        return (self.preview.type, self.preview.key) if self.preview and self.is_preview_stored else None

    @property
    def patient_key(self) -> str | None:
        """The key of the chosen patient, or of the patient whom the chosen entry is about."""
        if self.patient is not None:
            return str(self.patient.key)
        return self.entry.patient_key if self.entry is not None else None


def _get_only(rows: Rows) -> Any:
    chosen = rows.selected_rows() if len(rows.selected_ids()) == 1 else ()
    return chosen[0] if chosen else None


# -- conditions: why a command cannot be done, None where it can


def always(_selection: Selection) -> Reason | None:
    """No condition."""
    return None


def need_desk(selection: Selection) -> Reason | None:
    """The records must be open."""
    return None if selection.is_open else Reason("records_not_open")


def need(condition: Callable[[Selection], object], otherwise: str) -> Condition:
    """The records must be open and the condition true; `otherwise`: the code of the reason."""
    return lambda s: need_desk(s) or (None if condition(s) else Reason(otherwise))


def need_entries(action: str) -> Condition:
    """At least one chosen entry must allow that action; entries that are not read yet may allow any."""

    def check(selection: Selection) -> Reason | None:
        ids = selection.entries.selected_ids()
        rows = selection.entries.selected_rows()
        if not ids:
            return Reason("choose_entry")
        allows = len(rows) < len(ids) or any(row.status in ALLOWED_ACTIONS[action] for row in rows)
        return None if allows else Reason("state_does_not_allow")

    return lambda s: need_desk(s) or check(s)


def need_entry(condition: Callable[[Entry], object], otherwise: str) -> Condition:
    """Exactly one entry must be chosen, and the condition be true of it; `otherwise`: the code of the reason."""

    def check(selection: Selection) -> Reason | None:
        if selection.entry is None:
            return Reason("choose_one_entry" if selection.entries.selected_ids() else "choose_entry")
        return None if condition(selection.entry) else Reason(otherwise)

    return lambda s: need_desk(s) or check(s)


def need_patient(selection: Selection) -> Reason | None:
    """Exactly one patient must be chosen."""
    return need_desk(selection) or (None if selection.patient is not None else Reason("choose_one_patient"))


def need_patients(selection: Selection) -> Reason | None:
    """At least one patient must be chosen."""
    return need_desk(selection) or (None if selection.patients.selected_ids() else Reason("choose_patient"))


def need_somebody(selection: Selection) -> Reason | None:
    """One patient must be chosen, or one entry that is about a patient."""
    if selection.patients.selected_ids():
        return need_patient(selection)
    return need_entry(lambda entry: entry.patient_key, "entry_of_nobody")(selection)
