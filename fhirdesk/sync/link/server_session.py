"""What the server says of itself, and what it turned out not to take, whatever it says."""

import logging

from fhirdesk.core.events import QueueChanged
from fhirdesk.core.exchange import Capabilities
from fhirdesk.store.store import Store
from fhirdesk.sync.link.server_limits import ServerLimits

log = logging.getLogger("fhirdesk.sync")


class ServerSession:
    """Keeps the server's capabilities from one connect to the next."""

    def __init__(self, store: Store, limits: ServerLimits):
        self._store, self._limits = store, limits
        self._capabilities: Capabilities | None = None
        self.has_connected = False  # the server said once what it is
        self._refused: set[tuple[str, str]] = set()  # (resource type, interaction)

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

    def open(self, declared: Capabilities) -> None:
        """Begin with what the server declares: entries that were held because it did not take their type are pending
        again, if it takes it now."""
        server = self._limits.apply_habits(declared)
        self._capabilities, self.has_connected = server, True
        self._refused.clear()
        taken = [t for t in server.interactions if server.takes_writes(t)]
        with self._store.transaction() as tx:
            if tx.queue.release_taken_types(taken):
                tx.emit(QueueChanged())

    def refuses(self, resource_type: str, interaction: str) -> bool:
        """True if the server refused an interaction of that type since it connected."""
        return (resource_type, interaction) in self._refused

    def record_unsupported(self, resource_type: str, interaction: str) -> None:
        """Remember that the server does not take that type, so that others of it are held untried (D6)."""
        if not self.refuses(resource_type, interaction):
            self._refused.add((resource_type, interaction))
            log.warning("this server does not take %s of %s, whatever it declares", interaction, resource_type)
