"""What happened to an entry, step by step, in words."""

from fhirdesk.core.queue_entry import Attempt, Phase, QueueEntry, server_issues
from fhirdesk.core.views import EntryDetails
from fhirdesk.i18n.translation import N_, _, fill
from ui import words
from ui.models.steps import Step
from ui.words_http import describe_code

Outcome = tuple[str, str]  # the mark, and what happened
PHASES: dict[Phase, Outcome] = {
    Phase.STARTED: ("sending", N_("Sending")),
    Phase.NOT_SENT: ("waiting", N_("No connection")),
    Phase.LOST: ("checking", N_("Broken off before the answer")),
    Phase.INTERRUPTED: ("checking", N_("The program ended before the answer")),
    Phase.PROBED: ("checking", N_("Looked at the server")),
}
BUSY = ("waiting", N_("Server away or busy"))
ABSENT = ("refused", N_("Not found on the server"))
CHANGED = ("conflict", N_("Changed on the server"))
STATUSES: dict[int, Outcome] = {
    401: ("refused", N_("Sign-in wanted")),
    403: ("refused", N_("Not allowed")),
    404: ABSENT,
    408: BUSY,
    409: CHANGED,
    410: ABSENT,
    412: CHANGED,
    429: BUSY,
    503: BUSY,
}
CLASSES: dict[int, Outcome] = {
    2: ("saved", N_("Saved")),
    3: ("refused", N_("Sent to another address")),
    4: ("refused", N_("Refused")),
    5: ("checking", N_("Trouble at the server")),
}
NOT_CHANGED = frozenset({"duplicate", "multiple-matches"})  # codes of a 409 or 412 that is about something else
MOST_QUOTED = 3  # sentences


def list_steps(details: EntryDetails) -> list[Step]:
    """How the entry was queued, and each attempt, the oldest first."""
    entry = details.entry
    priority = fill(_("Priority {number}"), number=entry.priority)
    queued = Step("not_sent", _("Put in the queue"), priority, words.format_time(entry.created_at))
    return [queued, *map(_build_step, details.history)]


def _build_step(attempt: Attempt) -> Step:
    mark, title = find_outcome(attempt)
    code = describe_code(attempt.issue) if attempt.issue else ""
    looked = _("looked at the server") if attempt.phase is Phase.PROBED and attempt.status else ""
    rest = " · ".join(filter(None, (f"HTTP {attempt.status}" if attempt.status else "", code, looked)))
    return Step(mark, _(title), rest, words.format_time(attempt.at), words.format_span(attempt.ms))


def find_outcome(attempt: Attempt) -> Outcome:
    """The mark of an attempt, and what happened, in English."""
    if attempt.phase in PHASES and not (attempt.phase is Phase.PROBED and attempt.status):
        return PHASES[attempt.phase]
    status = attempt.status or 0
    if attempt.issue in NOT_CHANGED:
        return CLASSES[4]
    return STATUSES.get(status) or CLASSES.get(status // 100) or CLASSES[5]


def list_quotes(history: tuple[Attempt, ...]) -> list[str]:
    """The server's own sentences of the newest answer: the text meant for people first, then the diagnostics."""
    texts = [part for issue in server_issues(history) for part in (issue.text or "").split(" | ")]
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))[:MOST_QUOTED]


def find_place(history: tuple[Attempt, ...]) -> str:
    """The element that the newest answer is about, as the server names it; empty where it names none."""
    return next((issue.expression for issue in server_issues(history) if issue.expression), "")


def format_queued(entry: QueueEntry) -> str:
    """What identifies an entry, for those who look it up."""
    facts = {_("Record"): entry.key, _("Entry"): entry.uuid, _("Priority"): str(entry.priority)}
    if entry.logical_id:
        facts[_("On the server as")] = f"{entry.resource_type}/{entry.logical_id}"
    if entry.origin:
        facts[_("Corrects")] = entry.origin
    return "\n".join([words.format_moment(entry.created_at), "", *(f"{name}: {fact}" for name, fact in facts.items())])
