"""One window per data folder: a second start raises the first window."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from fhirdesk.app.database import lock_window

PATIENCE = 2000  # ms


class Instance(QObject):
    """Holds the lock that says which process is first. It is the operating system's lock, never a process id; a local
    socket carries the request to raise the window."""

    def __init__(self, data_dir: Path):
        super().__init__()
        self._lock = lock_window(data_dir)
        self._name = "fhirdesk-" + hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:24]
        self._server = QLocalServer(self)

    @property
    def is_first(self) -> bool:
        """Whether this process is the first, and may open the window."""
        return self._lock is not None

    def listen(self, raise_window: Callable[[], None]) -> None:
        """Raise the window whenever another start asks for it."""
        QLocalServer.removeServer(self._name)  # one that a killed process left; we hold the lock
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(lambda: self._answer(raise_window))
        self._server.listen(self._name)

    def _answer(self, raise_window: Callable[[], None]) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.write(b"raised\n")
            caller.disconnectFromServer()
            raise_window()

    def raise_first(self) -> bool:
        """Ask the first process to raise its window; returns whether it answered. Needs no event loop."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(PATIENCE):
            return False
        heard = socket.waitForReadyRead(PATIENCE)
        socket.abort()
        return heard

    def close(self) -> None:
        """Release the lock, so that another start may be the first."""
        self._server.close()
        if self._lock:
            self._lock.release()
            self._lock = None
