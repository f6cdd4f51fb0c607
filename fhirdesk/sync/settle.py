"""What an answer does to its entry: one row a verdict (design: docs/queue.md, "Reading an answer"). No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fhirdesk.answer import Reading, Verdict
from fhirdesk.clock import Clock
from fhirdesk.entry import Mapped, Phase, QueueEntry, Reason, Status
from fhirdesk.store.queue import Move
from fhirdesk.sync.circuit import backoff

MOST_COUNTED = 8  # counted attempts on one entry while others succeed


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an entry goes for a verdict, and what it means for the server as a whole."""

    status: Status
    reason: str
    phase: Phase = Phase.ANSWERED
    counts: bool = False
    pauses: bool = False  # a person must act before anything else is sent
    server_waits: bool = False  # the whole server is away or busy
    look_now: bool = False  # unknown: a probe is due at once


RULES: Mapping[Verdict, Rule] = {
    Verdict.UNKNOWN: Rule(Status.UNKNOWN, "why_checking", Phase.LOST, look_now=True),
    Verdict.NOT_SENT: Rule(Status.PENDING, "why_offline", Phase.NOT_SENT, server_waits=True),
    Verdict.NOT_TRUSTED: Rule(Status.PENDING, "why_not_trusted", Phase.NOT_SENT, pauses=True),
    Verdict.NOT_FHIR: Rule(Status.UNKNOWN, "why_not_fhir", pauses=True),
    Verdict.MOVED: Rule(Status.PENDING, "why_moved", pauses=True),
    Verdict.REJECTED: Rule(Status.FAILED, "why_rejected"),
    Verdict.PERMISSION: Rule(Status.FAILED, "why_permission"),
    Verdict.SIGN_IN: Rule(Status.PENDING, "why_sign_in", pauses=True),
    Verdict.WRONG_PLACE: Rule(Status.PENDING, "why_wrong_place", pauses=True),
    Verdict.NOT_THERE: Rule(Status.UNKNOWN, "why_not_there", look_now=True),
    Verdict.GONE: Rule(Status.CONFLICT, "why_gone"),
    Verdict.UNSUPPORTED: Rule(Status.HELD, "why_unsupported"),
    Verdict.STALE: Rule(Status.UNKNOWN, "why_stale", look_now=True),
    Verdict.LOCKED: Rule(Status.PENDING, "why_locked", counts=True),
    Verdict.DUPLICATE: Rule(Status.CONFLICT, "why_duplicate"),
    Verdict.NEEDS_VERSION: Rule(Status.UNKNOWN, "why_stale", look_now=True),
    Verdict.TOO_LARGE: Rule(Status.FAILED, "why_too_large"),
    Verdict.BUSY: Rule(Status.PENDING, "why_busy", server_waits=True),
    Verdict.MISSING_REFERENCE: Rule(Status.HELD, "why_missing_reference"),
    Verdict.BACKOFF: Rule(Status.PENDING, "why_locked", counts=True),
}


def settle(entry: QueueEntry, number: int, reading: Reading, sent: Mapping[str, Any] | None, clock: Clock) -> Move:
    """The move that this reading asks for."""
    if reading.verdict is Verdict.DONE:
        return completed(entry, number, reading, sent, clock)
    rule = RULES[reading.verdict]
    counts = rule.counts or (reading.answer.status or 0) >= 500
    status, reason = rule.status, why(rule, entry, reading)
    if counts and entry.counted + 1 >= MOST_COUNTED and status is Status.PENDING:
        status, reason = Status.FAILED, Reason("why_poison")
    wait = backoff(clock, entry.counted + 1, reading.answer.retry_after) if rule.counts else 0.0
    return Move(
        entry,
        number,
        status,
        reason=reason,
        not_before=clock.now() + wait,
        counts=counts,
        alone=entry.alone,
        phase=rule.phase,
        **noted(reading),
    )


def completed(entry: QueueEntry, number: int, reading: Reading, sent: Mapping[str, Any] | None, clock: Clock) -> Move:
    """The server said yes, with proof."""
    base = reading.resource or sent
    mapped = None
    if reading.logical_id and base is not None:
        mapped = Mapped(
            type=entry.type,
            key=entry.key,
            resource_type=entry.resource_type,
            logical_id=reading.logical_id,
            version_id=reading.version_id,
            base=dict(base),
            base_read=reading.resource is not None,
            synced_at=clock.now(),
        )
    return Move(entry, number, Status.COMPLETED, phase=Phase.ANSWERED, mapped=mapped, **noted(reading))


def why(rule: Rule, entry: QueueEntry, reading: Reading) -> Reason:
    """The reason in words; an issue's code and place go along, its free text stays in the attempt."""
    params = {"type": entry.resource_type, "status": str(reading.answer.status or "")}
    if reading.issue:
        params["issue"] = reading.issue.code
        if reading.issue.expression:
            params["expression"] = reading.issue.expression
    return Reason(rule.reason, params | dict(reading.answer.failure_params))


def noted(reading: Reading) -> dict[str, Any]:
    """What the attempt keeps of an answer."""
    texts = "; ".join(i.text for i in reading.answer.issues if i.text) or None
    return {
        "http_status": reading.answer.status,
        "issue": reading.issue.code if reading.issue else reading.answer.failure,
        "request_id": reading.answer.request_id,
        "ms": reading.answer.ms,
        "answer": texts,
    }
