"""A TCP proxy on the loopback that does to a connection what networks do: resets, cuts, drips, delays, slices.

with Proxy(server.url) as proxy:
    proxy.plan = lambda asked: Trouble(reset="answer") if asked.number == 3 else None
    ...                                                     # proxy.url instead of server.url
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PART = 65536
NOW = struct.pack("ii", 1, 0)  # linger zero: closing sends a reset


@dataclass(frozen=True, slots=True)
class Passing:
    """A request on its way."""

    number: int  # 1 is the first of the proxy
    on_connection: int  # 1 is the first on its connection
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What becomes of one request and its answer."""

    reset: str | None = None  # "head": before the body, "body": in its middle, "answer": once the server has answered
    answer_bytes: int | None = None  # so many bytes of the answer, then the end of the connection
    drip: float = 0.0  # seconds between two bytes of the answer
    latency: float = 0.0  # seconds before the answer
    rate: float = 0.0  # bytes a second, both ways
    piece: int = 0  # bytes in one packet, both ways
    rewrite: Callable[[bytes], bytes] | None = None  # the whole answer, head and body


class Gone(Exception):
    """One end closed the connection."""


class Proxy:
    """Listens on a free port; every connection has a thread."""

    def __init__(self, target: str):
        parts = urlsplit(target)
        self._target, self._path = (parts.hostname or "127.0.0.1", parts.port or 80), parts.path
        self.plan: Callable[[Passing], Trouble | None] = lambda passing: None
        self.seen: list[Passing] = []
        self.busy = 0  # writes on their way
        self._lock = threading.Lock()
        self._over = False
        self._listening = self._listen(0)
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._listening.close()

    @property
    def url(self) -> str:
        """The address to use instead of the server's."""
        return f"http://127.0.0.1:{self.port}{self._path}"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Connections are refused meanwhile."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        try:
            yield
        finally:
            self._listening = self._listen(self.port)
            threading.Thread(target=self._accept, daemon=True).start()

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
        return listening

    def _accept(self) -> None:
        listening = self._listening
        while not self._over:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(Gone, OSError), socket.create_connection(self._target) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            count = 0
            while True:
                count += 1
                self._pass(client, server, count)

    def _pass(self, client: socket.socket, server: socket.socket, count: int) -> None:
        """One request and its answer."""
        head, rest = _head(client)
        method, path = head.split(b" ", 2)[:2]
        with self._lock:
            passing = Passing(len(self.seen) + 1, count, method.decode(), path.decode())
            self.seen.append(passing)
        trouble = self.plan(passing) or Trouble()
        length = _length(head)
        if trouble.reset == "head":
            _reset(client)
        body = rest + _exactly(client, length - len(rest))
        if trouble.reset == "body":
            server.sendall(head + body[: length // 2])
            _reset(server, client)
        _send(server, head + body, trouble)
        self.busy += method != b"GET"
        try:
            answer = _answer(server, method)
        finally:
            self.busy -= method != b"GET"
        if trouble.reset == "answer":
            _reset(client)
        self._give(client, trouble.rewrite(answer) if trouble.rewrite else answer, trouble)

    @staticmethod
    def _give(client: socket.socket, answer: bytes, trouble: Trouble) -> None:
        time.sleep(trouble.latency)
        if trouble.answer_bytes is not None:
            client.sendall(answer[: trouble.answer_bytes])
            raise Gone
        if trouble.drip:
            for byte in answer:
                client.sendall(bytes([byte]))
                time.sleep(trouble.drip)
            return
        _send(client, answer, trouble)
        if trouble.rewrite:
            raise Gone  # what follows could not be told from this answer


def _reset(*ends: socket.socket) -> None:
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
        end.close()
    raise Gone


def _some(end: socket.socket, most: int = PART) -> bytes:
    data = end.recv(most)
    if not data:
        raise Gone
    return data


def _head(end: socket.socket) -> tuple[bytes, bytes]:
    """A request's or an answer's head with its blank line, and what came with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(end)
    head, _, rest = data.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def _exactly(end: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        data += _some(end, length - len(data))
    return bytes(data)


def _field(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        found, _, value = line.partition(b":")
        if found.strip().lower() == name:
            return value.strip()
    return b""


def _length(head: bytes) -> int:
    return int(_field(head, b"content-length") or 0)


def _answer(server: socket.socket, method: bytes) -> bytes:
    """A whole answer, by its length or its chunks."""
    head, rest = _head(server)
    if method == b"HEAD" or head.split(b" ")[1] in (b"204", b"304"):
        return head
    if _field(head, b"transfer-encoding") == b"chunked":
        while not rest.endswith(b"0\r\n\r\n"):
            rest += _some(server)
        return head + rest
    return head + rest + _exactly(server, _length(head) - len(rest))


def _send(end: socket.socket, data: bytes, trouble: Trouble) -> None:
    if not trouble.rate and not trouble.piece:
        end.sendall(data)
        return
    piece = trouble.piece or max(1, int(trouble.rate / 20))
    for start in range(0, len(data), piece):
        end.sendall(data[start : start + piece])
        time.sleep(piece / trouble.rate if trouble.rate else 0.0005)
