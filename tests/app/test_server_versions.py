"""A record beside the server's copy, its versions there, and its export: read from the embedded server, end to end."""

import asyncio
import json
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.core.errors import FhirDeskError, NotAuthorized, Refused, Unavailable
from fhirdesk.core.queue_entry import Phase
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import Side
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.require import require

Scene = Callable[[Desk], Awaitable[None]]
BEFORE = {"phone": "010-0127-0099", "address": "가온구 나루길 12"}
VISIT = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": "completed"}
NOTHING = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox("hapi") as made:
        yield made


@pytest.fixture
def play(server: Sandbox, tmp_path: Path) -> Callable[[Scene], None]:
    """Plays a scene on a desk that has sent one patient."""

    async def whole(scene: Scene) -> None:
        desk = open_desk(Settings(tmp_path / "data", Profile("hospital", url=server.base, vendor="hapi")))
        await desk.start(send=False)
        try:
            await desk.records.register("patient", person_row(**BEFORE), str(uuid.uuid4()))
            await desk.queue.drain(until_empty=True)
            await scene(desk)
        finally:
            await desk.stop()

    return lambda scene: asyncio.run(whole(scene))


async def http(server: Sandbox, path: str, method: str = "GET", body: object = None) -> dict[str, Any]:
    """What a colleague's program asks."""

    def call() -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        address = path if path.startswith("http") else f"{server.base}/{path}"
        asked = urllib.request.Request(address, data, {"Content-Type": "application/fhir+json"}, method=method)
        with urllib.request.urlopen(asked) as answer:
            text = answer.read()
        return dict(json.loads(text)) if text.startswith(b"{") else {}

    return await asyncio.to_thread(call)


async def colleague(server: Sandbox, phone: str) -> str:
    """Change the phone number on the server; returns the patient's id there."""
    theirs = (await http(server, "Patient?_count=1"))["entry"][0]["resource"]
    theirs["telecom"][0]["value"] = phone
    await http(server, f"Patient/{theirs['id']}", "PUT", theirs)
    return str(theirs["id"])


async def writes(server: Sandbox) -> int:
    """How many versions the server holds."""
    return int((await http(server, "_history?_count=1"))["total"])


def test_ours_beside_the_server_s_copy_of_now(server: Sandbox, play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        id_ = await colleague(server, "010-0881-4042")
        await desk.records.change("patient", "P-1", {"phone": "010-0127-0100", "email": "a@b.kr"}, str(uuid.uuid4()))
        local = await desk.records.compare_with_server("patient", "P-1", read_server=False)
        assert {f.field for f in local.fields} == {"phone", "email"} and local.theirs is None
        assert (local.base_version, local.read_at, local.reference) == ("1", None, f"Patient/{id_}")
        view = await desk.records.compare_with_server("patient", "P-1")
        sides = {f.field: (f.base, f.mine, f.theirs, f.who) for f in view.fields}
        assert sides["phone"] == ("010-0127-0099", "010-0127-0100", "010-0881-4042", Side.BOTH)
        assert sides["email"] == (None, "a@b.kr", None, Side.MINE)
        assert view.alike["address"] == "가온구 나루길 12" and "phone" not in view.alike
        assert (view.base_version, view.version_id) == ("1", "2")
        assert view.read_at and view.changed_at and view.read_at >= view.changed_at - 1
        mine, theirs = json.loads(view.mine), json.loads(view.theirs or "")
        assert [n for n in theirs if n in mine] == [n for n in mine if n in theirs]  # so that lines can be compared
        again = await desk.records.compare_with_server("patient", "P-1", read_server=False)
        assert again == local  # what was read is not stored

    play(scene)


def test_an_edit_that_waits_is_ours(server: Sandbox, play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        await desk.records.edit_patient("P-1", {"phone": "010-0127-0100"}, uuid=str(uuid.uuid4()), later=True)
        view = await desk.records.compare_with_server("patient", "P-1")
        (phone,) = view.fields
        assert (phone.field, phone.mine, phone.theirs, phone.who) == (
            "phone",
            "010-0127-0100",
            "010-0127-0099",
            Side.MINE,
        )
        assert '"010-0127-0100"' in view.mine

    play(scene)


def test_each_version_says_what_changed_against_the_one_before(server: Sandbox, play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        await colleague(server, "010-0881-4042")
        before = await writes(server)
        history = await desk.records.read_history("patient", "P-1")
        newer, older = history.versions
        assert (newer.version_id, older.version_id) == ("2", "1") and history.is_kept and not history.has_more
        (change,) = newer.changes or ()
        assert (change.field, change.before, change.after) == ("phone", "010-0127-0099", "010-0881-4042")
        assert older.is_creation and not newer.is_creation and require(newer.at) >= require(older.at)
        assert '"010-0881-4042"' in newer.text and '"010-0881-4042"' not in older.text
        assert await writes(server) == before  # it only looked

    play(scene)


def test_a_deletion_is_a_version(server: Sandbox, play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        id_ = (await desk.records.read_history("patient", "P-1")).reference
        await http(server, id_, "DELETE")
        newest, _first = (await desk.records.read_history("patient", "P-1")).versions
        assert newest.is_deletion and newest.version_id == "2" and newest.text == "" and newest.at
        with pytest.raises(Refused) as deleted:
            await desk.records.compare_with_server("patient", "P-1")
        assert deleted.value.code == "copy_deleted" and deleted.value.params == {"id": id_}

    play(scene)


def test_a_server_without_history_is_said(server: Sandbox, play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        server.fault(chance=1, method="GET", path="_history", status=404, body=NOTHING)
        history = await desk.records.read_history("patient", "P-1")
        assert not history.is_kept and history.versions == ()
        server.fault(chance=1, method="GET", path="Patient/", status=404, body=NOTHING)
        with pytest.raises(Refused) as gone:
            await desk.records.read_history("patient", "P-1")
        assert gone.value.code == "copy_missing"

    play(scene)


@pytest.mark.parametrize(
    ("each", "kind", "code"),
    [
        ({"status": 403, "body": NOTHING}, NotAuthorized, "copy_forbidden"),
        ({"status": 401, "body": NOTHING}, NotAuthorized, "copy_sign_in"),
        ({"status": 410, "body": NOTHING}, Refused, "copy_deleted"),
        ({"status": 500, "body": NOTHING}, Unavailable, "copy_unread"),
        ({"drop": True}, Unavailable, "copy_unread"),
    ],
)
def test_why_nothing_can_be_shown_is_said(
    server: Sandbox,
    play: Callable[[Scene], None],
    each: dict[str, object],
    kind: type[FhirDeskError],
    code: str,
) -> None:
    async def scene(desk: Desk) -> None:
        server.fault(chance=1, method="GET", path="Patient/", **each)
        for read in (desk.records.compare_with_server, desk.records.read_history):
            with pytest.raises(kind) as told:
                await read("patient", "P-1")
            assert told.value.code == code

    play(scene)


def test_offline_and_not_sent_are_said(server: Sandbox, play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        await desk.records.register("patient", person_row("P-2"), str(uuid.uuid4()))
        for read in (desk.records.compare_with_server, desk.records.read_history):
            with pytest.raises(Refused) as unsent:
                await read("patient", "P-2")
            assert unsent.value.code == "copy_not_sent"
        await asyncio.to_thread(server.__exit__, None, None, None)
        with pytest.raises(Unavailable) as away:
            await desk.records.compare_with_server("patient", "P-1")
        assert away.value.code == "copy_offline"

    play(scene)


def test_a_preview_says_whom_it_is_about_and_what_was_answered(play: Callable[[Scene], None]) -> None:
    async def scene(desk: Desk) -> None:
        await desk.records.register("encounter", VISIT, str(uuid.uuid4()))
        view = await desk.records.preview("encounter", "E-1", request=True)
        assert require(view.patient).fields["birth_date"] == person_row()["birth_date"] and view.is_patient_saved
        assert view.attempt is None and view.logical_id is None
        await desk.queue.drain(until_empty=True)
        view = await desk.records.preview("encounter", "E-1", request=True)
        assert require(view.attempt).phase is Phase.ANSWERED and require(view.attempt).status == 201
        assert view.logical_id

    play(scene)


def test_a_record_is_exported_with_what_it_refers_to(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(desk: Desk) -> None:
        await desk.records.register("patient", person_row("P-2"), str(uuid.uuid4()))
        await desk.records.register("encounter", VISIT, str(uuid.uuid4()))
        await desk.queue.drain(until_empty=True)
        out = tmp_path / "visit.json"
        assert await desk.records.export_record("encounter", "E-1", out) == 2
        bundle = json.loads(out.read_text(encoding="utf-8"))
        visit, person = (entry["resource"] for entry in bundle["entry"])
        assert (bundle["type"], visit["resourceType"], person["resourceType"]) == ("collection", "Encounter", "Patient")
        assert visit["subject"]["reference"] == f"Patient/{person['id']}"
        with pytest.raises(Refused):  # nothing is overwritten
            await desk.records.export_record("encounter", "E-1", out)

    play(scene)
