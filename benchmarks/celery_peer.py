"""The pipeline that FHIR Desk replaces, measured on the same loopback server: a Celery worker with 2 processes, a Redis
broker, one POST a task, rows in a database.

    python -m benchmarks.celery_peer [patients] [delay in ms]

It installs Celery into a virtual environment of its own under the cache folder. Without redis-server it says so.
"""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.common import ROOT, journal, server
from fhirdesk.r4 import json

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fhirdesk-benchmarks" / "celery"
NEEDS = ["celery[redis]>=5.4", "requests>=2.32"]
PROCESSES = 2
SEND_ALL = (
    "import sys; from benchmarks.celery_tasks import post\nfor n in range(1, int(sys.argv[1]) + 1): post.delay(n)"
)


def python() -> Path:
    """The interpreter of the venv, made at the first call."""
    found = CACHE / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (CACHE / "ready").exists():
        venv.create(CACHE, with_pip=True, clear=True)
        subprocess.run([found, "-m", "pip", "install", "-q", *NEEDS], check=True)
        (CACHE / "ready").touch()
    return found


@contextmanager
def redis() -> Iterator[str]:
    """A broker of our own, in memory."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            time.sleep(0.5)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()


def rows(path: Path, entries: list[dict[str, dict[str, str]]]) -> None:
    """What is to be sent, in a database."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(
            "CREATE TABLE work (id INTEGER PRIMARY KEY, body TEXT, condition TEXT, status TEXT, location TEXT)"
        )
        made = [(json.dumps(e["resource"]).decode(), e["request"]["ifNoneExist"]) for e in entries]
        database.executemany("INSERT INTO work (body, condition, status) VALUES (?, ?, 'new')", made)


def done(path: Path) -> int:
    """How many rows are."""
    with closing(sqlite3.connect(path, timeout=30)) as database:
        return int(database.execute("SELECT count(*) FROM work WHERE status = 'done'").fetchone()[0])


def rate(base: str, entries: list[dict[str, dict[str, str]]]) -> float | None:
    """Entries a second from the first dispatch until every row is done; None, said on stderr: it cannot be had here."""
    if shutil.which("redis-server") is None:
        print("celery: no redis-server here (apt-get install redis-server): not measured", file=sys.stderr)
        return None
    with redis() as broker, tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "rows.db"
        rows(database, entries)
        env = os.environ | {"PEER_BROKER": broker, "PEER_DATABASE": str(database), "PEER_BASE": base}
        words = [
            "-m",
            "celery",
            "-A",
            "benchmarks.celery_tasks",
            "worker",
            "-c",
            str(PROCESSES),
            "-l",
            "error",
            "-P",
            "prefork",
        ]
        with subprocess.Popen(
            [python(), *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as worker:
            try:
                subprocess.run([python(), "-c", SEND_ALL, "1"], cwd=ROOT, env=env, check=True)
                while done(database) < 1:
                    time.sleep(0.05)  # it is up
                started = time.perf_counter()
                subprocess.run([python(), "-c", SEND_ALL, str(len(entries))], cwd=ROOT, env=env, check=True)
                while done(database) < len(entries):
                    time.sleep(0.05)
                return len(entries) / (time.perf_counter() - started)
            finally:
                worker.terminate()


def main(patients: int, delay: float) -> None:
    """Alone, without ours beside it."""
    from benchmarks.drain import bundles

    entries = [e for body in bundles(patients) for e in json.loads(body)["entry"]]
    with server(delay) as base:
        found = rate(base, entries)
        if found:
            print(f"Celery, {PROCESSES} processes, Redis  {found:8.1f} entries/s at {delay:.0f} ms")
            print(f"server's journal {len(journal(base))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500, float(sys.argv[2]) if len(sys.argv) > 2 else 50.0)
