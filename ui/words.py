"""Labels of states, types, interactions, phases and times: tables for the eye, translated when shown."""

import time

from PySide6.QtCore import QDateTime, QLocale

from fhirdesk.core.queue_entry import Operation, Phase, Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import STATE_OF, Link, QueueRow, ServerView, SyncState
from ui.language import inside_sentence, locale, mark, render, translate, type_label

# state → (glyph, colour token, word): never colour alone
STATES: dict[SyncState, tuple[str, str, str]] = {
    SyncState.ON_SERVER: ("✓", "ok", mark("States", "On the server")),
    SyncState.NOT_SENT: ("○", "muted", mark("States", "Not sent yet")),
    SyncState.SENDING: ("↑", "info", mark("States", "Sending")),
    SyncState.HELD: ("‖", "waiting", mark("States", "Held")),
    SyncState.CHECKING: ("?", "checking", mark("States", "Checking")),
    SyncState.CONFLICT: ("⇄", "conflict", mark("States", "Conflict")),
    SyncState.REFUSED: ("!", "refused", mark("States", "Refused")),
    SyncState.LOCAL: ("·", "faint", mark("States", "This computer only")),
}
MEANINGS: dict[SyncState, str] = {
    SyncState.ON_SERVER: mark("Meanings", "Everything about this patient is on the server."),
    SyncState.NOT_SENT: mark("Meanings", "Something about this patient waits to be sent."),
    SyncState.SENDING: mark("Meanings", "Something about this patient is being sent now."),
    SyncState.HELD: mark("Meanings", "Something about this patient waits for something else."),
    SyncState.CHECKING: mark(
        "Meanings", "An answer was lost: we look whether the server saved it before we send again."
    ),
    SyncState.CONFLICT: mark("Meanings", "The server has something else: a person must decide."),
    SyncState.REFUSED: mark("Meanings", "The server refused something: a person must correct it."),
    SyncState.LOCAL: mark("Meanings", "Kept on this computer; nothing about this patient waits to be sent."),
}
LOUD = frozenset({SyncState.CHECKING, SyncState.CONFLICT, SyncState.REFUSED})  # coloured text: look here
COUNTERS: dict[Status, str] = {
    Status.PENDING: mark("Counters", "not sent"),
    Status.HELD: mark("Counters", "held"),
    Status.PROCESSING: mark("Counters", "sending"),
    Status.UNKNOWN: mark("Counters", "checking"),
    Status.CONFLICT: mark("Counters", "conflict"),
    Status.FAILED: mark("Counters", "refused"),
    Status.COMPLETED: mark("Counters", "done"),
}
ENDED = {
    Status.SUPERSEDED: ("·", "faint", mark("States", "Replaced")),
    Status.CANCELLED: ("×", "faint", mark("States", "Taken back")),
}
UNSAVED = mark("States", "Not saved")  # an edit that ended without the server's yes: nobody took it back
IN_PART = mark("States", "Saved in part")
OPERATIONS = {
    Operation.CREATE: mark("Operations", "New {type}"),
    Operation.UPDATE: mark("Operations", "{type} update"),
    Operation.DELETE: mark("Operations", "{type} deletion"),
    Operation.EDIT: mark("Operations", "{type} profile edit"),
}
PHASES = {
    Phase.STARTED: mark("Phases", "started"),
    Phase.NOT_SENT: mark("Phases", "not sent: no connection"),
    Phase.ANSWERED: mark("Phases", "answered"),
    Phase.LOST: mark("Phases", "answer lost"),
    Phase.PROBED: mark("Phases", "looked at the server"),
    Phase.INTERRUPTED: mark("Phases", "interrupted"),
}
LINKS: dict[Link, tuple[str, str]] = {
    Link.UNSET: ("faint", mark("Links", "no server")),
    Link.CONNECTING: ("info", mark("Links", "connecting")),
    Link.ONLINE: ("ok", mark("Links", "connected")),
    Link.OFFLINE: ("refused", mark("Links", "offline")),
    Link.PAUSED: ("conflict", mark("Links", "paused")),
    Link.ELSEWHERE: ("info", mark("Links", "another process sends")),
}
HINTS = {  # instead of a time
    Status.CONFLICT: mark("Times", "decide"),
    Status.FAILED: mark("Times", "needs you"),
    Status.PROCESSING: mark("Times", "now"),
}
STANDS = {Link.PAUSED: mark("Times", "paused"), Link.UNSET: mark("Times", "no server")}
AWAY = frozenset({*STANDS, Link.OFFLINE})
SENDING = {  # what becomes of what was just saved
    Link.UNSET: mark("Sending", "Nothing is sent yet: no server is set."),
    Link.CONNECTING: mark("Sending", "It is sent once the server answers."),
    Link.ONLINE: mark("Sending", "It is sent to the server now."),
    Link.OFFLINE: mark("Sending", "It is sent when the server is back."),
    Link.PAUSED: mark("Sending", "Sending is paused: it is sent after that."),
    Link.ELSEWHERE: mark("Sending", "Another process sends it."),
}
GENDERS = {
    "F": mark("Genders", "Female"),
    "M": mark("Genders", "Male"),
    "O": mark("Genders", "Other"),
    "U": mark("Genders", "Unknown"),
}
RESULTS = {
    "new": mark("Results", "new"),
    "changed": mark("Results", "changed"),
    "unchanged": mark("Results", "unchanged"),
    "refused": mark("Results", "refused"),
}


def get_state_style(state: SyncState | Status) -> tuple[str, str, str]:
    """The (glyph, colour token, label) of a state."""
    if isinstance(state, Status):
        if state in ENDED:
            glyph, token, word = ENDED[state]
            return glyph, token, translate("States", word)
        state = STATE_OF[state]
    glyph, token, word = STATES[state]
    return glyph, token, translate("States", word)


def name_entry_state(status: Status, operation: str, *, in_part: bool = False) -> str:
    """The label of an entry's state. `in_part`: the server stored the resource, but not all of it as it was sent."""
    if status is Status.COMPLETED and in_part:
        return translate("States", IN_PART)
    if status is Status.CANCELLED and operation == Operation.EDIT:
        return translate("States", UNSAVED)
    return get_state_style(status)[2]


def explain_patient_state(state: SyncState) -> str:
    """A sentence that explains a patient's state."""
    return translate("Meanings", MEANINGS[state])


def get_cell_style(state: SyncState | Status) -> tuple[str, str, str]:
    """The (glyph, its colour token, the label's colour token) that the delegate paints. Plain strings, because Qt turns
    a StrEnum into a str on its way through a model."""
    glyph, token, _ = get_state_style(state)
    loud = (STATE_OF.get(state) if isinstance(state, Status) else state) in LOUD
    return glyph, token, token if loud else "text"


def describe_delivery(link: Link) -> str:
    """What happens next to a change that was just saved here."""
    return translate("Sending", SENDING[link])


def describe_unread(*, failed: bool) -> str:
    """The text in place of data that was not read: the records are being opened, or cannot be."""
    text = mark("Unread", "The records could not be opened.") if failed else mark("Unread", "Opening the records…")
    return translate("Unread", text)


def name_operation(type_: str, operation: Operation) -> str:
    """The label of an operation on a record type: 'New lab result', 'Patient update'."""
    pattern, word = translate("Operations", OPERATIONS[operation]), type_label(type_)
    return pattern.format(type=word if pattern.startswith("{") else inside_sentence(word))


def name_entry(row: QueueRow) -> str:
    """The label of an entry: its operation and record type."""
    return name_operation(row.type, Operation(row.operation))


def name_subject(row: QueueRow) -> str:
    """The subject of an entry: a patient by name, any other record by its number."""
    return row.patient_name or row.key if row.type == "patient" else row.key


def explain_entry(row: QueueRow, server: ServerView) -> str:
    """Why an entry is in its state; an entry that waits for the server alone says what the server waits for."""
    waits = row.status is Status.PENDING and row.reason.code == "why_due" and server.link in AWAY
    return describe_delivery(server.link) if waits else render(row.reason)


def format_next_try(row: QueueRow, server: ServerView, now: float | None = None) -> str:
    """When the queue works on an entry again."""
    return format_due(row.status, row.not_before, server, now)


def format_due(status: Status, not_before: float, server: ServerView, now: float | None = None) -> str:
    """A time for an entry that waits, a hint for one that needs a person; nothing is due while sending is paused or no
    server is set."""
    if status in HINTS:
        return translate("Times", HINTS[status])
    if status not in (Status.PENDING, Status.UNKNOWN):
        return "—"
    if server.link in STANDS:
        return translate("Times", STANDS[server.link])
    if server.link is Link.OFFLINE:
        return format_until(max(not_before, server.next_try or 0), now)
    return format_until(not_before, now)


def format_until(at: float, now: float | None = None) -> str:
    """The time until a moment: 'in 3 s'."""
    seconds = round(at - (time.time() if now is None else now))
    if seconds <= 0:
        return translate("Times", "now")
    if seconds < 100:
        return translate("Times", "in {n} s").format(n=seconds)
    if seconds < 6000:
        return translate("Times", "in {n} min").format(n=round(seconds / 60))
    return translate("Times", "in {n} h").format(n=round(seconds / 3600))


def format_ago(at: float | None, now: float | None = None) -> str:
    """The time since a moment: '3 min ago'; the date when it is more than a week ago."""
    if at is None:
        return "—"
    past = (time.time() if now is None else now) - at
    if past < 60:
        return translate("Times", "just now")
    if past < 3600:
        return translate("Times", "{n} min ago").format(n=int(past / 60))
    if past < 86400:
        return translate("Times", "{n} h ago").format(n=int(past / 3600))
    if past < 7 * 86400:
        return translate("Times", "{n} d ago").format(n=int(past / 86400))
    return locale().toString(QDateTime.fromSecsSinceEpoch(int(at)).date(), QLocale.FormatType.ShortFormat)


def format_moment(at: float) -> str:
    """A date and time with seconds."""
    return QDateTime.fromMSecsSinceEpoch(int(at * 1000)).toString("yyyy-MM-dd HH:mm:ss")


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


def format_value(field: str, value: str | None) -> str:
    """The value of a field, as people say it."""
    if value is None:
        return translate("Values", "none")
    return translate("Genders", GENDERS[value]) if field == "gender" and value in GENDERS else value


def format_count(number: int) -> str:
    """A number with separators: '1,024'."""
    return locale().toString(number)
