"""Answers come in: each moves its entry, and says something of the server as a whole."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fhirdesk.converters.context import Context
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
from fhirdesk.sync.results.transitions import RULES, Company, plan_transition
from fhirdesk.sync.server_copy import is_another_record, unset_locally
from fhirdesk.sync.stored_check import check_stored

log = logging.getLogger("fhirdesk.sync")


class ResponseHandler:
    """Where answers are read."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        circuit: CircuitBreaker,
        writer: ResultWriter,
        identity: ServerIdentity,
        context: Context,
        copies: CopyNormalizer,
    ):
        self._store, self._clock, self.circuit, self.writer = store, clock, circuit, writer
        self._context, self._copies = context, copies
        self._identity, self._refusals = identity, RefusalStreaks()
        self.refused: set[tuple[str, str]] = set()  # (resource type, interaction), whatever it declares

    def handle(self, sends: Sequence[Send], answers: Sequence[Response], *, shared: bool = False) -> list[Verdict]:
        """Answers to claimed entries, by position; `shared`: one answer stands for all. What each was read as."""
        readings = [self._read(s, a) for s, a in zip(sends, answers, strict=True)]
        yes = self.circuit.has_recent_success or any(r.verdict is Verdict.DONE for r in readings)
        moves = [self._move(s, r, Company(yes, shared)) for s, r in zip(sends, readings, strict=True)]
        self.writer.commit(moves)
        for send, reading in zip(sends, readings, strict=True):
            self._note(send, reading)
        for reading in readings[:1] if shared else readings:
            self._note_server(reading)
        return [r.verdict for r in readings]

    def _read(self, send: Send, answer: Response) -> Classified:
        """The verdict; a copy in the answer as this program speaks of it."""
        return self._of_ours(
            send, self._copies.normalize_answer(classify(send.request, answer), send.entry, send.mapped)
        )

    def _of_ours(self, send: Send, reading: Classified) -> Classified:
        """H1: a yes that shows another's resource is none: nothing of it is kept. What a conditional create met is
        judged where it is taken over (D15)."""
        met = send.request.if_none_exist and is_ok(reading.response)
        theirs, sent = reading.resource, send.request.body
        if met or not theirs or not sent or not is_another_record(send.entry, sent, theirs, self._context):
            return reading
        return Classified(Verdict.MIXED_UP, reading.response)

    def return_unsent(self, sends: Sequence[Send]) -> None:
        """Claimed and not sent: pending as before, no attempt used."""
        now = self._clock.now()
        undone = [
            Transition(s.entry, s.entry.attempts + 1, Status.PENDING, not_before=now, phase=Phase.NOT_SENT)
            for s in sends
        ]
        self.writer.commit([final(m, None) for m in undone])

    def _move(self, send: Send, reading: Classified, company: Company) -> Transition:
        move = plan_transition(send.entry, send.entry.attempts + 1, reading, send.request, self._clock, company)
        if move.mapped and move.status is Status.PENDING and reading.resource is not None:  # a create met it (D15)
            move = replace(move, taken=unset_locally(send.entry, dict(reading.resource), self._context))
        if move.status is Status.COMPLETED and reading.resource and send.request.body:
            base = send.mapped.base if send.mapped else None
            move = check_stored(move, base, send.request.body, reading.resource, self._context)
        return final(move, send.request.body)

    def _note(self, send: Send, reading: Classified) -> None:
        """What an answer says of the server."""
        self._identity.record_answer(reading.response)
        rule = RULES.get(reading.verdict)
        refused = self._refusals.note((send.entry.type, send.entry.key), reading)
        if rule and rule.pauses:
            code = signs_in_again(reading.response).code if reading.verdict is Verdict.SIGN_IN else rule.reason
            self.pause(Reason(code, {"type": send.entry.resource_type} | dict(reading.response.error_params)))
        elif refused:
            self.pause(refused)
        elif reading.verdict is Verdict.UNSUPPORTED:
            self._not_taken(send)
        elif reading.verdict is Verdict.DONE:
            self.circuit.record_success()

    def _note_server(self, reading: Classified) -> None:
        """Whether it is there. A 5xx says neither: it may be about the entry alone."""
        answer, rule = reading.response, RULES.get(reading.verdict)
        if reading.verdict is Verdict.BUSY:
            self._busy(answer)
        elif (rule and rule.server_waits) or (answer.delivery is Delivery.LOST and answer.error_code != MISMATCH):
            self._missed(answer)
        elif is_healthy(answer):
            self._answered()

    def _busy(self, answer: Response) -> None:
        """Those in flight together are one wait."""
        if self.circuit.may_send():
            self.circuit.record_busy(Reason("why_busy"), answer.retry_after)
            announce_server(self._store)

    def _missed(self, answer: Response) -> None:
        """Not delivered, or not answered: who answers next may be another server."""
        self._identity.suspected = True
        if self.circuit.may_send():
            reason = Reason("why_offline", dict(answer.error_params))
            self.record_failure(reason, answer.retry_after, took=answer.ms / 1000)

    def refuses(self, send: Send) -> bool:
        """Whether the server refused an interaction of that type before."""
        return (send.entry.resource_type, send.request.interaction) in self.refused

    def _not_taken(self, send: Send) -> None:
        """D6: said once for a type; the others of it are held before they are tried."""
        what = (send.entry.resource_type, send.request.interaction)
        if what not in self.refused:
            self.refused.add(what)
            log.warning("this server does not take %s of %s, whatever it declares", what[1], what[0])

    def _answered(self) -> None:
        was_offline = self.circuit.is_open
        self.circuit.record_answer()
        if was_offline:
            announce_server(self._store)

    def record_success(self) -> None:
        """What went out was found on the server: it deals with entries, whatever becomes of its answers."""
        self.circuit.record_success()
        self._answered()

    def record_contact(self, answer: Response) -> bool:
        """Whether the server answered a question; otherwise it did not, wants us to wait, or a person must act."""
        verdict = read_verdict(answer)
        if verdict is Verdict.DONE:
            self.circuit.record_contact()
            return True
        if verdict is Verdict.BUSY:
            self._busy(answer)
        elif verdict is Verdict.SIGN_IN:
            self.pause(signs_in_again(answer))
        elif verdict is Verdict.NOT_FHIR:
            self.pause(Reason("why_not_fhir"))
        elif RULES[verdict].pauses:
            self.pause(Reason(RULES[verdict].reason, dict(answer.error_params)))
        elif verdict is Verdict.NOT_SENT:
            self._missed(answer)
        elif self.circuit.may_send():
            self.record_failure(Reason("why_offline"), took=answer.ms / 1000)
        return False

    def record_failure(
        self, reason: Reason, retry_after: float | None = None, *, at_once: bool = False, took: float = 0.0
    ) -> None:
        """The server cannot be reached; `took`: seconds of the request that tried."""
        self.circuit.record_failure(reason, retry_after, at_once=at_once, took=took)
        announce_server(self._store)

    def pause(self, reason: Reason) -> None:
        """A person must act first; the pause survives a restart."""
        if self.circuit.paused is None:
            log.warning("sending is paused: %s", reason.code)
        self.circuit.pause(reason)
        self.writer.pause(reason)


def signs_in_again(answer: Response) -> Reason:
    """The pause for a sign-in; where a secret is the wrong kind of it, that."""
    return Reason(answer.error_code if answer.error_code == "token_wants_key" else "why_sign_in")


def final(move: Transition, sent: Mapping[str, object] | None) -> Transition:
    """A profile edit ends in its own way (rule 12)."""
    return edit_transitions.final_transition(move, dict(sent or {})) if move.entry.operation is Operation.EDIT else move
