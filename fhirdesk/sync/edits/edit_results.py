"""Describes to the user how a profile edit ended, from its entry."""

from collections.abc import Sequence

from fhirdesk.core.queue_entry import Attempt, QueueEntry, Reason, Status, server_sentences
from fhirdesk.core.views import EditOutcome, EditResult
from fhirdesk.sync.results.edit_transitions import (
    ACCEPTED,
    BLOCKED,
    CONFLICT,
    GONE,
    NOT_SENT,
    PAUSED,
    REFUSALS,
    UNKNOWN,
    UNREACHABLE,
)
from fhirdesk.sync.results.stored_check import NOT_DONE

OUTCOMES = {
    ACCEPTED: EditOutcome.ACCEPTED,
    **dict.fromkeys((*REFUSALS.values(), NOT_SENT), EditOutcome.REFUSED),
    NOT_DONE: EditOutcome.NOT_DONE,
    UNREACHABLE: EditOutcome.UNREACHABLE,
    PAUSED: EditOutcome.UNREACHABLE,
    CONFLICT: EditOutcome.CONFLICT,
    GONE: EditOutcome.CONFLICT,
    BLOCKED: EditOutcome.CONFLICT,
}


def describe_edit(entry: QueueEntry, history: Sequence[Attempt] = ()) -> EditResult:
    """The result to show to the user: from the entry as it is now and, after a refusal, the server's own sentences."""
    reason = entry.reason or Reason(UNKNOWN)
    outcome = OUTCOMES.get(reason.code, EditOutcome.UNKNOWN)
    if entry.status is Status.COMPLETED and reason.code != NOT_DONE:
        outcome, reason = EditOutcome.ACCEPTED, Reason(ACCEPTED)
    elif entry.status not in (Status.COMPLETED, Status.CANCELLED):
        outcome, reason = EditOutcome.UNKNOWN, Reason(UNKNOWN)
    sentences = server_sentences(history) if outcome is EditOutcome.REFUSED else None
    return EditResult(outcome, reason, field=reason.params.get("field"), entry=entry.uuid, said=sentences)
