"""Answers come in: each moves its entry, and says something of the server as a whole."""

from collections.abc import Mapping, Sequence

from fhirdesk.answer import Answer, Reading, Verdict
from fhirdesk.clock import Clock
from fhirdesk.entry import Operation, Reason
from fhirdesk.events import ServerChanged
from fhirdesk.remote.outcome import read_answer
from fhirdesk.store.queue import Move
from fhirdesk.store.store import Store
from fhirdesk.sync import edits
from fhirdesk.sync.circuit import Circuit
from fhirdesk.sync.ledger import Ledger
from fhirdesk.sync.push import Send
from fhirdesk.sync.refusals import Refusals
from fhirdesk.sync.settle import RULES, settle


class Reception:
    """Where answers are read."""

    def __init__(self, store: Store, clock: Clock, circuit: Circuit, ledger: Ledger):
        self._store, self._clock, self.circuit, self.ledger = store, clock, circuit, ledger
        self._refusals = Refusals()

    def settle(self, sends: Sequence[Send], answers: Sequence[Answer]) -> None:
        """Answers to claimed entries, by position."""
        readings = [read_answer(s.request, a) for s, a in zip(sends, answers, strict=True)]
        others = self.circuit.others_succeed or any(r.verdict is Verdict.DONE for r in readings)
        moves = [
            final(settle(s.entry, s.entry.attempts + 1, r, s.request, self._clock, others), s.request.body)
            for s, r in zip(sends, readings, strict=True)
        ]
        self.ledger.commit(moves)
        for send, reading in zip(sends, readings, strict=True):
            self._note(send, reading)

    def _note(self, send: Send, reading: Reading) -> None:
        """What an answer says of the server."""
        rule = RULES.get(reading.verdict)
        refused = self._refusals.note((send.entry.type, send.entry.key), reading)
        if rule and rule.pauses:
            self.pause(Reason(rule.reason, {"type": send.entry.resource_type} | dict(reading.answer.failure_params)))
        elif refused:
            self.pause(refused)
        elif rule and rule.server_waits:
            if self.circuit.may_send():  # the entries of one Bundle are one failure
                self.away(Reason(rule.reason, dict(reading.answer.failure_params)), reading.answer.retry_after)
        elif reading.verdict is Verdict.DONE:
            self._yes()

    def _yes(self) -> None:
        self.circuit.said_yes()
        if self.circuit.offline:
            self.circuit.answered()
            self._store.events.publish(ServerChanged())

    def away(self, reason: Reason, retry_after: float | None = None) -> None:
        """The server cannot be reached, or asks us to wait."""
        self.circuit.away(reason, retry_after)
        self._store.events.publish(ServerChanged())

    def pause(self, reason: Reason) -> None:
        """A person must act first; the pause survives a restart."""
        self.circuit.pause(reason)
        self.ledger.pause(reason)


def final(move: Move, sent: Mapping[str, object] | None) -> Move:
    """A profile edit ends in its own way (rule 12)."""
    return edits.final(move, dict(sent or {})) if move.entry.operation is Operation.EDIT else move
