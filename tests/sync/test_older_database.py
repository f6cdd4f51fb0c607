"""A database older than what was sent from its folder, and accepted: the server is asked before anything goes (B8)."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from fhirdesk.store.damage import invariants
from fhirdesk.store.database import opening
from fhirdesk.store.sqlite.data_folder import DATABASE
from tests.factories import person
from tests.marks import fault
from tests.require import require
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness
from tests.sync.test_order import panel, read, visit

Make = Callable[..., Harness]
SERVERS: dict[str, dict[str, Any]] = {
    "conditional create": {},
    "client ids": {"conditional": False, "update_create": True},
}
WRITES = ("POST", "PUT", "DELETE")


def ended(key: str, patient: str) -> Record:
    return visit(key, patient).with_fields(status="cancelled")


class Yesterday:
    """A folder whose database was copied, then used on, and whose copy came back."""

    def __init__(self, desk: Harness):
        desk.close()
        self._url, self._folder, self._clock = require(desk.profile.url), desk.folder, desk.clock
        self._copy = Path(shutil.copy(desk.folder / DATABASE, desk.folder.parent / "copy.db"))
        self.newer = self._open()

    def back(self) -> Harness:
        """It is refused until a person accepts it."""
        self.newer.close()
        shutil.copy(self._copy, self._folder / DATABASE)
        with pytest.raises(DataFolderError, match="store_rolled_back"):
            self._open()
        opening.accept(self._folder / DATABASE, self._clock.now(), profile="default")
        return self._open()

    def _open(self) -> Harness:
        return Harness(self._folder, self._url, self._clock)


def written(server: FakeFhirServer, since: int) -> list[str]:
    asked = [f"{a.method} {a.path}" for a in server.journal[since:] if a.method in WRITES]
    return [line for line in asked if not line.endswith("_search")]


def sound(desk: Harness) -> None:
    with desk.store.snapshot() as view:
        assert invariants.find_violations(view.conn) == []


@fault("B8")
@pytest.mark.parametrize("kind", SERVERS)
def test_what_the_lost_file_has_sent_is_found_and_not_sent_again(bench: Make, kind: str) -> None:
    with FakeFhirServer(**SERVERS[kind]) as server:
        desk = bench(server)
        sent = desk.add(visit("E-0", "P-1"), person("P-1"), visit("E-1", "P-1"))
        yesterday = Yesterday(desk)
        yesterday.newer.drain()
        there, known = dict(server.held), len(server.journal)
        old = yesterday.back()
        assert old.states(*sent) == [Status.UNKNOWN] * 3
        sound(old)
        old.drain()
        assert old.states(*sent) == [Status.COMPLETED] * 3
        assert (server.held, written(server, known)) == (there, [])
        sound(old)
        old.close()


@fault("B8")
def test_what_the_lost_file_has_not_sent_is_sent_once(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        sent = desk.add(person("P-1"), visit("E-1", "P-1"))
        yesterday = Yesterday(desk)
        yesterday.newer.add(person("P-2"))  # and nothing goes
        old = yesterday.back()
        old.drain()
        assert old.states(*sent) == [Status.COMPLETED] * 2 and len(server.held) == 2
        sound(old)
        old.close()


def made_later(desk: Harness) -> tuple[Sequence[str], Record]:
    """The visit waits to be made; what the lost file sent later is another state of it."""
    return desk.add(visit("E-1", "P-1")), ended("E-1", "P-1")


def changed_later(desk: Harness) -> tuple[Sequence[str], Record]:
    """The visit is there, and a change of it waits; the lost file sent that, and another one later."""
    desk.add(visit("E-1", "P-1"))
    desk.drain()
    return desk.add(visit("E-1", "P-1").with_fields(status="in_progress")), ended("E-1", "P-1")


@fault("B8")
@pytest.mark.parametrize("versions", [True, False])
@pytest.mark.parametrize("begin", [made_later, changed_later])
def test_what_moved_on_since_is_never_laid_over(
    bench: Make, begin: Callable[[Harness], tuple[Sequence[str], Record]], versions: bool
) -> None:
    with FakeFhirServer(versions=versions) as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        waiting, later = begin(desk)
        yesterday = Yesterday(desk)
        yesterday.newer.drain()
        yesterday.newer.add(later)
        yesterday.newer.drain()
        there, known = dict(server.held), len(server.journal)
        old = yesterday.back()
        old.drain()
        assert old.states(*waiting) == [Status.CONFLICT] and old.reason(waiting[0]) == "why_moved_on"
        assert (server.held, written(server, known)) == (there, [])
        assert ("status", "cancelled") in [(f.field, f.theirs) for f in old.compare(waiting[0])]
        assert old.resolve(waiting[0], "theirs") is Status.CANCELLED
        sound(old)
        old.close()


@fault("B8")
def test_what_a_person_held_is_looked_for_when_it_is_released(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (held,) = desk.add(person("P-1", phone="1"))
        desk.decisions().change("hold", [held])
        yesterday = Yesterday(desk)
        yesterday.newer.decisions().change("release", [held])
        yesterday.newer.drain()
        yesterday.newer.add(person("P-1", phone="2"))
        yesterday.newer.drain()
        there = dict(server.held)
        old = yesterday.back()
        assert old.states(held) == [Status.HELD]
        old.decisions().change("release", [held])
        old.drain()
        assert old.states(held) == [Status.CONFLICT] and server.held == there
        sound(old)
        old.close()


@fault("B8")
def test_a_delete_the_lost_file_has_sent_is_done_and_one_of_what_moved_on_is_asked(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"), person("P-2", phone="1"))
        desk.drain()
        gone, asked = desk.delete(person("P-1")), desk.delete(person("P-2", phone="1"))
        yesterday = Yesterday(desk)
        yesterday.newer.decisions().change("cancel", [asked])
        yesterday.newer.drain()
        yesterday.newer.add(person("P-2", phone="2"))
        yesterday.newer.drain()
        there, known = dict(server.held), len(server.journal)
        old = yesterday.back()
        old.drain()
        assert old.states(gone, asked) == [Status.COMPLETED, Status.CONFLICT]
        assert (server.held, written(server, known)) == (there, [])
        old.close()


@fault("B8")
def test_a_patient_s_later_change_there_is_merged_or_asked(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="1"), person("P-2", phone="1"))
        desk.drain()
        merged, asked = desk.add(person("P-1", phone="2"), person("P-2", phone="2"))
        yesterday = Yesterday(desk)
        yesterday.newer.drain()
        yesterday.newer.add(person("P-1", phone="2", gender="female"), person("P-2", phone="3"))
        yesterday.newer.drain()
        there = dict(server.held)
        old = yesterday.back()
        old.drain()
        assert old.states(merged, asked) == [Status.COMPLETED, Status.CONFLICT]
        content = {path: {n: v for n, v in body.items() if n != "meta"} for path, body in server.held.items()}
        assert content == {path: {n: v for n, v in body.items() if n != "meta"} for path, body in there.items()}
        sound(old)
        old.close()


@fault("B8")
def test_records_that_refer_to_each_other_keep_nobody_waiting_for_ever(bench: Make) -> None:
    with FakeFhirServer(batch=True, transaction=True) as server:
        desk = bench(server)
        ring = read(desk, panel("a", "b"), panel("b", "c"), panel("c", "a"), panel("d", "a"))
        yesterday = Yesterday(desk)
        yesterday.newer.drain()
        there, known = dict(server.held), len(server.journal)
        assert len(there) == 4
        old = yesterday.back()
        old.drain()
        assert {*old.states(*ring)} <= {Status.COMPLETED, Status.CONFLICT}
        assert (server.held, written(server, known)) == (there, [])
        sound(old)
        old.close()
