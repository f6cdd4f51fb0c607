"""Pictures of the window, made by the program itself: the sample clinic on a bad day. `make screenshots`."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.request import Request, urlopen

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
sys.path.insert(0, str(Path(__file__).parents[1]))

import qasync
from PySide6.QtWidgets import QApplication, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import load_settings
from fhirdesk.core.views import PatientQuery, QueueQuery
from ui.gallery import build_gallery
from ui.jobs import Jobs
from ui.program import Program
from ui.theme import Theme, apply

PATIENTS = 320
FAMILY = "김"  # whom the picture shows
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error",
            "code": "value",
            "expression": ["Patient.telecom[0].value"],
            "diagnostics": "Phone numbers need at least nine digits",
        }
    ],
}


def call(url: str, method: str = "GET", body: object = None) -> dict[str, object]:
    """Send a request to the practice server; returns the JSON of its answer."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/fhir+json"}, method=method)) as answer:
        text = answer.read()
    return json.loads(text) if text else {}


class Clinic:
    """Puts the queue into every state that a user can meet."""

    def __init__(self, desk: Desk):
        self.desk, self.base = desk, str(desk.settings.profile.url)

    async def http(self, path: str, method: str = "GET", body: object = None) -> dict[str, object]:
        return await asyncio.to_thread(call, f"{self.base}/{path}", method, body)

    async def fault(self, **fault: object) -> None:
        admin = self.base.removesuffix("/fhir") + "/__admin/faults"
        await asyncio.to_thread(call, admin, "POST", [fault])

    async def until(self, true: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
        for _ in range(int(seconds / 0.1)):
            if await true():
                return
            await asyncio.sleep(0.1)
        counts = {s.value: n for s, n in (await self.desk.queue.count_by_status()).by_status.items()}
        raise SystemExit(f"the clinic did not come to rest: {counts}")

    async def settled(self, status: Status, number: int) -> None:
        async def so() -> bool:
            return (await self.desk.queue.count_by_status())[status] >= number

        await self.until(so)

    async def at_rest(self, jobs: Jobs) -> None:
        """Wait until the sample clinic is on the server."""

        async def so() -> bool:
            counts = await self.desk.queue.count_by_status()
            return not jobs.is_busy and counts[Status.COMPLETED] > PATIENTS and not counts.unsent

        await self.until(so, 90)

    async def save(self, type_: str, **fields: object) -> None:
        await self.desk.records.register(type_, {"type": type_, **fields}, str(uuid.uuid4()))

    async def people(self) -> list[dict[str, object]]:
        """The patients on top of the table, so that the picture shows their states."""
        rows = await self.desk.records.find_first_patients(PatientQuery(FAMILY), 16)
        records = [await self.desk.records.get("patient", row.key) for row in rows]
        return [dict(r.fields) for r in records if r]

    async def bad_day(self) -> None:
        """Make entries that are refused, in conflict, held, unknown, being sent and waiting."""
        for number, (family, given, phone) in enumerate((("권", "기명", "010-93-11"), ("노", "은재", "02-1"))):
            await self.fault(method="POST", times=1, status=400, body=OUTCOME)
            new = {"family_name": family, "given_name": given, "gender": "F", "birth_date": "1990-08-17"}
            await self.save("patient", patient_id=f"P-2026-00966{number}", phone=phone, **new)
            await self.settled(Status.FAILED, number + 1)
        for number in (1, 2):
            visit = {"encounter_class": "AMB", "status": "completed", "started_at": "2026-11-24T09:10:00+09:00"}
            await self.save("encounter", encounter_id=f"E-2026-00984{number}", patient_id="P-2026-009660", **visit)
        people = await self.people()
        await self.conflict(people[3], 1)
        await self.desk.queue.pause()
        for number, fields in enumerate(people[4:10]):
            await self.save("patient", **fields | {"phone": f"010-55{number}1-77{number}3"})
        rows = await self.desk.queue.read_rows(await self.desk.queue.find_ids(QueueQuery(frozenset({Status.PENDING}))))
        await self.desk.queue.change("hold", [rows[0].uuid])
        await self.fault(method="POST", path="fhir/?$", chance=1, delayMs=28_000)
        await self.fault(method="PUT", chance=1, delayMs=28_000)
        await self.desk.queue.resume()
        await self.settled(Status.PROCESSING, 1)
        await self.lost_answer(people[1])
        for number, fields in enumerate(people[12:15]):
            await self.save("patient", **fields | {"email": f"new{number}@example.com"})

    async def conflict(self, fields: dict[str, object], number: int) -> None:
        """Change an address on the server, and another one here."""
        bundle = await self.http(f"Patient?identifier={fields['patient_id']}")
        theirs = bundle["entry"][0]["resource"]  # type: ignore[index]
        theirs["address"][0]["text"] = "서울특별시 종로구 율곡로 99"
        await self.http(f"Patient/{theirs['id']}", "PUT", theirs)
        await self.save("patient", **fields | {"address": "서울특별시 종로구 가온로 12, 3층"})
        await self.settled(Status.CONFLICT, number)

    async def lost_answer(self, fields: dict[str, object]) -> None:
        await self.fault(method="POST", path="Observation", times=1, drop=True, after=True)
        await self.fault(method="GET", path="Observation", chance=1, delayMs=25_000)
        lab: dict[str, object] = {"test_code": "718-7", "test_name": "혈색소", "result_value": "13.50"}
        resulted = "2026-11-24T09:41:00+09:00"
        lab |= {"result_unit": "g/dL", "patient_id": fields["patient_id"], "resulted_at": resulted}
        await self.save("lab_result", result_id="LR-2026-009801", **lab)
        await self.settled(Status.UNKNOWN, 1)


async def shoot(program: Program, out: Path) -> None:
    """Open the sample clinic, spoil its day, and save the pictures."""
    window = program.window
    window.resize(1440, 900)
    window.show()
    await program.session.open_demo()
    desk = program.session.desk
    assert desk
    window.jobs.load_sample(desk, PATIENTS)
    clinic = Clinic(desk)
    await clinic.at_rest(window.jobs)
    await clinic.bad_day()
    await asyncio.sleep(1)
    window.patients.search_for(FAMILY)
    await asyncio.sleep(1)
    for lang, theme in (("ko", "light"), ("en", "dark")):
        window.actions_["korean" if lang == "ko" else "english"].trigger()
        window.actions_[theme].trigger()
        window.toast.clear()
        window.patients.table.choose(2)
        await asyncio.sleep(1.2)
        save(window, out / f"{theme}-{lang}.png")
    await program.end()


def save_gallery(app: QApplication, out: Path) -> None:
    """Save a picture of every component in each theme: docs/design.md shows them."""
    for shown in (Theme.LIGHT, Theme.DARK, Theme.CONTRAST):
        apply(app, shown)
        gallery = build_gallery()
        gallery.resize(1440, 900)
        gallery.show()
        save(gallery, out / f"gallery-{shown}.png")
        gallery.close()


def save(widget: QWidget, path: Path) -> None:
    """Save a picture of the widget, compressed as far as PNG can."""
    widget.grab().toImage().save(str(path), quality=0)


def main() -> None:
    """Parse the options and take the pictures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "docs" / "images")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication(["fhirdesk"])
    app.setQuitOnLastWindowClosed(False)
    save_gallery(app, options.out)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder, loop:
        program = Program(app, load_settings(data_dir=Path(folder), environ={}), lang="ko", theme="light")
        loop.run_until_complete(asyncio.wait_for(shoot(program, options.out), 240))


if __name__ == "__main__":
    main()
