"""The columns of the patients table and of the queue table."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import PatientRow, PatientSort, QueueRow, ServerView, SyncState
from fhirdesk.core.visible import visible as made_visible
from fhirdesk.i18n.translation import N_, _
from ui import words
from ui.language import render
from ui.models.cells import Cell
from ui.models.paged import NO_SERVER, Column, PagedModel


def name_patient_state(row: PatientRow) -> str:
    """The label of a patient's state; an edit whose outcome is open is named instead."""
    if row.pending_edit and row.state in (SyncState.ON_SERVER, SyncState.NOT_SENT, SyncState.SENDING):
        return _("Edit pending")
    return words.name_state(row.state)


def explain_patient(row: PatientRow) -> str:
    """A sentence that explains the state of a patient."""
    if row.pending_edit:
        return _("An edit waits for the server: until it says yes, the value shown here is the server's.")
    return "\n".join(
        [words.explain_patient_state(row.state), *([render(Reason("patient_partial"))] if row.partial else [])]
    )


LONGEST = 300


def visible(text: str) -> str:
    """The text on one line, cut at 300 characters; characters that would turn or hide text are shown as marks."""
    return made_visible(text[:LONGEST])


def build_patient_cell(row: PatientRow, _: ServerView) -> Cell:
    """The mark of the worst state, and the name."""
    return Cell(
        visible(row.name or "—"),
        mark=words.get_mark(row.state),
        strong=row.state is not SyncState.ON_SERVER,
        mark_says=name_patient_state(row),
    )


def build_sync_cell(row: PatientRow, _: ServerView) -> Cell:
    """The word of the state; of a saved patient also since when."""
    word, tone = name_patient_state(row), words.get_tone(row.state)
    since = f" · {words.format_ago(row.synced_at)}" if row.state is SyncState.ON_SERVER and row.synced_at else ""
    return Cell(word, since, tone)


def build_entry_cell(row: QueueRow, _: ServerView) -> Cell:
    """The mark of an entry's state, and whom it is about."""
    needs_person = words.find_sync_state(row.status) in words.NEEDS_PERSON
    return Cell(
        visible(row.patient_name or row.key),
        mark=words.get_mark(row.status),
        strong=needs_person,
        mark_says=words.name_entry_state(row.status, row.operation, in_part=bool(row.not_stored)),
    )


def build_reason_cell(row: QueueRow, server: ServerView) -> Cell:
    """The word of an entry's state, and why it is in it."""
    word = words.name_entry_state(row.status, row.operation, in_part=bool(row.not_stored))
    reason = visible(words.explain_entry(row, server))
    return Cell(word, f" · {reason}" if reason else "", words.get_tone(row.status))


def build_next_cell(row: QueueRow, server: ServerView) -> Cell:
    """When an entry is tried next, or the action that it waits for."""
    is_link = row.status in words.HINTS and row.status is not Status.PROCESSING
    return Cell(words.format_next_try(row, server), tone="muted", tabular=True, right=True, is_link=is_link)


def quiet(text: str, *, right: bool = False) -> Cell:
    """A cell of plain words or figures."""
    return Cell(text, tone="muted", tabular=True, right=right)


PATIENTS: tuple[Column[PatientRow], ...] = (
    Column(
        "name",
        N_("Name"),
        build_patient_cell,
        180,
        112,
        sort=PatientSort.NAME,
        tip=lambda row, _: row.name,
    ),
    Column(
        "sex_age",
        N_("Sex, age"),
        lambda row, _: quiet(words.format_sex_and_age(row.gender, row.birth_date)),
        92,
        80,
        hide_rank=3,
    ),
    Column(
        "key",
        N_("Patient no."),
        lambda row, _: quiet(row.key),
        124,
        112,
        sort=PatientSort.KEY,
        tip=lambda row, _: row.key,
    ),
    Column(
        "birth_date",
        N_("Born"),
        lambda row, _: quiet(row.birth_date or "—"),
        96,
        88,
        sort=PatientSort.BORN,
        hide_rank=1,
    ),
    Column(
        "phone",
        N_("Mobile"),
        lambda row, _: quiet(visible(row.phone or "—")),
        124,
        112,
        sort=PatientSort.PHONE,
        tip=lambda row, _: row.phone or "",
        hide_rank=2,
    ),
    Column(
        "sync",
        N_("Sync"),
        build_sync_cell,
        140,
        120,
        tip=lambda row, _: explain_patient(row),
        stretches=True,
    ),
)
QUEUE: tuple[Column[QueueRow], ...] = (
    Column(
        "patient",
        N_("Patient"),
        build_entry_cell,
        180,
        112,
        tip=lambda row, _: f"{row.key}  {row.patient_name or ''}",
    ),
    Column(
        "task",
        N_("Task"),
        lambda row, _: quiet(words.name_entry(row)),
        92,
        84,
        tip=lambda row, _: words.name_entry(row),
        hide_rank=2,
    ),
    Column(
        "reason",
        N_("State · reason"),
        build_reason_cell,
        240,
        150,
        tip=words.explain_entry,
        stretches=True,
    ),
    Column(
        "tries",
        N_("Tries"),
        lambda row, _: quiet(str(row.attempts) if row.attempts else "—", right=True),
        48,
        44,
        right=True,
        hide_rank=3,
    ),
    Column("next", N_("Next try"), build_next_cell, 96, 84, right=True),
)


def build_patients_model(parent: QObject) -> PagedModel:
    return PagedModel(PATIENTS, lambda row: row.id, parent)


def build_queue_model(parent: QObject, server: Callable[[], ServerView] = lambda: NO_SERVER) -> PagedModel:
    """The model of the queue table; when an entry is tried next depends on the server too."""
    return PagedModel(QUEUE, lambda row: row.seq, parent, server)
