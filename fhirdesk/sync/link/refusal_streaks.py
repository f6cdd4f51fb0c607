"""Stops sending after many refusals in a row: a wrong setting must not use up the whole queue (rule 10, D3, D20)."""

from fhirdesk.core.exchange import Classified, Verdict
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.records import Place
from fhirdesk.sync.verdict_rules import RULES

MOST_EQUAL = 10
MOST_FORBIDDEN = 3


class RefusalStreaks:
    """Counts refusals in a row, over all records; a success starts the count anew. No I/O."""

    def __init__(self) -> None:
        self._cause: tuple[str, ...] | None = None
        self._equal: set[Place] = set()
        self._forbidden: set[Place] = set()

    def record(self, place: Place, reading: Classified) -> Reason | None:
        """Count one more answer. Returns the reason for a pause if it is one refusal too many."""
        if reading.verdict is Verdict.DONE:
            self._reset()
        rule = RULES.get(reading.verdict)
        if rule is None or rule.status is not Status.FAILED:
            return None
        forbidden = reading.verdict is Verdict.PERMISSION
        self._forbidden = self._forbidden | {place} if forbidden else set()
        cause = _cause(reading)
        self._equal = self._equal | {place} if cause == self._cause else {place}
        self._cause = cause
        return self._pause(reading)

    def _pause(self, reading: Classified) -> Reason | None:
        reason = None
        if len(self._forbidden) >= MOST_FORBIDDEN:
            reason = Reason("pause_permission", {"count": str(MOST_FORBIDDEN)})
        elif len(self._equal) >= MOST_EQUAL:
            issue = reading.issue.code if reading.issue else str(reading.response.status)
            reason = Reason("pause_refusals", {"count": str(MOST_EQUAL), "issue": issue})
        if reason:
            self._reset()
        return reason

    def _reset(self) -> None:
        self._cause, self._equal, self._forbidden = None, set(), set()


def _cause(reading: Classified) -> tuple[str, ...]:
    issue = reading.issue
    details = (issue.code, issue.expression or "", issue.details or "") if issue else ()
    return (reading.verdict.value, str(reading.response.status), *details)
