"""What listeners are told of the server as a whole: nothing that is stored changed, the connection did."""

from fhirdesk.core.events import ServerChanged
from fhirdesk.store.store import Store


def announce_server(store: Store) -> None:
    """Tell every listener that the server is online, offline or paused now; each asks for what it shows."""
    store.events.publish(ServerChanged())
