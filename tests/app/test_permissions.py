"""What each role may do: every public verb of the desk has a row in the table, and the door keeps to it."""

import asyncio
import inspect
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.app.desk.queue import QueueDesk
from fhirdesk.app.desk.records import RecordsDesk
from fhirdesk.app.desk.server import ServerDesk
from fhirdesk.app.servers import Servers
from fhirdesk.core.errors import FhirDeskError, Forbidden
from fhirdesk.core.permissions import Action, Actor, Role, Scope, is_allowed
from fhirdesk.core.queue_entry import BULK_ACTIONS
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import Choices, EditOutcome, EditResult, PatientQuery, QueueQuery
from tests.factories import person_fields, person_row
from tests.marks import fault
from tests.require import require
from tests.scripted import FakeFhirServer

PARTS = {"records": RecordsDesk, "queue": QueueDesk, "server": ServerDesk, "servers": Servers}
METHODS = {f"{part}.{name}" for part, kind in PARTS.items() for name in vars(kind) if not name.startswith("_")}
CHANGES = {f"queue.{action}": action for action in BULK_ACTIONS if action != "retry"}  # one method, many verbs
VERBS = sorted(METHODS - {"queue.change"} | CHANGES.keys())
ACTIONS = {action.verb: action for action in Action}
SOMEBODY = {role: Actor("kim", role, "P-1" if role is Role.PATIENT else None) for role in Role}
GIVEN: dict[str, Any] = {
    "type_": "patient",
    "fields": {},
    "changes": {"phone": "010-1"},
    "uuid": "u-9",
    "uuids": [],
    "seqs": [],
    "ids": [],
    "sources": [],
    "patients": 1,
    "given": "{}",
    "reason": "twice",
    "how": "absent",
    "patient_key": "P-1",
    "choices": Choices(),
    "since": None,
    "format_": "ndjson",
    "out": Path("nowhere") / "out",
    "text": "",
    "wreck": Path("nowhere.db"),
    "profile": Profile("other", url="http://127.0.0.1:9/fhir"),
    "name": "other",
}


def test_every_verb_of_the_desk_has_a_row_and_every_row_a_verb() -> None:
    assert sorted(ACTIONS) == VERBS and len(Action) == len(VERBS)  # no two rows are one


def split(verb: str) -> tuple[str, str]:
    """The part of the desk and its method that do a verb."""
    part, name = verb.split(".")
    return part, "change" if verb in CHANGES else name


def arguments(verb: str, key: str) -> dict[str, Any]:
    """Something for every parameter that must be given."""
    part, name = split(verb)
    query = PatientQuery() if part == "records" else QueueQuery()
    given = GIVEN | {"key": key, "query": query, "action": CHANGES.get(verb)}
    parameters = inspect.signature(getattr(PARTS[part], name)).parameters.values()
    return {p.name: given[p.name] for p in parameters if p.default is p.empty and p.name != "self"}


async def attempt(desk: Desk, verb: str, key: str) -> bool:
    """Whether the desk did a verb, or tried to; False: it was forbidden."""
    part, name = split(verb)
    door = Servers(desk.settings, desk.actor) if part == "servers" else getattr(desk, part)
    try:
        result = getattr(door, name)(**arguments(verb, key))
        if isinstance(result, AsyncIterator):
            result = [line async for line in result]
        elif inspect.isawaitable(result):
            result = await result
    except Forbidden:
        return False
    except (FhirDeskError, OSError):  # it went through the door, and there was nothing to do it to
        return True
    return not (isinstance(result, EditResult) and result.outcome is EditOutcome.FORBIDDEN)


@pytest.fixture
def desk_for(tmp_path: Path) -> Callable[[Actor], Desk]:
    """Desks on one folder that holds two patients."""
    settings = Settings(tmp_path / "data", Profile("none"))

    async def fill() -> None:
        desk = open_desk(settings)
        await desk.start(send=False)
        for key in ("P-1", "P-2"):
            await desk.records.register("patient", person_fields(key), f"u-{key}")
        await desk.stop()

    asyncio.run(fill())
    return lambda actor: open_desk(settings, actor)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_does_what_its_row_says_and_nothing_else(
    role: Role, desk_for: Callable[[Actor], Desk], tmp_path: Path
) -> None:
    async def do_all() -> dict[str, tuple[bool, bool]]:
        desk = desk_for(SOMEBODY[role])
        await desk.start(send=False)
        try:
            return {
                verb: (await attempt(desk, verb, "P-1"), await attempt(desk, verb, "P-2"))
                for verb in VERBS
                if verb != "records.get_edit_result"  # there is no edit; tested below
            }
        finally:
            await desk.stop()

    done = asyncio.run(do_all())
    expected = {
        verb: (is_allowed(SOMEBODY[role], ACTIONS[verb], "P-1"), is_allowed(SOMEBODY[role], ACTIONS[verb], "P-2"))
        for verb in done
    }
    assert done == expected
    with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db")) as database:
        refused = database.execute("SELECT who, verb FROM audit WHERE verb LIKE 'refused %' ORDER BY seq").fetchall()
    forbidden = [verb for verb, each in done.items() for allowed in each if not allowed]
    assert refused == [(SOMEBODY[role].name, f"refused {verb}") for verb in forbidden]


def test_what_belongs_to_nobody_is_no_patient_s_own() -> None:
    own = [action for action in Action if action.rights.get(Role.PATIENT) is Scope.OWN]
    assert own and not any(is_allowed(SOMEBODY[Role.PATIENT], action) for action in own)
    assert not any(is_allowed(Actor("kim", Role.PATIENT), action, None) for action in own)


def test_the_audit_names_who_did_it(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps(person_row("P-2")), encoding="utf-8")

    async def scene(url: str) -> None:
        desk = open_desk(Settings(tmp_path / "data", Profile("clinic", url=url)), Actor("lee", Role.STAFF))
        await desk.start(send=False)
        line = await desk.records.register("patient", person_fields("P-1"), "u-1")
        async for _ in desk.records.import_files([file]):
            pass
        await desk.queue.change("hold", [require(line.entry)])
        await desk.queue.resume()
        await desk.queue.drain(until_empty=True)
        await desk.stop()

    with FakeFhirServer() as server:
        asyncio.run(scene(server.url))
    with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db")) as database:
        rows = database.execute("SELECT who, verb, key FROM audit ORDER BY seq").fetchall()
    assert rows == [
        ("lee", "new", "P-1"),
        ("lee", "import new", "P-2"),
        ("lee", "hold", "P-1"),
        ("lee", "resume", None),
        ("worker", "completed", "P-2"),
    ]


@fault("G12")
def test_a_patient_edits_their_own_record_and_no_other(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        settings = Settings(tmp_path / "data", Profile("clinic", url=url))
        staff = open_desk(settings)
        await staff.start(send=False)
        for key in ("P-1", "P-2"):
            await staff.records.register("patient", person_fields(key), f"u-{key}")
        await staff.queue.drain(until_empty=True)
        await staff.stop()
        server.journal.clear()
        kim = open_desk(settings, SOMEBODY[Role.PATIENT])
        await kim.start(send=False)
        other = await kim.records.edit_patient("P-2", {"phone": "010-1"}, uuid="u-3")
        assert (other.outcome, other.message.code) == (EditOutcome.FORBIDDEN, "forbidden_own")
        assert server.journal == []
        own = await kim.records.edit_patient("P-1", {"phone": "010-1"}, uuid="u-4")
        assert own.outcome is EditOutcome.ACCEPTED and len(server.asked("PUT")) == 1
        assert (await kim.records.get_edit_result("u-4")).outcome is EditOutcome.ACCEPTED
        await kim.stop()
        lee = open_desk(settings, Actor("lee", Role.PATIENT, "P-2"))
        await lee.start(send=False)
        with pytest.raises(Forbidden):
            await lee.records.get_edit_result("u-4")
        await lee.stop()

    with FakeFhirServer() as server:
        asyncio.run(scene(server.url))
