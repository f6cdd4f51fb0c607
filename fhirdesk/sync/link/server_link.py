"""The link to the server: the one that says whether the server may be asked now, and that hears every answer."""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import FhirDeskError, Unavailable
from fhirdesk.core.events import ServerChanged
from fhirdesk.core.exchange import Capabilities, Classified, Delivery, Response, Verdict
from fhirdesk.core.queue_entry import IdMapping, Reason
from fhirdesk.core.settings import Profile
from fhirdesk.core.views import LinkStatus
from fhirdesk.remote.bundle import MISMATCH
from fhirdesk.remote.client import Remote
from fhirdesk.remote.status import is_healthy, read_verdict
from fhirdesk.store.store import Store
from fhirdesk.sync.link.circuit_breaker import CircuitBreaker
from fhirdesk.sync.link.copy_normalizer import CopyNormalizer
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.refusal_streaks import RefusalStreaks
from fhirdesk.sync.link.server_identity import ServerIdentity
from fhirdesk.sync.link.server_limits import ServerLimits
from fhirdesk.sync.link.server_session import ServerSession
from fhirdesk.sync.plan import Send
from fhirdesk.sync.verdict_rules import RULES

log = logging.getLogger("fhirdesk.sync")
SIGN_IN_CODES = ("token_wants_key", "token_key_refused", "token_no_key", "token_no_client", "token_scope")
PAUSES_OF_IDENTITY = ("pause_identity", "pause_vanished", "pause_moved")


class ServerLink:
    """Owns the circuit breaker, the rate limiter, the session, the server's identity and limits, and the pause. Who
    sends asks `may_send` and reports the answers; listeners are told whenever the status changes. Runs on the engine's
    loop."""

    def __init__(self, store: Store, remote: Remote, profile: Profile, mapper: Mapper, clock: Clock):
        self._store = store
        self._circuit = CircuitBreaker(clock, profile.rate)
        self.remote = LimitedRemote(remote, self._circuit.limiter)
        self.limits = ServerLimits(store, profile)
        self.copies = CopyNormalizer(self.remote, mapper, self.limits)
        self._identity = ServerIdentity(store, self.copies, mapper, profile.url or "")
        self._session = ServerSession(store, self.limits)
        self._refusals = RefusalStreaks()
        self._connecting = asyncio.Lock()
        self._failed_connects = 0
        self._announced = self.status

    # -- may the server be asked

    @property
    def status(self) -> LinkStatus:
        """How the link stands now."""
        circuit = self._circuit
        next_try = circuit.wait_until or None
        return LinkStatus(circuit.paused, circuit.is_open, circuit.reason, next_try, self._session.has_connected)

    @property
    def paused(self) -> Reason | None:
        """Why nothing is sent until a person acts; None if it is not so."""
        return self._circuit.paused

    @property
    def is_offline(self) -> bool:
        """True if the server is away or asked us to wait: the next request goes alone."""
        return self._circuit.is_open

    def may_send(self) -> bool:
        """True if a request may start now."""
        return self._circuit.may_send()

    async def wait_for_turn(self) -> bool:
        """Wait until the rate lets a request start; takes no turn. False if the server may not be asked then."""
        await self.remote.limiter.wait_for_capacity(1)
        return self.may_send()

    def _announce(self) -> None:
        """Tell every listener that the server is online, offline or paused now, if it was not so before."""
        status = self.status
        if status != self._announced:
            self._announced = status
            self._store.events.publish(ServerChanged())

    # -- what the server is

    @property
    def is_known(self) -> bool:
        """True if the server said what it takes."""
        return self._session.is_known

    @property
    def capabilities(self) -> Capabilities:
        """What the server takes; `connect` comes first."""
        return self._session.capabilities

    def refuses(self, send: Send) -> bool:
        """True if the server refused an interaction of that type before."""
        return self._session.refuses(send.entry.resource_type, send.request.interaction)

    async def connect(self) -> bool:
        """Make the server known, after it was out of reach too. True if requests may go out now; no second try for who
        waited while one failed."""
        before = self._failed_connects
        async with self._connecting:
            connects = not self.is_known or self._circuit.is_unreachable
            if connects and (self._failed_connects > before or not await self._open_session()):
                return False
            return await self._verify(again=connects) is None and not self._identity.suspected

    async def _open_session(self) -> bool:
        try:
            declared = await self.remote.capabilities()
        except FhirDeskError as error:
            self._failed_connects += 1
            reason = Reason(error.code, error.params)
            if isinstance(error, Unavailable) and error.code != "why_not_trusted":
                self.back_off(reason)
            else:
                self.pause(reason)
            return False
        self._circuit.close()
        self._session.open(declared)
        self._announce()
        return True

    async def verify_identity(self, answer: Response) -> bool:
        """Read known ids back if this answer is suspicious (D18). False if sending must stop: it is paused then."""
        self._identity.record_answer(answer)
        return await self._verify(again=False) is None

    async def _verify(self, *, again: bool) -> Reason | None:
        stop = await self._identity.verify(again=again, heard=self.record_contact)
        if stop:
            self.pause(stop)
        return stop

    async def unverified_ids(self, known: Iterable[IdMapping]) -> list[tuple[IdMapping, Response]]:
        """The ids that cannot be trusted, each with the server's answer to a read of it. Empty unless a person said
        that this server is the right one."""
        return await self._identity.unverified_ids(known)

    # -- what answers say of it

    @property
    def has_recent_success(self) -> bool:
        """True if the server said yes to an entry in the last minute: then a lost answer is the entry's own fault."""
        return self._circuit.has_recent_success

    def report(self, sends: Sequence[Send], answers: Sequence[Classified], *, shared: bool = False) -> None:
        """Hear what the answers to entries, in the same order, say of the server; `shared`: one stands for all."""
        for send, answer in zip(sends, answers, strict=True):
            self._hear_entry(send, answer)
        for answer in answers[:1] if shared else answers:
            self._hear_server(answer)
        self._announce()

    def _hear_entry(self, send: Send, answer: Classified) -> None:
        """What an answer to an entry says of the server: pause, refuse a type, or count a success."""
        self._identity.record_answer(answer.response)
        rule = RULES.get(answer.verdict)
        refused = self._refusals.record((send.entry.type, send.entry.key), answer)
        if rule and rule.pauses:
            is_sign_in = answer.verdict is Verdict.SIGN_IN
            code = sign_in_reason(answer.response).code if is_sign_in else rule.reason
            self.pause(Reason(code, {"type": send.entry.resource_type} | dict(answer.response.error_params)))
        elif refused:
            self.pause(refused)
        elif answer.verdict is Verdict.UNSUPPORTED:
            self._session.record_unsupported(send.entry.resource_type, send.request.interaction)
        elif answer.verdict is Verdict.DONE:
            self._circuit.record_success()

    def _hear_server(self, answer: Classified) -> None:
        """Tell the breaker whether the server is there. A 5xx tells neither: it may be about the entry alone."""
        response, rule = answer.response, RULES.get(answer.verdict)
        if answer.verdict is Verdict.BUSY:
            self._record_busy(response)
        elif (rule and rule.server_waits) or (response.delivery is Delivery.LOST and response.error_code != MISMATCH):
            self._record_missed(response)
        elif is_healthy(response):
            self._circuit.record_answer()

    def record_success(self) -> None:
        """Count a success that a look found: the server deals with entries, whatever becomes of its answers."""
        self._circuit.record_success()
        self._circuit.record_answer()
        self._announce()

    def record_contact(self, answer: Response) -> bool:
        """True if the server answered a question. If not, the breaker is told, or sending pauses for a person."""
        verdict = read_verdict(answer)
        if verdict is Verdict.DONE:
            self._circuit.record_contact()
        elif verdict is Verdict.BUSY:
            self._record_busy(answer)
        elif verdict is Verdict.SIGN_IN:
            self.pause(sign_in_reason(answer))
        elif verdict is Verdict.NOT_FHIR:
            self.pause(Reason("why_not_fhir"))
        elif RULES[verdict].pauses:
            self.pause(Reason(RULES[verdict].reason, dict(answer.error_params)))
        elif verdict is Verdict.NOT_SENT:
            self._record_missed(answer)
        elif self.may_send():
            self._circuit.record_failure(Reason("why_offline"), took=answer.ms / 1000)
        self._announce()
        return verdict is Verdict.DONE

    def _record_busy(self, answer: Response) -> None:
        """Wait as the server asks; requests that were in flight together count as one."""
        if self.may_send():
            self._circuit.record_busy(Reason("why_busy"), answer.retry_after)

    def _record_missed(self, answer: Response) -> None:
        """Count a request that was not delivered or not answered: who answers next may be another server."""
        self._identity.suspected = True
        if self.may_send():
            reason = Reason("why_offline", dict(answer.error_params))
            self._circuit.record_failure(reason, answer.retry_after, took=answer.ms / 1000)

    # -- waits and pauses

    def back_off(self, reason: Reason) -> None:
        """Send nothing for a while, longer each time: the server, the store or this program is in trouble."""
        self._circuit.record_failure(reason, at_once=True)
        self._announce()

    def slow_start(self) -> None:
        """Let the rate climb from low: much is waiting, and the server may not be as we left it."""
        self._circuit.limiter.slow_start()

    def hurry(self) -> None:
        """End the back-off, because a person wants to know now; the server is asked anew what it takes."""
        self._circuit.wait_until = 0.0
        self._session.forget()
        self._announce()

    def pause(self, reason: Reason) -> None:
        """Send nothing until a person acts; the pause survives a restart."""
        if self.paused is None:
            log.warning("sending is paused: %s", reason.code)
        self._circuit.pause(reason)
        with self._store.transaction() as tx:
            tx.server_state.save_pause(reason)
        self._announce()

    def stand_still(self, reason: Reason) -> None:
        """Pause in this process alone: the database is not one to write to any more (B8)."""
        if self.paused != reason:
            log.error("sending stopped: %s", reason.code)
            self._circuit.pause(reason)
            self._announce()

    def resume(self) -> None:
        """End a pause, because a person said so: the server is asked anew what it is and what it takes."""
        paused = self.paused
        self._circuit.resume()
        self._session.forget()
        if paused and paused.code in PAUSES_OF_IDENTITY:
            self._identity.accept()
        self._announce()

    def follow_pause(self) -> None:
        """Pause or resume as the database says: a person or another process may have done it there."""
        with self._store.snapshot() as view:
            paused = view.server_state.read_pause()
        if paused is None and self.paused is not None:
            self.resume()
        elif paused is not None and paused != self.paused:
            self._circuit.pause(paused)
            self._announce()


def sign_in_reason(answer: Response) -> Reason:
    """Why sending pauses for a sign-in: it is refused, or what it needs is missing or of the wrong kind."""
    if answer.error_code in SIGN_IN_CODES:
        return Reason(answer.error_code, answer.error_params)
    return Reason("why_sign_in")
