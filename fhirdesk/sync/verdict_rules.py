"""What each verdict means for its entry and for the server: one rule each (docs/queue.md, "Reading an answer")."""

from collections.abc import Mapping
from dataclasses import dataclass

from fhirdesk.core.exchange import UNDECIDED, Verdict
from fhirdesk.core.queue_entry import Phase, Status


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an entry goes for a verdict, and what it means for the server as a whole."""

    status: Status
    reason: str
    phase: Phase = Phase.ANSWERED
    counts: bool = False
    pauses: bool = False  # a person must act before anything else is sent
    server_waits: bool = False  # the whole server is away or busy


RULES: Mapping[Verdict, Rule] = {
    **dict.fromkeys(sorted(UNDECIDED), Rule(Status.UNKNOWN, "why_checking", Phase.LOST)),
    Verdict.NOT_SENT: Rule(Status.PENDING, "why_offline", Phase.NOT_SENT, server_waits=True),
    Verdict.NOT_TRUSTED: Rule(Status.PENDING, "why_not_trusted", Phase.NOT_SENT, pauses=True),
    Verdict.NOT_FHIR: Rule(Status.UNKNOWN, "why_not_fhir", Phase.LOST, pauses=True),
    Verdict.MIXED_UP: Rule(Status.UNKNOWN, "why_mixed_up", Phase.LOST, pauses=True),
    Verdict.MOVED: Rule(Status.PENDING, "why_moved", pauses=True),
    Verdict.REJECTED: Rule(Status.FAILED, "why_rejected"),
    Verdict.PERMISSION: Rule(Status.FAILED, "why_permission"),
    Verdict.SIGN_IN: Rule(Status.PENDING, "why_sign_in", pauses=True),
    Verdict.WRONG_PLACE: Rule(Status.PENDING, "why_wrong_place", pauses=True),
    Verdict.NOT_THERE: Rule(Status.UNKNOWN, "why_not_there"),
    Verdict.GONE: Rule(Status.CONFLICT, "why_gone"),
    Verdict.UNSUPPORTED: Rule(Status.HELD, "why_unsupported"),
    Verdict.STALE: Rule(Status.UNKNOWN, "why_stale"),
    Verdict.LOCKED: Rule(Status.PENDING, "why_locked", counts=True),
    Verdict.DUPLICATE: Rule(Status.UNKNOWN, "why_checking", Phase.ANSWERED),  # a conflict, once seen which ones
    Verdict.NEEDS_VERSION: Rule(Status.UNKNOWN, "why_stale"),
    Verdict.TOO_LARGE: Rule(Status.FAILED, "why_too_large"),
    Verdict.BUSY: Rule(Status.PENDING, "why_busy", server_waits=True),
    Verdict.MISSING_REFERENCE: Rule(Status.HELD, "why_missing_reference"),
    Verdict.BACKOFF: Rule(Status.PENDING, "why_busy", counts=True),
}
