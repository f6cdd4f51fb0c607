"""Ends profile edits: only the server's yes changes the record, and all but an unknown outcome is final (rule 12)."""

from dataclasses import replace

from fhirdesk.core.queue_entry import Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.resource import Resource
from fhirdesk.store.queue import Transition
from fhirdesk.sync.results.refused_field import find_refused_field
from fhirdesk.sync.results.stored_check import NOT_DONE
from fhirdesk.sync.verdict_rules import RULES

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
STAYS_OPEN = ("why_newer_there", "why_not_arrived")
PAUSES = frozenset(rule.reason for rule in RULES.values() if rule.pauses)


def final_transition(transition: Transition, sent: Resource | None) -> Transition:
    """The transition of an edit entry: what would wait, fail or ask a person is cancelled instead, its attempts kept.
    One whose outcome was unknown stays open until it has arrived or is refused: nobody waits with its text any more."""
    reason = transition.reason or Reason(ACCEPTED)
    if transition.status is Status.COMPLETED:
        return transition if reason.code == NOT_DONE else replace(transition, reason=Reason(ACCEPTED))
    if transition.status is Status.FAILED:
        return _cancel(transition, _refusal_reason(transition, reason, sent))
    if transition.status is Status.CONFLICT:
        return _cancel(transition, _conflict_reason(reason))
    if transition.status is Status.HELD and transition.phase is Phase.ANSWERED:  # a no to the whole type
        return _cancel(transition, _refusal_reason(transition, reason, sent))
    stays_open = transition.status is Status.PENDING and (transition.number > 1 or reason.code in STAYS_OPEN)
    if transition.status in (Status.PENDING, Status.HELD) and not stays_open:
        code = PAUSED if reason.code in PAUSES else UNREACHABLE
        return _cancel(transition, Reason(code, dict(reason.params)))
    return transition


def cancel_unsendable(entry: QueueEntry, status: Status, reason: Reason) -> tuple[Status, Reason]:
    """State and reason of an entry that cannot be sent as it is; an edit is cancelled, its text stays in the form."""
    if entry.operation is not Operation.EDIT:
        return status, reason
    if status is Status.CONFLICT:
        return Status.CANCELLED, _conflict_reason(reason)
    return Status.CANCELLED, Reason(REFUSALS.get(reason.code, NOT_SENT), dict(reason.params))


def _conflict_reason(reason: Reason) -> Reason:
    return Reason(GONE if reason.code in NOT_THERE else CONFLICT, dict(reason.params))


def _cancel(transition: Transition, reason: Reason) -> Transition:
    return replace(transition, status=Status.CANCELLED, reason=reason, waits_for=None)


def _refusal_reason(transition: Transition, reason: Reason, sent: Resource | None) -> Reason:
    """The kind of refusal, by what the server said, and the field if it names one."""
    entry, edit = transition.entry, transition.entry.edit or {}
    params = {name: value for name, value in reason.params.items() if name != "field"}
    field = find_refused_field(entry.record.with_fields(**edit), sent or {}, transition.issues, edit)
    return Reason(REFUSALS.get(reason.code, REFUSED), params | ({"field": field} if field else {}))
