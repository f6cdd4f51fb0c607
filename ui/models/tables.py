"""The columns of the patients and the queue table."""

from PySide6.QtCore import QCoreApplication, QObject

from fhirdesk.views import PatientRow, PatientSort, QueueRow
from ui import words
from ui.language import say
from ui.models.paged import Column, PagedModel


def patient_state(row: PatientRow) -> str:
    """The state's word; an edit whose outcome is open is said with it."""
    word = words.look(row.state)[2]
    pending = QCoreApplication.translate("Columns", "edit pending")
    return f"{word} · {pending}" if row.pending_edit else word


PATIENTS = (
    Column(
        "state",
        lambda: QCoreApplication.translate("Columns", "State"),
        patient_state,
        132,
        state=lambda r: words.sign(r.state),
    ),
    Column(
        "name",
        lambda: QCoreApplication.translate("Columns", "Name"),
        lambda r: visible(r.name),
        108,
        sort=PatientSort.NAME,
        tip=lambda r: r.name,
    ),
    Column("key", lambda: QCoreApplication.translate("Columns", "Number"), lambda r: r.key, 122, sort=PatientSort.KEY),
    Column(
        "birth_date",
        lambda: QCoreApplication.translate("Columns", "Born"),
        lambda r: r.birth_date or "—",
        98,
        sort=PatientSort.BORN,
    ),
    Column(
        "phone",
        lambda: QCoreApplication.translate("Columns", "Mobile"),
        lambda r: visible(r.phone or "—"),
        122,
        sort=PatientSort.PHONE,
    ),
    Column("synced", lambda: QCoreApplication.translate("Columns", "Synced"), lambda r: words.ago(r.synced_at), 92),
)
QUEUE = (
    Column(
        "state",
        lambda: QCoreApplication.translate("Columns", "State"),
        lambda r: words.look(r.status)[2],
        132,
        state=lambda r: words.sign(r.status),
    ),
    Column("what", lambda: QCoreApplication.translate("Columns", "What"), words.what, 112),
    Column(
        "about",
        lambda: QCoreApplication.translate("Columns", "About"),
        lambda r: visible(words.about(r)),
        118,
        tip=lambda r: f"{r.key}  {r.patient_name or ''}",
    ),
    Column(
        "why",
        lambda: QCoreApplication.translate("Columns", "Why"),
        lambda r: visible(say(r.reason)),
        290,
        tip=lambda r: say(r.reason),
    ),
    Column(
        "tries",
        lambda: QCoreApplication.translate("Columns", "Tries"),
        lambda r: str(r.attempts) if r.attempts else "—",
        48,
    ),
    Column("next", lambda: QCoreApplication.translate("Columns", "Next"), words.next_try, 68),
)
_UNSEEN = {
    ord(c): f"⟨{ord(c):04X}⟩" for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff"
}
_UNSEEN |= {ord("\n"): "⏎", ord("\r"): "⏎", ord("\t"): " "}
LONGEST = 300


def visible(text: str) -> str:
    """One line, cut at 300 characters, with marks that would turn or hide text shown as such."""
    return text[:LONGEST].translate(_UNSEEN)


def patients_model(parent: QObject) -> PagedModel:
    """The patients table."""

    def identity(row: PatientRow) -> int:
        return row.id

    return PagedModel(PATIENTS, identity, parent)


def queue_model(parent: QObject) -> PagedModel:
    """The queue table."""

    def identity(row: QueueRow) -> int:
        return row.seq

    return PagedModel(QUEUE, identity, parent)
