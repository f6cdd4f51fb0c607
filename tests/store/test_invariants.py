"""The questions that find what breaks an invariant: silent on a sound database, loud on a broken one."""

import pytest

from fhirdesk.core.errors import StoreError
from fhirdesk.core.queue_entry import Status
from fhirdesk.store.audit import WORKER, AuditEvent
from fhirdesk.store.damage import invariants
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.queue import Transition
from fhirdesk.store.schema.digest import KEEP_FINAL
from tests.marks import invariant
from tests.store.test_queue import claim, done, enqueue, move, new

MINE = "type = 'patient' AND key = 'P-1'"


def sound(store: SqliteStore) -> None:
    """Some of everything: sent and done, in flight, unknown, superseded, held."""
    enqueue(store, new("a"))
    move(store, done(claim(store)[0]))
    enqueue(store, new("b"), new("c", "P-2"), new("d", "P-3"))
    enqueue(store, new("e", "P-3"), new("child", "L-1", type_="lab_result", parents=(("patient", "P-9"),)))
    (first, *_) = claim(store)
    move(store, Transition(first.entry, first.number, Status.UNKNOWN))


def found(store: SqliteStore) -> list[str]:
    with store.snapshot() as view:
        return invariants.find_violations(view.conn)


def test_a_sound_database_breaks_none(store: SqliteStore) -> None:
    sound(store)
    assert found(store) == []


@pytest.mark.parametrize(
    ("what", "damage"),
    [
        ("I3", "UPDATE queue_entry SET status = 'held' WHERE uuid = 'd'"),
        ("I4", "UPDATE queue_entry SET logical_id = NULL WHERE uuid = 'a'"),
        ("I6", "DELETE FROM attempt WHERE seq = (SELECT seq FROM queue_entry WHERE uuid = 'b')"),
        ("I7", "UPDATE queue_entry SET attempts = 2 WHERE uuid = 'c'"),
        ("I8", "UPDATE queue_entry SET waits_key = 'P-1' WHERE uuid = 'child'"),
        ("I9", "UPDATE queue_entry SET uuid = 'another' WHERE uuid = 'd'"),
        ("I11", "UPDATE queue_entry SET finished_at = 1 WHERE uuid = 'b'"),
    ],
)
def test_what_is_broken_is_found(store: SqliteStore, what: str, damage: str) -> None:
    sound(store)
    with store.transaction() as tx:
        tx.conn.exec_driver_sql("DROP TRIGGER queue_final")
        tx.conn.exec_driver_sql(damage)
        tx.conn.exec_driver_sql(KEEP_FINAL)
    assert any(line.startswith(what) for line in found(store)), found(store)


@invariant(2)
def test_the_database_refuses_two_in_flight_in_a_lane(store: SqliteStore) -> None:
    sound(store)
    with pytest.raises(StoreError), store.transaction() as tx:
        tx.conn.exec_driver_sql(f"UPDATE queue_entry SET status = 'processing' WHERE {MINE} OR uuid = 'b'")


@invariant(5)
def test_the_database_refuses_to_change_what_is_final(store: SqliteStore) -> None:
    sound(store)
    with pytest.raises(StoreError), store.transaction() as tx:
        tx.conn.exec_driver_sql("UPDATE queue_entry SET status = 'pending' WHERE uuid = 'a'")
    with store.snapshot() as view:
        before = invariants.read_finals(view.conn)
    with store.transaction() as tx:
        tx.conn.exec_driver_sql("UPDATE queue_entry SET version_id = '9' WHERE uuid = 'a'")
        assert invariants.find_changed(before, invariants.read_finals(tx.conn)) == ["a"]


@invariant(1)
def test_what_was_pruned_is_found_in_the_audit(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    with store.transaction() as tx:
        tx.audit.append([AuditEvent("new", "patient", "P-8", "gone")], 1.0)
        assert invariants.find_lost(tx.conn, ["a", "gone", "never"]) == ["never"]


@invariant(9)
def test_completions_are_counted_from_the_audit(store: SqliteStore) -> None:
    with store.transaction() as tx:
        deeds = [AuditEvent("completed", "patient", "P-1", u, actor=WORKER) for u in ("a", "b")]
        tx.audit.append(deeds, 1.0)
        assert invariants.count_completions(tx.conn) == {("patient", "P-1"): 2}
