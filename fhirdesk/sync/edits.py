"""How a profile edit ends (rule 12): only the server's yes changes the record; all but an unknown outcome is final."""

from dataclasses import replace

from fhirdesk.converters import registry
from fhirdesk.entry import Operation, QueueEntry, Reason, Status
from fhirdesk.resource import Resource
from fhirdesk.store.queue import Move
from fhirdesk.sync.settle import RULES
from fhirdesk.views import EditOutcome, EditResult

ACCEPTED, REFUSED, UNREACHABLE, PAUSED, CONFLICT, UNKNOWN = (
    "edit_accepted",
    "edit_refused",
    "edit_unreachable",
    "edit_paused",
    "edit_conflict",
    "edit_unknown",
)
OUTCOMES = {
    ACCEPTED: EditOutcome.ACCEPTED,
    REFUSED: EditOutcome.REFUSED,
    UNREACHABLE: EditOutcome.UNREACHABLE,
    PAUSED: EditOutcome.UNREACHABLE,
    CONFLICT: EditOutcome.CONFLICT,
}
GOES_ON = ("why_newer_there", "why_not_arrived")
PAUSES = frozenset(rule.reason for rule in RULES.values() if rule.pauses)


def final(move: Move, sent: Resource | None) -> Move:
    """The move of an edit entry: what would wait, fail or ask is cancelled instead, its attempts kept. One of which it
    was not known whether it arrived stays open until it has, or is refused: nobody waits with its text any more."""
    reason = move.reason or Reason(ACCEPTED)
    if move.status is Status.COMPLETED:
        return replace(move, reason=Reason(ACCEPTED))
    if move.status is Status.FAILED:
        field = refused_field(move.entry, reason, sent)
        return _cancelled(move, Reason(REFUSED, dict(reason.params) | ({"field": field} if field else {})))
    if move.status is Status.CONFLICT:
        return _cancelled(move, Reason(CONFLICT, dict(reason.params)))
    open_ = move.status is Status.PENDING and (move.number > 1 or reason.code in GOES_ON)
    if move.status in (Status.PENDING, Status.HELD) and not open_:
        code = PAUSED if reason.code in PAUSES else UNREACHABLE
        return _cancelled(move, Reason(code, dict(reason.params)))
    return move


def aside(entry: QueueEntry, status: Status, reason: Reason) -> tuple[Status, Reason]:
    """An entry that cannot be sent as it is; an edit is over then, and its text stays in the form."""
    if entry.operation is not Operation.EDIT:
        return status, reason
    return Status.CANCELLED, Reason(CONFLICT if status is Status.CONFLICT else REFUSED, dict(reason.params))


def _cancelled(move: Move, reason: Reason) -> Move:
    return replace(move, status=Status.CANCELLED, reason=reason, waits=None)


def refused_field(entry: QueueEntry, reason: Reason, sent: Resource | None) -> str | None:
    """The record's own field that the server's expression points at; the only one edited, when it does not say."""
    expression = reason.params.get("expression")
    if expression and sent:
        found = registry.field_at(entry.record.with_fields(**(entry.edit or {})), sent, expression)
        if found:
            return found
    changed = list(entry.edit or ())
    return changed[0] if len(changed) == 1 else None


def result(entry: QueueEntry) -> EditResult:
    """What to tell the person, from the entry as it stands."""
    reason = entry.reason or Reason(UNKNOWN)
    outcome = OUTCOMES.get(reason.code, EditOutcome.UNKNOWN)
    if entry.status is Status.COMPLETED:
        outcome, reason = EditOutcome.ACCEPTED, Reason(ACCEPTED)
    elif entry.status is not Status.CANCELLED:
        outcome, reason = EditOutcome.UNKNOWN, Reason(UNKNOWN)
    return EditResult(outcome, reason, field=reason.params.get("field"), entry=entry.uuid)
