"""Plans what an answer does to its entry: one rule for each verdict (docs/queue.md, "Reading an answer"). No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fhirdesk.converters import registry
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Classified, Delivery, Request, Verdict
from fhirdesk.core.queue_entry import IdMapping, Phase, QueueEntry, Reason, Status
from fhirdesk.core.resource import identifiers
from fhirdesk.remote.outcome import scope_missing
from fhirdesk.remote.status import has_created, is_ok
from fhirdesk.store.queue import MIXED_UP, STRANGER, Transition
from fhirdesk.sync.link.backoff import backoff
from fhirdesk.sync.results.refused_field import find_refused_field
from fhirdesk.sync.verdict_rules import RULES, Rule

MOST_COUNTED = 8  # counted attempts on one entry while others succeed
MOST_WORDS = 200  # of a server, in a reason
NO_YES = {Verdict.NOT_FHIR: STRANGER, Verdict.MIXED_UP: MIXED_UP}  # the issue kept of a yes that is none


@dataclass(frozen=True, slots=True)
class Company:
    """How an entry was sent: whether others succeed meanwhile, and whether one answer stands for a whole Bundle."""

    succeeds: bool = True
    shared: bool = False


def plan_transition(
    entry: QueueEntry, number: int, reading: Classified, sent: Request, clock: Clock, company: Company
) -> Transition:
    """The transition that a classified answer asks for."""
    if reading.verdict is Verdict.DONE:
        if sent.if_none_exist and is_ok(reading.response):
            return adopt_existing(entry, number, reading, sent.body, clock)
        if has_revived(reading, sent):
            return Transition(entry, number, Status.CONFLICT, Reason("why_brought_back"), **attempt_fields(reading))
        if needs_reading_back(reading, sent):
            back, at = Reason("why_reading_back"), reading.logical_id
            return Transition(
                entry, number, Status.UNKNOWN, back, isolated=entry.isolated, logical_id=at, **attempt_fields(reading)
            )
        return complete(entry, number, reading, sent.body, clock)
    rule = RULES[Verdict.REJECTED if is_taken_by_another(reading, sent) else reading.verdict]
    counts = not company.shared and counts_as_failure(rule, reading, company)
    status, reason = rule.status, build_reason(rule, entry, reading, sent.body)
    if counts and company.succeeds and entry.failures + 1 >= MOST_COUNTED and status is Status.PENDING:
        status, reason = Status.FAILED, Reason("why_poison")
    waits = rule.counts and status is Status.PENDING
    wait = backoff(clock, entry.failures + 1, reading.response.retry_after) if waits else 0.0
    return Transition(
        entry,
        number,
        status,
        reason=reason,
        not_before=clock.now() + wait,
        counts=counts,
        isolated=entry.isolated and status is Status.UNKNOWN,
        phase=rule.phase,
        **attempt_fields(reading),
    )


def is_taken_by_another(reading: Classified, sent: Request) -> bool:
    """True if an update is refused because another resource has its number: nothing is in doubt, it is rejected."""
    return reading.verdict is Verdict.DUPLICATE and sent.interaction == "update"


def counts_as_failure(rule: Rule, reading: Classified, company: Company) -> bool:
    """True if the attempt counts towards giving up: a lock error, a 5xx, a lost answer while others succeed."""
    lost = reading.response.delivery is Delivery.LOST and company.succeeds
    return rule.counts or lost or reading.verdict is Verdict.SERVER_ERROR


def has_revived(reading: Classified, sent: Request) -> bool:
    """True if an update created the resource anew: it had been deleted meanwhile (H9)."""
    return sent.method == "PUT" and not sent.creates and has_created(reading.response)


def needs_reading_back(reading: Classified, sent: Request) -> bool:
    """True if a yes does not tell what the server holds now: it has no versions, or the answer is empty."""
    if sent.method == "DELETE" or reading.version_id is not None:
        return False
    return sent.method == "PUT" or reading.resource is None


def complete(
    entry: QueueEntry, number: int, reading: Classified, sent: Mapping[str, Any] | None, clock: Clock
) -> Transition:
    """Complete the entry: the server said yes, with proof."""
    mapped = build_mapping(entry, reading, sent, clock)
    return Transition(entry, number, Status.COMPLETED, phase=Phase.ANSWERED, mapping=mapped, **attempt_fields(reading))


def adopt_existing(
    entry: QueueEntry, number: int, reading: Classified, sent: Mapping[str, Any] | None, clock: Clock
) -> Transition:
    """The transition after a conditional create found a resource (D15): completed if it equals ours, else ours is laid
    over it; a conflict if it does not have our number, whatever the server takes for equal."""
    existing = reading.resource
    if existing is None:
        return Transition(
            entry, number, Status.UNKNOWN, explain_doubt(reading), isolated=entry.isolated, **attempt_fields(reading)
        )
    if not list_number_systems(entry, sent or {}) & list_number_systems(entry, existing):
        reason = Reason("why_another_number", {"id": str(reading.logical_id)})
        return Transition(entry, number, Status.CONFLICT, reason, **attempt_fields(reading))
    if registry.same(entry.type, dict(sent or {}), dict(existing)):
        return complete(entry, number, reading, sent, clock)
    mapped = build_mapping(entry, reading, sent, clock)
    return Transition(
        entry, number, Status.PENDING, Reason("why_newer_there"), mapping=mapped, **attempt_fields(reading)
    )


def list_number_systems(entry: QueueEntry, resource: Mapping[str, Any]) -> set[str]:
    """The identifier systems under which the resource has the record's key."""
    systems = (i.get("system", "") for i in identifiers(resource) if i.get("value") == entry.key)
    return {system for system in systems if isinstance(system, str)}


def build_mapping(
    entry: QueueEntry, reading: Classified, sent: Mapping[str, Any] | None, clock: Clock
) -> IdMapping | None:
    """The mapping that a yes proves; None if it names no id, or no content is known."""
    base = reading.resource or sent
    if not reading.logical_id or base is None:
        return None
    return IdMapping(
        type=entry.type,
        key=entry.key,
        resource_type=entry.resource_type,
        logical_id=reading.logical_id,
        version_id=reading.version_id,
        base=dict(base),
        base_read=reading.resource is not None,
        synced_at=clock.now(),
    )


def build_reason(rule: Rule, entry: QueueEntry, reading: Classified, sent: Mapping[str, Any] | None) -> Reason:
    """The reason for people, with the issue's code and place and the record's field. The server's free text stays in
    the attempt."""
    params = {"type": entry.resource_type, "status": str(reading.response.status or "")}
    if reading.issue:
        params["issue"] = reading.issue.code
        if reading.issue.expression:
            params["expression"] = reading.issue.expression
        if rule.status is Status.FAILED and (
            field := find_refused_field(entry.record, sent or {}, reading.response.issues)
        ):
            params["field"] = field
    if scope_missing(reading.response):
        return scope_reason(entry.resource_type, "write")
    doubt = explain_doubt(reading) if rule.reason == "why_checking" else Reason(rule.reason)
    return Reason(doubt.code, params | dict(doubt.params) | dict(reading.response.error_params))


def explain_doubt(reading: Classified) -> Reason:
    """Why the outcome is not known: the answer does not tell, cannot be read, or did not come."""
    answer = reading.response
    if answer.delivery is Delivery.ANSWERED:
        words = next((f": {i.text[:MOST_WORDS]}" for i in answer.issues if i.text), "")
        return Reason("why_answered", {"status": str(answer.status), "said": words})
    return Reason("why_unreadable" if answer.unread else "why_checking")


def scope_reason(resource_type: str, what: str) -> Reason:
    """The scope that this program lacks to do `what` (read, write) with that type."""
    return Reason("why_scope", {"type": resource_type, "scope": f"system/{resource_type}.{what}"})


def attempt_fields(reading: Classified) -> dict[str, Any]:
    """Fields of a transition: what the attempt keeps of an answer."""
    return {
        "http_status": reading.response.status,
        "verdict": reading.verdict,
        "issue": NO_YES.get(reading.verdict) or (reading.issue.code if reading.issue else reading.response.error_code),
        "request_id": reading.response.request_id,
        "ms": reading.response.ms,
        "issues": reading.response.issues,
    }
