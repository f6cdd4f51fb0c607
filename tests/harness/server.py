"""The embedded server as a process of its own: conditional creates, client ids, or neither; and faults by chance.

with embedded("neither", faults=0.2, seed=7) as server: ...      # server.base, server.writes(), server.asked()
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.requests import Request

from fhirdesk.sandbox.app import Server
from fhirdesk.sandbox.faults import Fault
from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Reply
from fhirdesk.sandbox.repository import Repository
from fhirdesk.sandbox.server import HOST, _bind
from tests.harness import journal
from tests.harness.journal import Write, mark_of

ROOT = Path(__file__).parents[2]
KINDS: Mapping[str, Mapping[str, bool]] = {
    "conditional": {},
    "client_ids": {"conditional_create": False},
    "neither": {"conditional_create": False, "update_create": False},
}
BUMPS = {"equal_update_is_new": True, "check_references": False}  # so that a second send, or a child first, is seen


PARTS = (  # of what strikes a write
    (0.2, {"status": 503}),
    (0.2, {"status": 503, "after": True}),
    (0.15, {"drop": True}),
    (0.2, {"drop": True, "after": True}),
    (0.15, {"truncate": 25}),
    (0.1, {"lateMs": 600}),
)


def troubles(share: float) -> list[dict[str, Any]]:
    """Faults that strike about that share of the writes (of the reads a quarter of it), and slow answers."""
    found: list[dict[str, Any]] = [{"method": "GET", "chance": share / 4, "status": 503}]
    for method in ("POST", "PUT", "DELETE"):
        left = 1.0  # each is asked only when those before it passed
        for part, what in PARTS:
            found.append({"method": method, "chance": round(share * part / left, 4), **what})
            left -= share * part
        found += [{"method": method, "chance": 0.2, "delayMs": 60}, {"method": method, "chance": 0.4, "holdMs": 100}]
    return found


@dataclass(slots=True)
class Embedded:
    """A running one."""

    base: str

    def writes(self) -> list[Write]:
        """What took effect, oldest first."""
        return journal.of_embedded(self.base)

    def asked(self) -> list[dict[str, Any]]:
        """Creates that nothing guards, and searches by identifier, oldest first."""
        found: list[dict[str, Any]] = journal.admin(self.base, "asked")
        return found

    def busy(self) -> int:
        """Requests it is working on."""
        return int(journal.admin(self.base, "busy"))

    def trouble(self, faults: Sequence[Mapping[str, Any]], seed: int = 1) -> None:
        """These faults from now on, and no others."""
        journal.admin(self.base, "faults", method="DELETE")
        journal.admin(self.base, "seed", {"seed": seed})
        journal.admin(self.base, "faults", list(faults))


@contextmanager
def embedded(kind: str = "conditional", *, share: float = 0.0, seed: int = 1, **habits: Any) -> Iterator[Embedded]:
    """Start one; it ends with this block, or with this process."""
    words = json.dumps({**KINDS[kind], **BUMPS, **habits})
    command = [sys.executable, "-m", "tests.harness.server", words]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            server = Embedded(json.loads(process.stdout.readline())["base"])
            if share:
                server.trouble(troubles(share), seed)
            yield server
        finally:
            process.kill()


class Witness(Server):
    """The embedded server, remembering what a judge of blind resends must know."""

    def __init__(self, options: Options, origin: str):
        super().__init__(options, Repository(), origin)
        self.seen: list[dict[str, Any]] = []
        self._busy = 0

    async def _answer_with_fault(self, request: Request, fault: Fault | None) -> Reply | None:
        writes = request.method != "GET"
        self._busy += writes
        try:
            return await self._watched(request, fault)
        finally:
            self._busy -= writes

    async def _watched(self, request: Request, fault: Fault | None) -> Reply | None:
        body, arrived = await request.body(), time.monotonic()
        if request.method == "POST" and request.url.path.startswith("/fhir"):
            self.seen += [{"what": "create", "at": arrived, **made} for made in _made(body)]
        reply = await super()._answer_with_fault(request, fault)
        key = parse_qs(request.url.query).get("identifier")
        if request.method == "GET" and key:
            said = (
                isinstance(reply, Reply)
                and reply.status == 200
                and not (fault and (fault.drop or fault.truncate is not None))
            )
            empty = said and isinstance(reply, Reply) and isinstance(reply.body, dict) and not reply.body.get("entry")
            self.seen.append({"what": "search", "at": time.monotonic(), "key": key[0], "empty": empty})
        return reply

    def _admin(self, method: str, path: str, raw: bytes) -> Reply:
        if path == "busy":
            return Reply(200, self._busy)
        if path == "asked":
            return Reply(200, self.seen)
        if path == "rewind":
            self._rewind(int(json.loads(raw)["writes"]))
            return Reply(204)
        return super()._admin(method, path, raw)

    def _rewind(self, writes: int) -> None:
        """As it was after so many writes, with their ids and versions."""
        kept = list(self.repository.written())[:writes]
        self.reset()
        for type_, id_, version in kept:
            self.repository._add(type_, id_, version)


def _made(body: bytes) -> Iterator[dict[str, Any]]:
    """The creates in a body that no condition guards."""
    try:
        document = json.loads(body)
    except ValueError:
        return
    if not isinstance(document, dict):
        return
    parts = [document]
    if document.get("resourceType") == "Bundle":
        asked = [e for e in document["entry"] if e["request"]["method"] == "POST"]
        parts = [e["resource"] for e in asked if "ifNoneExist" not in e["request"]]
    for part in parts:
        number = (part.get("identifier") or [{}])[0]
        yield {"key": f"{number.get('system')}|{number.get('value')}", "mark": mark_of(part)}


def serve(words: Mapping[str, Any]) -> None:
    """The process: until its standard input ends."""
    listening = _bind(0)
    app = Witness(Options().changed(**words), f"http://{HOST}:{listening.getsockname()[1]}")
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none", http="h11")
    )

    def watch() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=watch, daemon=True).start()
    print(json.dumps({"base": app.base}), flush=True)
    asyncio.run(server.serve(sockets=[listening]))


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
