"""Makes the server known before anything is sent: what it takes, and that it is the one we knew (D18)."""

import asyncio

from fhirdesk.core.errors import FhirDeskError, Unavailable
from fhirdesk.core.exchange import Capabilities
from fhirdesk.core.queue_entry import Reason
from fhirdesk.sync.link.rate_limiter import LimitedRemote
from fhirdesk.sync.link.server_identity import ServerIdentity
from fhirdesk.sync.link.server_limits import ServerLimits
from fhirdesk.sync.results.response_handler import ResponseHandler


class ServerSession:
    """What the server says of itself; asked again after it was out of reach."""

    def __init__(self, remote: LimitedRemote, identity: ServerIdentity, handler: ResponseHandler, limits: ServerLimits):
        self._remote, self._identity, self._handler, self._limits = remote, identity, handler, limits
        self._circuit = handler.circuit
        self._capabilities: Capabilities | None = None
        self.has_connected = False  # the server said once what it is
        self._asking = asyncio.Lock()
        self._failures = 0  # how often it was asked and did not say what it is

    @property
    def is_known(self) -> bool:
        """True if the server said what it takes."""
        return self._capabilities is not None

    @property
    def capabilities(self) -> Capabilities:
        """What the server takes; `connect` comes first."""
        assert self._capabilities is not None, "connect() comes first"
        return self._capabilities

    def forget(self) -> None:
        """Ask the server again before anything else is sent."""
        self._capabilities = None

    def accept_identity(self) -> None:
        """Take whoever answers now for the server, because a person ended the pause."""
        self._identity.accept()
        self.forget()

    async def connect(self) -> bool:
        """Make the server known. True if requests may go out now; no second try for who waited while one failed."""
        before = self._failures
        async with self._asking:
            connects = self._capabilities is None or self._circuit.is_unreachable
            if connects and (self._failures > before or not await self._read_capabilities()):
                return False
            return await self._is_same_server(again=connects)

    async def _read_capabilities(self) -> bool:
        try:
            declared = await self._remote.capabilities()
        except FhirDeskError as error:
            self._failures += 1
            if isinstance(error, Unavailable) and error.code != "why_not_trusted":
                self._handler.record_failure(Reason(error.code, error.params), at_once=True)
                return False
            self._handler.pause(Reason(error.code, error.params))
            return False
        self._circuit.close()
        server = self._limits.apply_habits(declared)
        self._capabilities, self.has_connected = server, True
        self._handler.refused.clear()
        self._handler.writer.release_types([t for t in server.interactions if server.takes_writes(t)])
        return True

    async def _is_same_server(self, *, again: bool) -> bool:
        stop = await self._identity.verify(again=again, heard=self._handler.record_contact)
        if stop:
            self._handler.pause(stop)
        return stop is None and not self._identity.suspected
