"""The columns of the patients table and of the queue table."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import PatientRow, PatientSort, QueueRow, ServerView, SyncState
from fhirdesk.core.visible import visible as made_visible
from fhirdesk.i18n.translation import N_, _
from ui import words
from ui.language import render
from ui.models.paged import NO_SERVER, Column, PagedModel


def name_patient_state(row: PatientRow) -> str:
    """The label of a patient's state; an edit whose outcome is open is named instead."""
    if row.pending_edit and row.state in (SyncState.ON_SERVER, SyncState.NOT_SENT, SyncState.SENDING):
        return _("Edit pending")
    return words.get_state_style(row.state)[2]


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


PATIENTS: tuple[Column[PatientRow], ...] = (
    Column(
        "state",
        N_("State"),
        lambda row, _: name_patient_state(row),
        136,
        116,
        state=lambda row: words.get_cell_style(row.state),
        tip=lambda row, _: explain_patient(row),
    ),
    Column(
        "name",
        N_("Name"),
        lambda row, _: visible(row.name or "—"),
        124,
        72,
        sort=PatientSort.NAME,
        tip=lambda row, _: row.name,
    ),
    Column(
        "key",
        N_("Patient no."),
        lambda row, _: row.key,
        140,
        112,
        sort=PatientSort.KEY,
        tip=lambda row, _: row.key,
    ),
    Column(
        "birth_date",
        N_("Born"),
        lambda row, _: row.birth_date or "—",
        112,
        90,
        sort=PatientSort.BORN,
    ),
    Column(
        "phone",
        N_("Mobile"),
        lambda row, _: visible(row.phone or "—"),
        140,
        112,
        sort=PatientSort.PHONE,
        tip=lambda row, _: row.phone or "",
    ),
    Column(
        "synced",
        N_("Synced"),
        lambda row, _: words.format_ago(row.synced_at),
        96,
        96,
        stretches=True,
        hide_rank=1,
    ),
)
QUEUE: tuple[Column[QueueRow], ...] = (
    Column(
        "state",
        N_("State"),
        lambda row, _: words.name_entry_state(row.status, row.operation, in_part=bool(row.not_stored)),
        136,
        104,
        state=lambda row: words.get_cell_style(row.status),
    ),
    Column(
        "what",
        N_("What"),
        lambda row, _: words.name_entry(row),
        128,
        84,
        tip=lambda row, _: words.name_entry(row),
    ),
    Column(
        "about",
        N_("About"),
        lambda row, _: visible(words.name_subject(row)),
        124,
        80,
        tip=lambda row, _: f"{row.key}  {row.patient_name or ''}",
    ),
    Column(
        "why",
        N_("Why"),
        lambda row, server: visible(words.explain_entry(row, server)),
        180,
        150,
        tip=words.explain_entry,
        stretches=True,
    ),
    Column(
        "tries",
        N_("Tries"),
        lambda row, _: str(row.attempts) if row.attempts else "—",
        52,
        46,
        align=Qt.AlignmentFlag.AlignRight,
        hide_rank=1,
    ),
    Column("next", N_("Next"), words.format_next_try, 92, 70),
)


def build_patients_model(parent: QObject) -> PagedModel:
    return PagedModel(PATIENTS, lambda row: row.id, parent)


def build_queue_model(parent: QObject, server: Callable[[], ServerView] = lambda: NO_SERVER) -> PagedModel:
    """The model of the queue table; when an entry is tried next depends on the server too."""
    return PagedModel(QUEUE, lambda row: row.seq, parent, server)
