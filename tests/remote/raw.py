"""A loopback server that sends the bytes a test gives it, plain or over TLS, and notes what it was asked."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Reply = Callable[[bytes], Iterator[bytes | float]]  # a request's head and body → bytes to send, or seconds to wait


def answer(body: bytes, *, status: str = "200 OK", kind: str = "application/fhir+json", **headers: str) -> bytes:
    """A whole answer."""
    named = {"Content-Type": kind, "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in named.items())
    return head.encode() + b"\r\n" + body


class Raw:
    """One connection a thread; it answers each request with `reply`."""

    def __init__(self, reply: Reply, context: ssl.SSLContext | None = None):
        self.asked: list[bytes] = []
        self._reply, self._context, self._over = reply, context, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> "Raw":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}/fhir"

    def heads(self) -> list[str]:
        """The first line of each request."""
        return [a.split(b"\r\n", 1)[0].decode() for a in self.asked]

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError, ValueError), connection, self._speaking(connection) as speaking:
            while request := self._request(speaking):
                self.asked.append(request)
                for part in self._reply(request):
                    if isinstance(part, float):
                        time.sleep(part)
                    elif part == b"":
                        return  # close
                    else:
                        speaking.sendall(part)
                    if self._over.is_set():
                        return

    def _speaking(self, connection: socket.socket) -> socket.socket:
        return self._context.wrap_socket(connection, server_side=True) if self._context else connection

    def _request(self, speaking: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (part := speaking.recv(65536)):
                return b""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length")), 0
        )
        while len(body) < length:
            body += speaking.recv(65536)
        return head + b"\r\n\r\n" + body


@contextmanager
def always(data: bytes, context: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """A server that gives one answer to everything."""

    def reply(_: bytes) -> Iterator[bytes | float]:
        yield data

    with Raw(reply, context) as server:
        yield server


class Authority:
    """A certificate authority of the test's own, by the openssl command."""

    def __init__(self, folder: Path):
        self.folder, self.file = folder, folder / "ca.pem"
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=test authority",
                  "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip

    def _run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def context(self, name: str = "127.0.0.1", *, ended: bool = False, own: bool = False) -> ssl.SSLContext:
        """A server's TLS with a certificate for that address; `ended` long ago; `own`: signed by itself alone."""
        place = "IP" if name[0].isdigit() else "DNS"
        (self.folder / "ext").write_text(f"subjectAltName={place}:{name}\n", encoding="utf-8")
        self._run("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", "s.key", "-out", "s.csr")
        signer = ["-signkey", "s.key"] if own else ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
        days = ["-days", "-1"] if ended else ["-days", "20"]
        self._run("x509", "-req", "-in", "s.csr", *signer, *days, "-extfile", "ext", "-out", "s.pem")
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.folder / "s.pem", self.folder / "s.key")
        return made
