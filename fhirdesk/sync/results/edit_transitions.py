"""How a profile edit ends (rule 12): only the server's yes changes the record; all but an unknown outcome is final."""

from dataclasses import replace

from fhirdesk.core.queue_entry import Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.resource import Resource
from fhirdesk.store.queue import Transition
from fhirdesk.sync.refused_field import find_refused_field
from fhirdesk.sync.results.transitions import RULES
from fhirdesk.sync.stored_check import NOT_DONE

ACCEPTED, REFUSED, UNREACHABLE, PAUSED, UNKNOWN = (
    "edit_accepted",
    "edit_refused",
    "edit_unreachable",
    "edit_paused",
    "edit_unknown",
)
CONFLICT = "edit_conflict"  # both sides changed it: a person chooses
GONE = "edit_gone"  # it is not there any more
BLOCKED = "edit_blocked"  # an earlier change of the patient waits for a person
NOT_SENT = "edit_not_sent"  # it cannot be sent as it stands
REFUSALS = {
    "why_rejected": REFUSED,
    **dict.fromkeys(("why_permission", "why_scope"), "edit_not_allowed"),
    "why_too_large": "edit_too_large",
    "why_unsupported": "edit_not_taken",
}
NOT_THERE = frozenset({"why_gone", "why_missing_there"})
GOES_ON = ("why_newer_there", "why_not_arrived")
PAUSES = frozenset(rule.reason for rule in RULES.values() if rule.pauses)


def final_transition(move: Transition, sent: Resource | None) -> Transition:
    """The move of an edit entry: what would wait, fail or ask is cancelled instead, its attempts kept. One of which it
    was not known whether it arrived stays open until it has, or is refused: nobody waits with its text any more."""
    reason = move.reason or Reason(ACCEPTED)
    if move.status is Status.COMPLETED:
        return move if reason.code == NOT_DONE else replace(move, reason=Reason(ACCEPTED))
    if move.status is Status.FAILED:
        return _cancelled(move, _refused(move, reason, sent))
    if move.status is Status.CONFLICT:
        return _cancelled(move, _clash(reason))
    if move.status is Status.HELD and move.phase is Phase.ANSWERED:  # it answered: no, for the type as a whole
        return _cancelled(move, _refused(move, reason, sent))
    open_ = move.status is Status.PENDING and (move.number > 1 or reason.code in GOES_ON)
    if move.status in (Status.PENDING, Status.HELD) and not open_:
        code = PAUSED if reason.code in PAUSES else UNREACHABLE
        return _cancelled(move, Reason(code, dict(reason.params)))
    return move


def cancel_unsendable(entry: QueueEntry, status: Status, reason: Reason) -> tuple[Status, Reason]:
    """An entry that cannot be sent as it is; an edit is over then, and its text stays in the form."""
    if entry.operation is not Operation.EDIT:
        return status, reason
    if status is Status.CONFLICT:
        return Status.CANCELLED, _clash(reason)
    return Status.CANCELLED, Reason(REFUSALS.get(reason.code, NOT_SENT), dict(reason.params))


def _clash(reason: Reason) -> Reason:
    return Reason(GONE if reason.code in NOT_THERE else CONFLICT, dict(reason.params))


def _cancelled(move: Transition, reason: Reason) -> Transition:
    return replace(move, status=Status.CANCELLED, reason=reason, waits=None)


def _refused(move: Transition, reason: Reason, sent: Resource | None) -> Reason:
    """By what the server said: the kind of refusal, and the field only where it names one."""
    entry, edit = move.entry, move.entry.edit or {}
    params = {name: value for name, value in reason.params.items() if name != "field"}
    field = find_refused_field(entry.record.with_fields(**edit), sent or {}, move.issues, edit)
    return Reason(REFUSALS.get(reason.code, REFUSED), params | ({"field": field} if field else {}))
