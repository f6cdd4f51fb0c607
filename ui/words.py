"""Labels of states, types, interactions, phases and times: tables for the eye, translated when shown."""

import time

from PySide6.QtCore import QDate, QDateTime, QLocale

from fhirdesk.core.queue_entry import Operation, Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import STATE_OF, Link, QueueRow, ServerView, SyncState
from fhirdesk.i18n.labels import STATUSES, inside_sentence, status_label, type_label
from fhirdesk.i18n.translation import N_, _, fill
from ui.language import locale, render

STATES: dict[SyncState, str] = {state: STATUSES[status] for status, state in STATE_OF.items()} | {  # of a patient
    SyncState.ON_SERVER: N_("On the server"),
    SyncState.LOCAL: N_("This computer only"),
}
MEANINGS: dict[SyncState, str] = {
    SyncState.ON_SERVER: N_("Everything about this patient is on the server."),
    SyncState.NOT_SENT: N_("Something about this patient waits to be sent."),
    SyncState.SENDING: N_("Something about this patient is being sent now."),
    SyncState.HELD: N_("Something about this patient waits for something else."),
    SyncState.CHECKING: N_("An answer was lost: we look whether the server saved it before we send again."),
    SyncState.CONFLICT: N_("The server has something else: a person must decide."),
    SyncState.REFUSED: N_("The server refused something: a person must correct it."),
    SyncState.LOCAL: N_("Kept on this computer; nothing about this patient waits to be sent."),
}
MARKS: dict[SyncState, str] = {  # of ui/design/marks
    SyncState.ON_SERVER: "saved",
    SyncState.NOT_SENT: "not_sent",
    SyncState.SENDING: "sending",
    SyncState.HELD: "waiting",
    SyncState.CHECKING: "checking",
    SyncState.CONFLICT: "conflict",
    SyncState.REFUSED: "refused",
    SyncState.LOCAL: "local",
}
NEEDS_PERSON = frozenset({SyncState.CONFLICT, SyncState.REFUSED})  # coloured words: look here
UNSAVED = N_("Not saved")  # an edit that ended without the server's yes: nobody took it back
IN_PART = N_("Saved in part")
OPERATIONS = {
    Operation.CREATE: N_("New {type}"),
    Operation.UPDATE: N_("{type} update"),
    Operation.DELETE: N_("{type} deletion"),
    Operation.EDIT: N_("{type} profile edit"),
}
LINKS: dict[Link, tuple[str, str]] = {
    Link.UNSET: ("faint", N_("no server")),
    Link.CONNECTING: ("info", N_("connecting")),
    Link.ONLINE: ("ok", N_("connected")),
    Link.OFFLINE: ("refused", N_("offline")),
    Link.PAUSED: ("conflict", N_("paused")),
    Link.ELSEWHERE: ("info", N_("another process sends")),
}
HINTS = {  # instead of a time
    Status.CONFLICT: N_("Resolve"),
    Status.FAILED: N_("Fix"),
    Status.PROCESSING: N_("now"),
}
STANDS = {Link.PAUSED: N_("paused"), Link.UNSET: N_("no server")}
AWAY = frozenset({*STANDS, Link.OFFLINE})
SENDING = {  # what becomes of what was just saved
    Link.UNSET: N_("Nothing is sent yet: no server is set."),
    Link.CONNECTING: N_("It is sent once the server answers."),
    Link.ONLINE: N_("It is sent to the server now."),
    Link.OFFLINE: N_("It is sent when the server is back."),
    Link.PAUSED: N_("Sending is paused: it is sent after that."),
    Link.ELSEWHERE: N_("Another process sends it."),
}
GENDERS = {
    "F": N_("Female"),
    "M": N_("Male"),
    "O": N_("Other"),
    "U": N_("Unknown"),
}
SHORT_GENDERS = {
    "F": N_("F"),
    "M": N_("M"),
    "O": N_("Other"),
}
OLDEST = 150  # years: more is a slip
SECONDS_FROM = 2000  # ms: longer spans are told in seconds
RESULTS = {
    "new": N_("new"),
    "changed": N_("changed"),
    "unchanged": N_("unchanged"),
    "refused": N_("refused"),
}


def name_state(state: SyncState | Status) -> str:
    """The word of a state."""
    return status_label(state) if isinstance(state, Status) else _(STATES[state])


def name_entry_state(status: Status, operation: str, *, in_part: bool = False) -> str:
    """The label of an entry's state. `in_part`: the server stored the resource, but not all of it as it was sent."""
    if status is Status.COMPLETED and in_part:
        return _(IN_PART)
    if status is Status.CANCELLED and operation == Operation.EDIT:
        return _(UNSAVED)
    return name_state(status)


def explain_patient_state(state: SyncState) -> str:
    """A sentence that explains a patient's state."""
    return _(MEANINGS[state])


def find_sync_state(state: SyncState | Status) -> SyncState | None:
    """The state for the eye; None of an entry that ended without being sent."""
    return STATE_OF.get(state) if isinstance(state, Status) else state


def get_mark(state: SyncState | Status) -> str:
    """The mark of a state."""
    known = find_sync_state(state)
    return MARKS[known] if known else "ended"


def get_tone(state: SyncState | Status) -> str:
    """The colour token of a state's word: a colour where a person must act, quiet where all is fine."""
    known = find_sync_state(state)
    if known in NEEDS_PERSON:
        return MARKS[known]
    return "muted" if known in (SyncState.ON_SERVER, SyncState.NOT_SENT, SyncState.LOCAL, None) else "text"


def describe_delivery(link: Link) -> str:
    """What happens next to a change that was just saved here."""
    return _(SENDING[link])


def describe_unopened() -> str:
    """The text in place of data that cannot be read."""
    return _("The records could not be opened.")


def name_operation(type_: str, operation: Operation) -> str:
    """The label of an operation on a record type: 'New lab result', 'Patient update'."""
    pattern, word = _(OPERATIONS[operation]), type_label(type_)
    return fill(pattern, type=word if pattern.startswith("{") else inside_sentence(word))


def name_entry(row: QueueRow) -> str:
    """The label of an entry: its operation and record type."""
    return name_operation(row.type, Operation(row.operation))


def explain_entry(row: QueueRow, server: ServerView) -> str:
    """Why an entry is in its state; an entry that waits for the server alone says what the server waits for."""
    waits = row.status is Status.PENDING and row.reason.code == "why_due" and server.link in AWAY
    return describe_delivery(server.link) if waits else render(row.reason)


def format_next_try(row: QueueRow, server: ServerView, now: float | None = None) -> str:
    """When the queue works on an entry again, or what somebody has to do; a deletion has nothing to fix."""
    if row.status is Status.FAILED and row.operation == Operation.DELETE:
        return _("Retry")
    return format_due(row.status, row.not_before, server, now)


def format_due(status: Status, not_before: float, server: ServerView, now: float | None = None) -> str:
    """A time for an entry that waits, a hint for one that needs a person; nothing is due while sending is paused or no
    server is set."""
    if status in HINTS:
        return _(HINTS[status])
    if status not in (Status.PENDING, Status.UNKNOWN):
        return "—"
    if server.link in STANDS:
        return _(STANDS[server.link])
    if server.link is Link.OFFLINE:
        return format_until(max(not_before, server.next_try or 0), now)
    return format_until(not_before, now)


def format_until(at: float, now: float | None = None) -> str:
    """The time until a moment: 'in 3 s'."""
    seconds = round(at - (time.time() if now is None else now))
    if seconds <= 0:
        return _("now")
    if seconds < 100:
        return fill(_("in {n} s"), n=seconds)
    if seconds < 6000:
        return fill(_("in {n} min"), n=round(seconds / 60))
    return fill(_("in {n} h"), n=round(seconds / 3600))


def format_ago(at: float | None, now: float | None = None) -> str:
    """The time since a moment: '3 min ago'; the date when it is more than a week ago."""
    if at is None:
        return "—"
    past = (time.time() if now is None else now) - at
    if past < 60:
        return _("just now")
    if past < 3600:
        return fill(_("{n} min ago"), n=int(past / 60))
    if past < 86400:
        return fill(_("{n} h ago"), n=int(past / 3600))
    if past < 7 * 86400:
        return fill(_("{n} d ago"), n=int(past / 86400))
    return locale().toString(QDateTime.fromSecsSinceEpoch(int(at)).date(), QLocale.FormatType.ShortFormat)


def format_moment(at: float) -> str:
    """A date and time with seconds."""
    return QDateTime.fromMSecsSinceEpoch(int(at * 1000)).toString("yyyy-MM-dd HH:mm:ss")


def format_time(at: float) -> str:
    """The time of a moment of today with seconds; else its date and time without them."""
    then = QDateTime.fromMSecsSinceEpoch(int(at * 1000))
    return then.toString("HH:mm:ss" if then.date() == QDateTime.currentDateTime().date() else "yyyy-MM-dd HH:mm")


def format_span(ms: float | None) -> str:
    """How long something took: '38 ms', '10.0 s'; empty where that is not known."""
    if ms is None:
        return ""
    return f"{ms:.0f} ms" if ms < SECONDS_FROM else f"{ms / 1000:.1f} s"


def format_seen(at: float) -> str:
    """The time of a moment of today, or its date and time."""
    then = QDateTime.fromSecsSinceEpoch(int(at))
    time_ = locale().toString(then.time(), QLocale.FormatType.ShortFormat)
    if then.date() == QDateTime.currentDateTime().date():
        return time_
    return f"{locale().toString(then.date(), QLocale.FormatType.ShortFormat)} {time_}"


def format_clock() -> str:
    """The time of day now."""
    return QDateTime.currentDateTime().toString("HH:mm:ss")


def format_name(patient: Record) -> str:
    """A person's name in the order of its language; the record's key where there is no name."""
    family, given = (str(patient.fields.get(n) or "") for n in ("family_name", "given_name"))
    if family and given and "가" <= family[0] <= "힣":
        return family + given
    return " ".join(n for n in (given, family) if n) or patient.key


def format_sex_and_age(gender: str | None, birth_date: str | None) -> str:
    """A person's sex and age: 'F · 41'; a dash for what is not known."""
    sex = _(SHORT_GENDERS[gender]) if gender in SHORT_GENDERS else "—"
    return f"{sex} · {compute_age(birth_date)}"


def compute_age(birth_date: str | None, today: QDate | None = None) -> str:
    """The age in whole years today, of a date or year of birth (YYYY-MM-DD, YYYY-MM or YYYY); a dash where it is not
    known or lies ahead."""
    parts = [int(part) for part in (birth_date or "").split("-") if part.isdecimal()]
    if not parts:
        return "—"
    year, month, day = (*parts, 1, 1)[:3]
    today = today or QDate.currentDate()
    years = today.year() - year - ((today.month(), today.day()) < (month, day))
    return str(years) if 0 <= years <= OLDEST else "—"


def format_value(field: str, value: str | None) -> str:
    """The value of a field, as people say it."""
    if value is None:
        return _("none")
    return _(GENDERS[value]) if field == "gender" and value in GENDERS else value


def format_count(number: int) -> str:
    """A number with separators: '1,024'."""
    return locale().toString(number)
