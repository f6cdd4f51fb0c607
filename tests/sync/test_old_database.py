"""A database of an older version, in the middle of its work, goes on with nothing lost and nothing sent twice (A3)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import Status
from fhirdesk.r4 import json
from fhirdesk.sandbox.server import Sandbox
from fhirdesk.store.damage import invariants
from fhirdesk.store.damage.integrity_check import verify
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.sync.operator.salvage import salvage
from tests.factories import person
from tests.marks import fault
from tests.old_files import PROFILES, V11_SAVED, rows, server_of, unpack
from tests.sync.bench import FastClock, Harness
from tests.sync.test_salvage import no_header

KEPT = "seq, uuid, profile, type, key, resource_type, operation, status, attempts, record, base, links, logical_id"
Tables = dict[str, list[tuple[Any, ...]]]


class ThenClock(FastClock):
    """Goes on where the database was left."""

    def __init__(self) -> None:
        super().__init__()
        self._wall = V11_SAVED + 2000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    unpack("v11", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[str, Sandbox]]:
    with ExitStack() as running:
        yield {name: running.enter_context(server_of("v11", name, tmp_path)) for name in PROFILES}


def read_tables(folder: Path) -> Tables:
    """What must be the same before and after."""
    queries = {
        "entries": f"SELECT {KEPT} FROM queue_entry ORDER BY seq",
        "attempts": "SELECT seq, number, at, phase, verdict, request FROM attempt ORDER BY id",
        "map": "SELECT profile, type, key, logical_id, version_id, base FROM resource_map ORDER BY 1, 2, 3",
        "audit": "SELECT * FROM audit ORDER BY seq",
        "servers": "SELECT * FROM server_state ORDER BY profile",
        "cursors": "SELECT * FROM cursor",
        "next seq": "SELECT * FROM sqlite_sequence WHERE name = 'queue_entry'",
        "records": "SELECT type, key, fields, base, links, said, deleted_at, gone_at FROM record ORDER BY type, key",
    }
    return {name: rows(folder / DATABASE, sql) for name, sql in queries.items()}


@fault("A3")
def test_opening_it_keeps_every_row_and_it_is_whole(folder: Path) -> None:
    before = read_tables(folder)
    states = {status for *_, status, _, _, _, _, _ in before["entries"]}
    assert states == {s.value for s in Status}, "the file has an entry of each state"
    for profile in PROFILES:
        SqliteStore.open(folder, profile, Events()).close()
    assert verify(folder, "default") == []
    after = read_tables(folder)
    assert {name: after[name] for name in before if name != "records"} == {
        name: before[name] for name in before if name != "records"
    }
    assert set(after["records"]) == set(before["records"])


@fault("A3")
def test_it_goes_on_sending_where_it_was(folder: Path, servers: dict[str, Sandbox]) -> None:
    desk = Harness(folder, servers["default"].base, ThenClock())
    open_ = {status: key for key, status in rows(folder / DATABASE, "SELECT key, status FROM queue_entry")}
    with desk.store.transaction() as tx:
        assert tx.entries.recover() == 1
    desk.drain()
    ended = entries_of(folder, "default")
    assert ended[open_["unknown"]] == ended[open_["pending"]] == ended[open_["processing"]] == "completed"
    assert (ended["P-failed"], ended["P-conflict"], ended["P-hand"], ended["E-held"]) == (
        "failed", "conflict", "held", "held",
    )  # fmt: skip
    finish(desk, folder)
    assert Counter(entries_of(folder, "default").values()) == {"completed": 34, "cancelled": 1}
    judge(desk, servers["default"])
    desk.close()


def entries_of(folder: Path, profile: str) -> dict[str, str]:
    """The status of each record's newest entry, by key."""
    query = f"SELECT key, status FROM queue_entry WHERE profile = '{profile}' ORDER BY seq"
    return dict(rows(folder / DATABASE, query))


def finish(desk: Harness, folder: Path) -> None:
    """A person does what the rest waits for."""
    by_key = dict(rows(folder / DATABASE, "SELECT key, uuid FROM queue_entry ORDER BY seq"))
    desk.add(person("P-absent"))
    with desk.store.transaction() as tx:
        now = desk.clock.now()
        assert tx.operator.change("release", [by_key["P-hand"]], now) == 1
        assert tx.operator.change("retry", [by_key["P-failed"]], now) == 1
    desk.resolve(by_key["P-conflict"], "mine")
    desk.drain()


def judge(desk: Harness, server: Sandbox) -> None:
    """Each record is on the server once, as it is here; the invariants hold."""
    with desk.store.snapshot() as view:
        assert invariants.find_violations(view.conn) == []
        patients = [r.key for r in view.records.iterate("patient")]
    held = [v[-1].resource for (type_, _), v in server._repository.versions.items() if type_ == "Patient"]
    numbers = Counter(i["value"] for r in held if r for i in r["identifier"] if "hospital" in i["system"])
    assert set(numbers) == set(patients) - {"P-here", "P-cancelled", "P-branch"} and set(numbers.values()) == {1}
    telecoms = [json.dumps(r.get("telecom")) for r in held if r]
    assert all(sum(phone in telecom for telecom in telecoms) == 1 for phone in (b'"010-2"', b'"010-5"', b'"010-7"'))


@fault("A3")
def test_the_other_server_goes_on_too(folder: Path, servers: dict[str, Sandbox]) -> None:
    desk = Harness(folder, servers["branch"].base, ThenClock(), name="branch")
    assert entries_of(folder, "branch") == {"P-1": "completed", "P-branch": "completed", "E-branch": "pending"}
    desk.drain()
    assert set(entries_of(folder, "branch").values()) == {"completed"}
    with desk.store.snapshot() as view:
        assert invariants.find_violations(view.conn) == []
    desk.close()


@fault("A3", "B7")
def test_what_an_older_version_left_damaged_is_salvaged_and_goes_on(
    tmp_path: Path, servers: dict[str, Sandbox]
) -> None:
    wreck = unpack("v11", tmp_path / "data")
    wreck.write_bytes(no_header(wreck.read_bytes()))
    desk = Harness(tmp_path / "new", servers["default"].base, ThenClock())
    found = salvage(desk.store, desk.mapper, desk.clock, wreck)
    assert found.lost == () and verify(tmp_path / "new", "default") == []
    desk.drain()
    ended = entries_of(tmp_path / "new", "default")
    assert ended["P-unknown"] == ended["P-pending"] == ended["P-flight"] == "completed"
    assert (ended["P-failed"], ended["P-conflict"], ended["P-hand"]) == ("failed", "conflict", "held")
    desk.close()
