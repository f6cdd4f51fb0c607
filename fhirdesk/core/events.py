"""What listeners are told: the store announces changes after their commit, `sync.link` how the server stands."""

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """Records of these keys changed; an empty set means: many, read again."""

    keys: frozenset[tuple[str, str]] = frozenset()  # (type, key)


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Entries changed; the listener reads its page again."""


@dataclass(frozen=True, slots=True)
class ServerChanged:
    """The connection's state changed (online, offline, paused, latency)."""


Event = RecordsChanged | QueueChanged | ServerChanged
Listener = Callable[[Event], None]


class Events:
    """Passes events to listeners. A listener is called on the thread that published, so it only passes the event on."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event until the returned function is called."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Call every listener on this thread, in the order in which they subscribed."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(event)
