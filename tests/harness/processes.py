"""Worker processes that start in milliseconds (forked from one that has everything loaded) and die by SIGKILL.

The command line itself runs in them, with its output in a file: a line in the file was printed after its commit.
Linux only (process file descriptors).
"""

import atexit
import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOADED = (
    "fhirdesk.app.container",
    "fhirdesk.cli",
    "fhirdesk.app.desk",
    "fhirdesk.r4.check",
    "alembic.command",
    "httpx2",
)


class Nursery:
    """The process that forks the others."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.harness.processes"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        atexit.register(self._process.kill)

    def start(self, words: Sequence[str], out: Path) -> int:
        """The pid of a new one."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"words": words, "out": str(out)}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


_nursery: list[Nursery] = []


class Running:
    """One call of the command line."""

    def __init__(self, words: Sequence[object], out: Path):
        if not _nursery:
            _nursery.append(Nursery())
        self.out, self._code = out, Path(f"{out}.code")
        self._code.unlink(missing_ok=True)
        self.pid = _nursery[0].start([str(w) for w in words], out)
        try:
            self._handle: int | None = os.pidfd_open(self.pid)
        except ProcessLookupError:  # it is over already
            self._handle = None

    def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):  # it was over before
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            self._gone(30)

    def _gone(self, seconds: float) -> bool:
        if self._handle is None:
            return True
        if not select.select([self._handle], [], [], seconds)[0]:
            return False
        os.close(self._handle)
        self._handle = None
        return True

    def wait(self, seconds: float = 300) -> int | None:
        """Its exit code; None: it was killed. Raises TimeoutError, and kills it, when it takes longer."""
        if not self._gone(seconds):
            self.kill()
            raise TimeoutError(self.out.name)
        return self.code

    @property
    def code(self) -> int | None:
        """Its exit code, once it is over."""
        return int(self._code.read_text()) if self._code.exists() else None

    def lines(self) -> Iterator[dict[str, Any]]:
        """What it printed, but a line that a kill cut."""
        if not self.out.exists():
            return
        for line in self.out.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]:
            try:
                yield json.loads(line)
            except ValueError:
                return

    def errors(self) -> str:
        """What it said to people."""
        path = Path(f"{self.out}.err")
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _child(words: Sequence[str], out: str) -> None:
    """The command line, in a process of its own session."""
    code = 70
    try:
        os.setsid()
        for name, number in ((out, 1), (f"{out}.err", 2)):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        from fhirdesk.cli import main

        code = main(words)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        Path(f"{out}.code").write_text(str(code), encoding="utf-8")
        os._exit(code)


def serve() -> None:
    """The nursery: a call a line, a pid a line."""
    for name in LOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody is left a zombie
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _child(asked["words"], asked["out"])
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
