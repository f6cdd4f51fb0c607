"""Puts the window into every state that a person meets, one after the other, on a real store and a real server."""

import asyncio
import json
import urllib.request
import uuid
from array import array
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from fhirdesk import sample
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile
from fhirdesk.core.views import Link
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.require import require
from tests.ui.clinic import clinic
from tests.ui.conftest import until
from ui.program import Program

STATES = ("opening", "empty", "rows", "many", "refused", "conflict", "paused", "offline")
PATIENTS, MANY = 10, 100_000
REFUSAL = {
    "resourceType": "OperationOutcome",
    "issue": [
        {"severity": "error", "code": "value", "expression": ["Patient.telecom[0].value"], "diagnostics": "too short"}
    ],
}


class Scenes:
    """The server that the window talks to, and what happens there."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.server = self._stack.enter_context(Sandbox("hapi"))
        self.profile = Profile("hospital", url=self.server.base, vendor="hapi")

    def close(self) -> None:
        """Stop the server; twice is as good as once."""
        self._stack.close()

    async def play(self, program: Program, folder: Path) -> AsyncIterator[str]:
        """Yield the name of each state once the window shows it."""
        window = program.window
        window.show()
        yield "opening"
        await program.session.open()
        await until(lambda: window.queue.counters.are_known and not window.patients.empty.isHidden(), "the empty desk")
        yield "empty"
        window.import_files([clinic(folder / "clinic.ndjson", PATIENTS)])
        number = len(list(sample.generate(PATIENTS, 7, types={"patient", "encounter", "lab_result"})))
        await until(lambda: window.counts[Status.COMPLETED] == number, "all on the server", 60)
        await self._choose(program)
        yield "rows"
        ids = window.patients.table.rows.ids
        window.patients._model.show(array("q", ids * (MANY // len(ids))))
        window.patients._count(MANY)
        yield "many"
        await window.patients._read()
        await self._refuse(program)
        yield "refused"
        await self._conflict(program)
        yield "conflict"
        desk = require(window.desk)
        await desk.queue.pause()
        await self._save(program, person_row("P-31", family_name="노", given_name="은재"))
        await until(lambda: window.server.link is Link.PAUSED and window.counts[Status.PENDING], "the pause")
        yield "paused"
        self.close()
        await desk.queue.resume()
        await desk.queue.send_now()
        await until(lambda: window.server.link is Link.OFFLINE, "the end of the connection")
        yield "offline"

    @staticmethod
    async def _choose(program: Program) -> None:
        table = program.window.patients.table
        await until(lambda: table.rows.row_at(0), "the first patient")
        table.choose(0)
        await until(lambda: program.window.preview.view, "the preview")

    @staticmethod
    async def _save(program: Program, fields: dict[str, Any]) -> None:
        await require(program.window.desk).records.register("patient", fields, str(uuid.uuid4()))

    async def _refuse(self, program: Program) -> None:
        self.server.fault(method="POST", times=1, status=422, body=REFUSAL)
        await self._save(program, person_row("P-30", family_name="권", given_name="기명", phone="1"))
        await until(lambda: program.window.counts[Status.FAILED] == 1, "the refusal")

    async def _conflict(self, program: Program) -> None:
        """Another address on the server, and another one here."""
        fields = person_row("P-32", family_name="구", given_name="하은", address="가온구 나루길 12")
        done = program.window.counts[Status.COMPLETED]
        await self._save(program, fields)
        await until(lambda: program.window.counts[Status.COMPLETED] == done + 1, "the patient")
        await asyncio.to_thread(self._change_address, "P-32", "가온구 나루길 99")
        await self._save(program, fields | {"address": "가온구 나루길 34"})
        await until(lambda: program.window.counts[Status.CONFLICT] == 1, "the conflict")

    def _change_address(self, key: str, address: str) -> None:
        (entry,) = self._ask(f"Patient?identifier={key}")["entry"]
        patient = entry["resource"]
        patient["address"][0]["text"] = address
        self._ask(f"Patient/{patient['id']}", "PUT", patient)

    def _ask(self, path: str, method: str = "GET", body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/fhir+json"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{self.server.base}/{path}", data, headers, method=method)
        ) as answer:
            return dict(json.loads(answer.read()))
