"""Handles the answers to what was sent: each moves its entry, and the link hears what it says of the server."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Classified, Response, Verdict
from fhirdesk.core.queue_entry import Operation, Phase, Status
from fhirdesk.remote.outcome import classify
from fhirdesk.remote.status import is_ok
from fhirdesk.store.queue import Transition
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.plan import Send
from fhirdesk.sync.results import edit_transitions
from fhirdesk.sync.results.result_writer import ResultWriter
from fhirdesk.sync.results.stored_check import check_stored
from fhirdesk.sync.results.transitions import Company, plan_transition
from fhirdesk.sync.server_copy import is_another_record, unset_locally


class ResponseHandler:
    """Classifies answers, has their outcome written, and reports them to the link."""

    def __init__(self, clock: Clock, link: ServerLink, writer: ResultWriter, mapper: Mapper):
        self._clock, self._link, self._writer, self._mapper = clock, link, writer, mapper

    def handle(self, sends: Sequence[Send], answers: Sequence[Response], *, shared: bool = False) -> list[Verdict]:
        """Handle the answers to claimed entries, given in the same order; `shared` says that one answer stands for all.
        Returns the verdict of each."""
        readings = [self._classify(s, a) for s, a in zip(sends, answers, strict=True)]
        yes = self._link.has_recent_success or any(r.verdict is Verdict.DONE for r in readings)
        transitions = [self._plan(s, r, Company(yes, shared)) for s, r in zip(sends, readings, strict=True)]
        self._writer.commit(transitions)
        self._link.report(sends, readings, shared=shared)
        return [r.verdict for r in readings]

    def _classify(self, send: Send, answer: Response) -> Classified:
        """The verdict, and a copy in the answer in the form that we sent."""
        return self._drop_foreign_copy(
            send, self._link.copies.normalize_answer(classify(send.request, answer), send.entry, send.mapped)
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
        self._writer.commit([final(m, None) for m in transitions])

    def _plan(self, send: Send, reading: Classified, company: Company) -> Transition:
        transition = plan_transition(send.entry, send.entry.attempts + 1, reading, send.request, self._clock, company)
        is_existing = transition.mapping and transition.status is Status.PENDING  # a create found it there (D15)
        if is_existing and reading.resource is not None:
            transition = replace(
                transition, server_changes=unset_locally(send.entry, dict(reading.resource), self._mapper)
            )
        if transition.status is Status.COMPLETED and reading.resource and send.request.body:
            base = send.mapped.base if send.mapped else None
            transition = check_stored(transition, base, send.request.body, reading.resource, self._mapper)
        return final(transition, send.request.body)


def final(transition: Transition, sent: Mapping[str, object] | None) -> Transition:
    """The transition as it is, or for a profile edit as rule 12 ends it."""
    is_edit = transition.entry.operation is Operation.EDIT
    return edit_transitions.final_transition(transition, dict(sent or {})) if is_edit else transition
