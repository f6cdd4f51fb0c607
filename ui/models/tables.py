"""The columns of the patients table and of the queue table."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import Link, PatientRow, PatientSort, QueueRow, ServerView, SyncState
from fhirdesk.core.visible import visible as made_visible
from ui import words
from ui.language import mark, render
from ui.models.paged import Column, PagedModel


def name_patient_state(row: PatientRow) -> str:
    """The label of a patient's state; an edit whose outcome is open is named instead."""
    if row.pending_edit and row.state in (SyncState.ON_SERVER, SyncState.NOT_SENT, SyncState.SENDING):
        return QCoreApplication.translate("Columns", "Edit pending")
    return words.get_state_style(row.state)[2]


def explain_patient(row: PatientRow) -> str:
    """A sentence that explains the state of a patient."""
    if row.pending_edit:
        return QCoreApplication.translate(
            "Columns", "An edit waits for the server: until it says yes, the value shown here is the server's."
        )
    return "\n".join(
        [words.explain_patient_state(row.state), *([render(Reason("patient_partial"))] if row.partial else [])]
    )


PATIENTS = (
    Column(
        "state",
        lambda: QCoreApplication.translate("Columns", "State"),
        name_patient_state,
        136,
        116,
        state=lambda r: words.get_cell_style(r.state),
        tip=explain_patient,
    ),
    Column(
        "name",
        lambda: QCoreApplication.translate("Columns", "Name"),
        lambda r: visible(r.name or "—"),
        124,
        72,
        sort=PatientSort.NAME,
        tip=lambda r: r.name,
    ),
    Column(
        "key",
        lambda: QCoreApplication.translate("Columns", "Number"),
        lambda r: r.key,
        140,
        112,
        sort=PatientSort.KEY,
        tip=lambda r: r.key,
    ),
    Column(
        "birth_date",
        lambda: QCoreApplication.translate("Columns", "Born"),
        lambda r: r.birth_date or "—",
        112,
        90,
        sort=PatientSort.BORN,
    ),
    Column(
        "phone",
        lambda: QCoreApplication.translate("Columns", "Mobile"),
        lambda r: visible(r.phone or "—"),
        140,
        112,
        sort=PatientSort.PHONE,
        tip=lambda r: r.phone or "",
    ),
    Column(
        "synced",
        lambda: QCoreApplication.translate("Columns", "Synced"),
        lambda r: words.format_ago(r.synced_at),
        96,
        96,
        stretches=True,
        hide_rank=1,
    ),
)
QUEUE = (
    Column(
        "state",
        lambda: QCoreApplication.translate("Columns", "State"),
        lambda r: words.name_entry_state(r.status, r.operation, in_part=bool(r.not_stored)),
        136,
        104,
        state=lambda r: words.get_cell_style(r.status),
    ),
    Column(
        "what", lambda: QCoreApplication.translate("Columns", "What"), words.name_entry, 128, 84, tip=words.name_entry
    ),
    Column(
        "about",
        lambda: QCoreApplication.translate("Columns", "About"),
        lambda r: visible(words.name_subject(r)),
        124,
        80,
        tip=lambda r: f"{r.key}  {r.patient_name or ''}",
    ),
    Column(
        "tries",
        lambda: QCoreApplication.translate("Columns", "Tries"),
        lambda r: str(r.attempts) if r.attempts else "—",
        52,
        46,
        hide_rank=1,
    ),
)
LONGEST = 300


def visible(text: str) -> str:
    """The text on one line, cut at 300 characters; characters that would turn or hide text are shown as marks."""
    return made_visible(text[:LONGEST])


def build_patients_model(parent: QObject) -> PagedModel:

    def identity(row: PatientRow) -> int:
        return row.id

    return PagedModel(PATIENTS, identity, parent)


NO_SERVER = ServerView("", None, Link.UNSET, False)


def build_queue_model(parent: QObject, server: Callable[[], ServerView] = lambda: NO_SERVER) -> PagedModel:
    """The model of the queue table; when an entry is tried next depends on the server too."""

    def identity(row: QueueRow) -> int:
        return row.seq

    def why(row: QueueRow) -> str:
        return words.explain_entry(row, server())

    def next_try(row: QueueRow) -> str:
        return words.format_next_try(row, server())

    def titled(text: str) -> Callable[[], str]:
        return lambda: QCoreApplication.translate("Columns", text)

    reason = Column("why", titled(mark("Columns", "Why")), lambda r: visible(why(r)), 180, 150, tip=why, stretches=True)
    next_ = Column("next", titled(mark("Columns", "Next")), next_try, 92, 70)
    *first, tries = QUEUE
    return PagedModel((*first, reason, tries, next_), identity, parent)
