"""The server is known before anything is sent: its CapabilityStatement, and that it is the one we knew (D18)."""

import asyncio

from fhirdesk.core.errors import FhirDeskError, Unavailable
from fhirdesk.core.exchange import Capabilities
from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.server_identity import ServerIdentity
from fhirdesk.sync.link.server_limits import ServerLimits
from fhirdesk.sync.results.response_handler import ResponseHandler


class ServerSession:
    """One server, as it presented itself; asked again once it had been out of reach."""

    def __init__(
        self, remote: LimitedRemote, identity: ServerIdentity, reception: ResponseHandler, learned: ServerLimits
    ):
        self._remote, self._identity, self._reception, self._learned = remote, identity, reception, learned
        self._circuit = reception.circuit
        self._capabilities: Capabilities | None = None
        self.heard = False  # whether it said once what it is
        self._asking = asyncio.Lock()
        self._in_vain = 0  # how often it was asked and did not say what it is

    @property
    def is_known(self) -> bool:
        """Whether the server said what it takes."""
        return self._capabilities is not None

    @property
    def capabilities(self) -> Capabilities:
        """What it takes; `ready` comes first."""
        assert self._capabilities is not None, "ready() comes first"
        return self._capabilities

    def forget(self) -> None:
        """It is asked again before anything else is sent."""
        self._capabilities = None

    def accept_identity(self) -> None:
        """A person ended the pause: whoever answers now is the server."""
        self._identity.accept()
        self.forget()

    async def connect(self) -> bool:
        """Whether requests may go out now. Who waited while another asked in vain does not ask again."""
        before = self._in_vain
        async with self._asking:
            connects = self._capabilities is None or self._circuit.is_unreachable
            if connects and (self._in_vain > before or not await self._read_capabilities()):
                return False
            return await self._is_the_same(again=connects)

    async def _read_capabilities(self) -> bool:
        try:
            found = await self._remote.capabilities()
        except FhirDeskError as error:
            self._in_vain += 1
            if isinstance(error, Unavailable) and error.code != "why_not_trusted":
                self._reception.record_failure(Reason(error.code, error.params), at_once=True)
                return False
            self._reception.pause(Reason(error.code, error.params))
            return False
        self._circuit.close()
        found = self._learned.met(found)
        self._capabilities, self.heard = found, True
        self._reception.refused.clear()
        self._reception.writer.release_types([t for t in found.interactions if found.takes_writes(t)])
        return True

    async def _is_the_same(self, *, again: bool) -> bool:
        stop = await self._identity.verify(again=again, heard=self._reception.record_contact)
        if stop:
            self._reception.pause(stop)
        return stop is None and not self._identity.suspected
