"""Handles the answers to what was sent: each moves its entry, and tells something of the server as a whole."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Classified, Delivery, Response, Verdict
from fhirdesk.core.queue_entry import Operation, Phase, Reason, Status
from fhirdesk.remote.bundle import MISMATCH
from fhirdesk.remote.outcome import classify
from fhirdesk.remote.status import is_healthy, is_ok, read_verdict
from fhirdesk.store.queue import Transition
from fhirdesk.store.store import Store
from fhirdesk.sync.link.circuit_breaker import CircuitBreaker
from fhirdesk.sync.link.copy_normalizer import CopyNormalizer
from fhirdesk.sync.link.server_events import announce_server
from fhirdesk.sync.link.server_identity import ServerIdentity
from fhirdesk.sync.plan import Send
from fhirdesk.sync.results import edit_transitions
from fhirdesk.sync.results.refusal_streaks import RefusalStreaks
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.results.stored_check import check_stored
from fhirdesk.sync.results.transitions import Company, plan_transition
from fhirdesk.sync.server_copy import is_another_record, unset_locally
from fhirdesk.sync.verdict_rules import RULES

log = logging.getLogger("fhirdesk.sync")


class ResponseHandler:
    """Classifies answers, has their outcome written, and tells breaker and identity what they say of the server."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        circuit: CircuitBreaker,
        writer: ResultWriter,
        identity: ServerIdentity,
        mapper: Mapper,
        copies: CopyNormalizer,
    ):
        self._store, self._clock, self.circuit, self.writer = store, clock, circuit, writer
        self._mapper, self._copies = mapper, copies
        self._identity, self._refusals = identity, RefusalStreaks()
        self.refused: set[tuple[str, str]] = set()  # (resource type, interaction), whatever it declares

    def handle(self, sends: Sequence[Send], answers: Sequence[Response], *, shared: bool = False) -> list[Verdict]:
        """Handle the answers to claimed entries, given in the same order; `shared` says that one answer stands for all.
        Returns the verdict of each."""
        readings = [self._classify(s, a) for s, a in zip(sends, answers, strict=True)]
        yes = self.circuit.has_recent_success or any(r.verdict is Verdict.DONE for r in readings)
        transitions = [self._plan(s, r, Company(yes, shared)) for s, r in zip(sends, readings, strict=True)]
        self.writer.commit(transitions)
        for send, reading in zip(sends, readings, strict=True):
            self._record_for_entries(send, reading)
        for reading in readings[:1] if shared else readings:
            self._record_for_server(reading)
        return [r.verdict for r in readings]

    def _classify(self, send: Send, answer: Response) -> Classified:
        """The verdict, and a copy in the answer in the form that we sent."""
        return self._drop_foreign_copy(
            send, self._copies.normalize_answer(classify(send.request, answer), send.entry, send.mapped)
        )

    def _drop_foreign_copy(self, send: Send, reading: Classified) -> Classified:
        """MIXED_UP, with nothing of the answer kept, if a yes shows another record's resource (H1); else the answer as
        it is. What a conditional create found there is judged later (D15)."""
        is_existing = send.request.if_none_exist and is_ok(reading.response)
        resource, sent = reading.resource, send.request.body
        if is_existing or not resource or not sent or not is_another_record(send.entry, sent, resource, self._mapper):
            return reading
        return Classified(Verdict.MIXED_UP, reading.response)

    def return_unsent(self, sends: Sequence[Send]) -> None:
        """Make entries that were claimed and not sent pending again; no attempt is used up."""
        now = self._clock.now()
        transitions = [
            Transition(s.entry, s.entry.attempts + 1, Status.PENDING, not_before=now, phase=Phase.NOT_SENT)
            for s in sends
        ]
        self.writer.commit([final(m, None) for m in transitions])

    def _plan(self, send: Send, reading: Classified, company: Company) -> Transition:
        transition = plan_transition(send.entry, send.entry.attempts + 1, reading, send.request, self._clock, company)
        is_existing = transition.mapped and transition.status is Status.PENDING  # a create found it there (D15)
        if is_existing and reading.resource is not None:
            transition = replace(transition, taken=unset_locally(send.entry, dict(reading.resource), self._mapper))
        if transition.status is Status.COMPLETED and reading.resource and send.request.body:
            base = send.mapped.base if send.mapped else None
            transition = check_stored(transition, base, send.request.body, reading.resource, self._mapper)
        return final(transition, send.request.body)

    def _record_for_entries(self, send: Send, reading: Classified) -> None:
        """Tell what an answer to an entry says of the server: pause, refuse a type, or count a success."""
        self._identity.record_answer(reading.response)
        rule = RULES.get(reading.verdict)
        refused = self._refusals.record((send.entry.type, send.entry.key), reading)
        if rule and rule.pauses:
            code = sign_in_reason(reading.response).code if reading.verdict is Verdict.SIGN_IN else rule.reason
            self.pause(Reason(code, {"type": send.entry.resource_type} | dict(reading.response.error_params)))
        elif refused:
            self.pause(refused)
        elif reading.verdict is Verdict.UNSUPPORTED:
            self._record_unsupported(send)
        elif reading.verdict is Verdict.DONE:
            self.circuit.record_success()

    def _record_for_server(self, reading: Classified) -> None:
        """Tell the breaker whether the server is there. A 5xx tells neither: it may be about the entry alone."""
        answer, rule = reading.response, RULES.get(reading.verdict)
        if reading.verdict is Verdict.BUSY:
            self._record_busy(answer)
        elif (rule and rule.server_waits) or (answer.delivery is Delivery.LOST and answer.error_code != MISMATCH):
            self._record_missed(answer)
        elif is_healthy(answer):
            self._record_answer()

    def _record_busy(self, answer: Response) -> None:
        """Wait as the server asks; requests that were in flight together count as one."""
        if self.circuit.may_send():
            self.circuit.record_busy(Reason("why_busy"), answer.retry_after)
            announce_server(self._store)

    def _record_missed(self, answer: Response) -> None:
        """Count a request that was not delivered or not answered: who answers next may be another server."""
        self._identity.suspected = True
        if self.circuit.may_send():
            reason = Reason("why_offline", dict(answer.error_params))
            self.record_failure(reason, answer.retry_after, took=answer.ms / 1000)

    def refuses(self, send: Send) -> bool:
        """True if the server refused an interaction of that type before."""
        return (send.entry.resource_type, send.request.interaction) in self.refused

    def _record_unsupported(self, send: Send) -> None:
        """Remember that the server does not take that type, so that others of it are held untried (D6)."""
        what = (send.entry.resource_type, send.request.interaction)
        if what not in self.refused:
            self.refused.add(what)
            log.warning("this server does not take %s of %s, whatever it declares", what[1], what[0])

    def _record_answer(self) -> None:
        was_offline = self.circuit.is_open
        self.circuit.record_answer()
        if was_offline:
            announce_server(self._store)

    def record_success(self) -> None:
        """Count a success that a look found: the server deals with entries, whatever becomes of its answers."""
        self.circuit.record_success()
        self._record_answer()

    def record_contact(self, answer: Response) -> bool:
        """True if the server answered a question. If not, the breaker is told, or sending pauses for a person."""
        verdict = read_verdict(answer)
        if verdict is Verdict.DONE:
            self.circuit.record_contact()
            return True
        if verdict is Verdict.BUSY:
            self._record_busy(answer)
        elif verdict is Verdict.SIGN_IN:
            self.pause(sign_in_reason(answer))
        elif verdict is Verdict.NOT_FHIR:
            self.pause(Reason("why_not_fhir"))
        elif RULES[verdict].pauses:
            self.pause(Reason(RULES[verdict].reason, dict(answer.error_params)))
        elif verdict is Verdict.NOT_SENT:
            self._record_missed(answer)
        elif self.circuit.may_send():
            self.record_failure(Reason("why_offline"), took=answer.ms / 1000)
        return False

    def record_failure(
        self, reason: Reason, retry_after: float | None = None, *, at_once: bool = False, took: float = 0.0
    ) -> None:
        """Tell the breaker, and everybody who listens, that the server cannot be reached."""
        self.circuit.record_failure(reason, retry_after, at_once=at_once, took=took)
        announce_server(self._store)

    def pause(self, reason: Reason) -> None:
        """Pause sending until a person acts; the pause survives a restart."""
        if self.circuit.paused is None:
            log.warning("sending is paused: %s", reason.code)
        self.circuit.pause(reason)
        self.writer.pause(reason)


def sign_in_reason(answer: Response) -> Reason:
    """Why sending pauses for a sign-in: it is refused, or the secret is of the wrong kind."""
    return Reason(answer.error_code if answer.error_code == "token_wants_key" else "why_sign_in")


def final(transition: Transition, sent: Mapping[str, object] | None) -> Transition:
    """The transition as it is, or for a profile edit as rule 12 ends it."""
    is_edit = transition.entry.operation is Operation.EDIT
    return edit_transitions.final_transition(transition, dict(sent or {})) if is_edit else transition
