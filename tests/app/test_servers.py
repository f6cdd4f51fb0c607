"""The servers that a clinic knows: what waits for each, which one is in use, what a test of the connection tells."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fhirdesk.app import credentials
from fhirdesk.app.desk import open_desk
from fhirdesk.app.servers import Servers
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.permissions import Actor, Role
from fhirdesk.core.settings import Profile, Settings, load_settings
from fhirdesk.core.views import KnownServer
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_fields
from tests.require import require
from tests.scripted import FakeFhirServer

NOWHERE = "http://127.0.0.1:9/fhir"
LEE = Actor("lee", Role.ADMIN)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield load_settings(data_dir=tmp_path / "data", environ={})
    for name in ("a", "b"):
        credentials.forget_secret(name)


async def register(settings: Settings, profile: Profile, *keys: str) -> None:
    desk = open_desk(replace(settings, profile=profile))
    await desk.start(send=False)
    for key in keys:
        await desk.records.register("patient", person_fields(key), f"u-{profile.name}-{key}")
    await desk.stop()


def by_name(servers: tuple[KnownServer, ...]) -> dict[str, tuple[bool, int]]:
    return {each.profile.name: (each.in_use, each.waiting) for each in servers}


def test_what_waits_is_counted_by_server(settings: Settings) -> None:
    servers = Servers(settings)

    async def scene() -> None:
        first, second = Profile("a", url=NOWHERE), Profile("b", url=NOWHERE)
        await servers.keep(first, use=True)
        await servers.keep(second)
        await register(settings, first, "P-1", "P-2")
        await register(settings, second, "P-1")
        assert by_name(await servers.read_all()) == {"a": (True, 2), "b": (False, 1), "demo": (False, 0)}
        assert (await servers.read_all())[0].unsent == {"patient": 2}

        assert await servers.use("b") == second
        assert by_name(await servers.read_all()) == {"a": (False, 2), "b": (True, 1), "demo": (False, 0)}

        await servers.remove("a")  # what it holds is told of still
        assert by_name(await servers.read_all()) == {"b": (True, 1), "a": (False, 2), "demo": (False, 0)}

    asyncio.run(scene())


def test_what_was_queued_without_a_server_is_told_of(settings: Settings) -> None:
    servers = Servers(settings)

    async def scene() -> None:
        assert by_name(await servers.read_all()) == {"default": (True, 0), "demo": (False, 0)}
        await register(settings, Profile(), "P-1")
        await servers.keep(Profile("a", url=NOWHERE), use=True)
        assert by_name(await servers.read_all()) == {"a": (True, 0), "default": (False, 1), "demo": (False, 0)}

    asyncio.run(scene())


def test_a_name_is_not_given_to_another_server(settings: Settings) -> None:
    servers = Servers(settings)

    async def scene() -> None:
        await servers.keep(Profile("a", url=NOWHERE))
        with pytest.raises(ConfigurationError) as elsewhere:
            await servers.keep(Profile("a", url="http://127.0.0.1:10/fhir"))
        assert elsewhere.value.code == "profile_elsewhere"
        with pytest.raises(ConfigurationError) as unknown:
            await servers.use("c")
        assert unknown.value.code == "profile_unknown"

    asyncio.run(scene())


def test_each_change_is_a_row_of_the_audit_with_who_did_it_and_no_secret(settings: Settings) -> None:
    servers = Servers(settings, LEE)

    async def scene() -> None:
        await servers.keep(Profile("a", url=NOWHERE, client_id="desk"), "s3cret-word")
        await servers.use("a")
        await servers.remove("a")

    asyncio.run(scene())
    with closing(sqlite3.connect(settings.data_dir / "fhirdesk.db")) as database:
        rows = database.execute("SELECT who, verb FROM audit ORDER BY seq").fetchall()
    assert rows == [("lee", "profile keep a"), ("lee", "profile use a"), ("lee", "profile remove a")]
    written = [path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()]
    assert written and not any(b"s3cret-word" in each for each in written)


def test_a_test_tells_what_the_server_is_and_takes(settings: Settings) -> None:
    with Sandbox() as sandbox:
        report = asyncio.run(Servers(settings).test(Profile("a", url=sandbox.base)))
    assert report.failed is None and [step.name for step in report.steps][:2] == ["dns", "tls"]
    facts = require(report.facts)
    assert facts.fhir_version == "4.0.1" and facts.software
    takes = {each.type: each.interactions for each in facts.types}
    assert len(takes) == 10 and takes["patient"] >= {"create", "update"}


def test_a_test_of_a_wrong_address_says_which_step_failed_and_what_to_do(settings: Settings) -> None:
    report = asyncio.run(Servers(settings).test(Profile("a", url=NOWHERE)))
    failed = require(report.failed)
    assert failed.name == "tls" and failed.fix and report.facts is None


def test_what_a_server_does_not_declare_is_not_taken(settings: Settings) -> None:
    async def scene(url: str) -> None:
        report = await Servers(settings).test(Profile("a", url=url))
        takes = {each.type: each.interactions for each in require(report.facts).types}
        assert takes["patient"] and not takes["allergy"]

        desk = open_desk(replace(settings, profile=Profile("a", url=url)))
        await desk.start(send=False)
        assert await desk.server.get_facts() is None  # nobody asked yet
        await desk.records.register("patient", person_fields("P-1"), "u-1")
        await desk.queue.drain(until_empty=True)
        told = require(await desk.server.get_facts())
        assert {each.type: each.interactions for each in told.types} == takes
        metrics = await desk.server.get_metrics()
        assert metrics.last_saved_at and metrics.next_due_at is None
        assert 0 < len(metrics.recent_ms) <= metrics.count and metrics.p50_ms
        await desk.stop()

    with FakeFhirServer() as server:
        asyncio.run(scene(server.url))


def test_when_the_next_entry_may_go_is_told(settings: Settings) -> None:
    async def scene() -> None:
        desk = open_desk(replace(settings, profile=Profile("a", url=NOWHERE)))
        await desk.start(send=False)
        await desk.records.register("patient", person_fields("P-1"), "u-1")
        due = (await desk.server.get_metrics()).next_due_at
        (row,) = await desk.queue.read_rows([1])
        assert due == row.not_before
        await desk.stop()

    asyncio.run(scene())


def test_staff_may_look_and_no_more(settings: Settings) -> None:
    file = settings.data_dir / "profiles.json"

    async def scene() -> None:
        await Servers(settings).keep(Profile("a", url=NOWHERE))
        before = json.loads(file.read_text(encoding="utf-8"))
        staff = Servers(settings, Actor("kim", Role.STAFF))
        assert len(await staff.read_all()) == 3
        for refused in (staff.use("a"), staff.remove("a"), staff.keep(Profile("b", url=NOWHERE))):
            with pytest.raises(Exception) as error:
                await refused
            assert getattr(error.value, "code", "") == "forbidden"
        assert json.loads(file.read_text(encoding="utf-8")) == before

    asyncio.run(scene())
