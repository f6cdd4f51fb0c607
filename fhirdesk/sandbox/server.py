"""The embedded server as it is run: a thread of the tests, or a process of its own that ends with its parent."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn

from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.terminal import print_json_bytes
from fhirdesk.sandbox.app import Server
from fhirdesk.sandbox.faults import Fault, fault_of
from fhirdesk.sandbox.options import Options, like
from fhirdesk.sandbox.repository import Repository

HOST = "127.0.0.1"
STOP_SECONDS = 10.0


def _bind(port: int) -> socket.socket:
    # The protocol is named: without it asyncio sets no TCP_NODELAY.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there it would let two servers have one port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise ConfigurationError("port_taken", port=port) from error
    listening.listen(128)
    return listening


def _build_uvicorn(app: Server) -> uvicorn.Server:
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", ws="none", http="h11", server_header=False,
        date_header=False, timeout_graceful_shutdown=1, timeout_keep_alive=60,
    )  # fmt: skip
    return uvicorn.Server(config)


class Sandbox:
    """`with Sandbox(like="hapi", auth="oauth") as server:` a server on a free port of this computer, in memory."""

    def __init__(self, like_: str = "medplum", *, store: Path | None = None, port: int = 0, **habits: Any):
        self._repository = Repository(store)
        self._socket = _bind(port)
        self.origin = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.app = Server(like(like_).changed(**habits), self._repository, self.origin)
        self._server = _build_uvicorn(self.app)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def __enter__(self) -> "Sandbox":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        self._socket.close()
        self._repository.close()

    @property
    def base(self) -> str:
        """The base of the FHIR addresses: http://127.0.0.1:port/fhir."""
        return self.app.base

    @property
    def token_url(self) -> str:
        """The address of the token endpoint."""
        return f"{self.origin}/token"

    def fault(self, **words: Any) -> None:
        """Switch a fault on, described by the words of `faults.Fault`, or of the admin call."""
        self.app.faults.add(fault_of(words))

    def journal(self) -> list[dict[str, Any]]:
        """Return every write that took effect, oldest first: type, id, version, hash of the content."""
        return self._repository.journal()

    def log(self) -> list[Mapping[str, Any]]:
        """Return every request that came in, oldest first: method, address, status, headers."""
        return list(self.app.log)


async def serve(options: Options, port: int, store: Path | None, *, with_parent: bool = False) -> None:
    """Run until SIGTERM or an interrupt; `with_parent`: also until the parent's end of standard input closes. Prints
    one line when it is ready."""
    repository = Repository(store)
    listening = _bind(port)
    app = Server(options, repository, f"http://{HOST}:{listening.getsockname()[1]}")
    server = _build_uvicorn(app)
    if with_parent:
        threading.Thread(target=_watch_parent, args=(server,), daemon=True).start()
    ready = json.dumps({"ready": True, "base": app.base, "token": f"{app.origin}/token"})
    print_json_bytes(ready.encode() + b"\n", flush=True)
    await server.serve(sockets=[listening])
    repository.close()


def _watch_parent(server: uvicorn.Server) -> None:
    while sys.stdin.buffer.read(1):
        pass
    server.should_exit = True


__all__ = ["Fault", "Sandbox", "serve"]
