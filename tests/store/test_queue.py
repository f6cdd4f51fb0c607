"""The queue's verbs: order, holding, compare-and-set, recovery."""

from pathlib import Path

import pytest

from fhirdesk.core.clock import Clock
from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import IdMapping, Operation, Phase, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import QueueQuery
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.queue import NewEntry, Prepared, Transition
from fhirdesk.store.queue import entries as queue_upkeep
from fhirdesk.sync.outbox.outbox import Incoming, Outbox, Saved
from tests.marks import fault, invariant
from tests.old_files import FIRST_ENTRY, create, insert


def new(uuid: str, key: str = "P-1", *, type_: str = "patient", priority: int = 5, **more: object) -> NewEntry:
    record = Record(type_, key, {"patient_id": key, "phone": uuid})
    return NewEntry(uuid, record, "Patient", Operation.UPDATE, priority, **more)  # type: ignore[arg-type]


def enqueue(store: SqliteStore, *entries: NewEntry, now: float = 100.0) -> None:
    with store.transaction() as tx:
        tx.queue.enqueue(entries, now)
        deeds = [AuditEvent("new", e.record.type, e.record.key, e.uuid) for e in entries]
        tx.audit.append(deeds, now)


def claim(store: SqliteStore, now: float = 200.0) -> list[Prepared]:
    with store.transaction() as tx:
        heads = tx.queue.find_heads(now, 100)
        return tx.queue.claim([Prepared(e, {"body": {}}, now + 30) for e in heads], now)


def done(p: Prepared) -> Transition:
    mapped = IdMapping(p.entry.type, p.entry.key, "Patient", "77", "1", {"id": "77"})
    return Transition(p.entry, p.number, Status.COMPLETED, mapping=mapped)


def move(store: SqliteStore, *moves: Transition) -> list[Transition]:
    with store.transaction() as tx:
        return tx.queue.transition(moves, 300.0)


def status(store: SqliteStore, uuid: str) -> Status:
    with store.snapshot() as view:
        entry = view.entries.get(uuid)
    assert entry
    return entry.status


@fault("D19")
def test_the_same_uuid_twice_is_one_entry(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    enqueue(store, new("a"))
    with store.snapshot() as view:
        assert view.queue_views.count_by_status()[Status.PENDING] == 1


@fault("D19")
def test_a_second_press_of_the_same_button_is_told_the_entry_that_is_queued(store: SqliteStore) -> None:
    outbox = Outbox(store, Clock())
    one = Incoming(Record("patient", "P-1", {"patient_id": "P-1", "family_name": "홍"}), "press")
    assert [outbox.add([one]) for _ in range(2)] == [[Saved("new", "press")], [Saved("unchanged", "press")]]
    assert outbox.add([one, one]) == [Saved("unchanged", "press")] * 2
    with store.snapshot() as view:
        assert view.queue_views.count_by_status().unsent == 1


@fault("E1")
def test_a_newer_unsent_change_takes_the_place_of_the_older(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    enqueue(store, new("b"))
    assert [status(store, u) for u in "ab"] == [Status.SUPERSEDED, Status.PENDING]


@fault("E1")
def test_the_newest_change_inherits_the_urgency_of_what_it_supersedes(store: SqliteStore) -> None:
    enqueue(store, new("a", priority=10))
    enqueue(store, new("b", priority=5))
    enqueue(store, new("c", "P-2", priority=8))
    assert [p.entry.uuid for p in claim(store)] == ["b", "c"]


@fault("E2")
def test_a_parent_that_comes_later_inherits_the_urgency_of_its_waiting_child(store: SqliteStore) -> None:
    enqueue(store, new("child", "L-1", type_="lab_result", priority=9, parents=(("patient", "P-1"),)))
    enqueue(store, new("other", "P-2", priority=8), new("parent", priority=5))
    assert [p.entry.uuid for p in claim(store)] == ["parent", "other"]


def test_what_a_person_holds_back_is_not_superseded(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    with store.transaction() as tx:
        tx.operator.change("hold", ["a"], 100.0)
    enqueue(store, new("b"))
    assert status(store, "a") is Status.HELD and claim(store) == []


@fault("A10")
def test_a_wait_set_by_a_clock_that_was_put_back_is_ended(store: SqliteStore) -> None:
    enqueue(store, new("a"), now=1_000_000.0)
    with store.transaction() as tx:
        tx.entries.raise_aged(500_000.0)
    assert [p.entry.uuid for p in claim(store, 500_000.0)] == ["a"]


def test_a_sent_entry_is_not_superseded_and_holds_its_lane(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    (sent,) = claim(store)
    enqueue(store, new("b"))
    assert claim(store) == []
    move(store, done(sent))
    assert [p.entry.uuid for p in claim(store)] == ["b"]


@fault("E7")
def test_the_most_urgent_lane_goes_first(store: SqliteStore) -> None:
    enqueue(store, *[new(f"r{n}", f"P-{n}") for n in range(50)])
    enqueue(store, new("urgent", "P-99", priority=10))
    assert claim(store)[0].entry.uuid == "urgent"


@fault("E7")
def test_what_waits_long_enough_is_not_starved(store: SqliteStore) -> None:
    enqueue(store, new("old", "P-1", priority=2), now=0.0)
    enqueue(store, new("young", "P-2", priority=7), now=6000.0)
    with store.transaction() as tx:
        assert tx.entries.raise_aged(6001.0) == 0
    assert [p.entry.uuid for p in claim(store, 6001.0)] == ["old", "young"]


@fault("E7")
def test_many_grow_older_a_stretch_at_a_time(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_upkeep, "STEP", 2)
    enqueue(store, *[new(f"old{n}", f"P-{n}", priority=2) for n in range(3)], now=0.0)
    enqueue(store, new("young", "P-9", priority=7), now=6000.0)
    with store.transaction() as tx:
        end = tx.entries.raise_aged(6001.0)
        assert end > 0
        assert tx.entries.raise_aged(6001.0, end) > end
    assert [p.entry.uuid for p in claim(store, 6001.0)] == ["old0", "old1", "old2", "young"]


@fault("E2")
def test_a_child_is_held_until_its_parent_has_an_id(store: SqliteStore) -> None:
    enqueue(store, new("parent"))
    enqueue(store, new("child", "L-1", type_="lab_result", parents=(("patient", "P-1"),)))
    assert status(store, "child") is Status.HELD
    (parent,) = claim(store)
    move(store, done(parent))
    assert [p.entry.uuid for p in claim(store)] == ["child"]


def test_a_late_answer_changes_nothing(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    (first,) = claim(store)
    move(store, Transition(first.entry, first.number, Status.PENDING))
    (second,) = claim(store)
    assert second.number == 2
    assert move(store, done(first)) == []
    assert status(store, "a") is Status.PROCESSING


@fault("A1")
def test_what_was_in_flight_at_a_crash_is_unknown_and_goes_alone(store: SqliteStore) -> None:
    enqueue(store, new("a"), new("b", "P-2"))
    claim(store)
    with store.transaction() as tx:
        assert tx.entries.recover() == 2
        found = tx.entries.find_unknowns(300.0, 10)
    assert [(e.status, e.isolated, e.crash_count) for e in found] == [(Status.UNKNOWN, True, 0)] * 2


def test_what_is_in_flight_or_unknown_is_not_taken_back(store: SqliteStore) -> None:
    enqueue(store, new("a"), new("b", "P-2"))
    with store.transaction() as tx:
        heads = tx.queue.find_heads(200.0, 1)
        tx.queue.claim([Prepared(heads[0], {}, 230.0)], 200.0)
        assert tx.operator.change("cancel", ["a", "b"], 200.0) == 1
    assert [status(store, u) for u in "ab"] == [Status.PROCESSING, Status.CANCELLED]


def crash(store: SqliteStore, now: float) -> None:
    """The process dies with what it claimed in flight; the next one recovers and finds that it had not arrived."""
    claim(store, now)
    with store.transaction() as tx:
        tx.entries.recover()
        unknown = tx.entries.find_unknowns(now, 10)
    move(store, *[Transition(e, e.attempts, Status.PENDING, isolated=True, phase=Phase.PROBED) for e in unknown])


@fault("A8")
def test_an_answer_in_between_ends_the_row_of_crashes(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    for turn in range(4):
        crash(store, 200.0 + turn)
        (again,) = claim(store, 300.0)
        move(store, Transition(again.entry, again.number, Status.PENDING))
    assert status(store, "a") is Status.PENDING


@fault("A8")
def test_what_is_alone_in_flight_at_three_crashes_in_a_row_is_poison_and_stops_no_other(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    for turn in range(3):
        assert status(store, "a") is Status.PENDING
        crash(store, 200.0 + turn)
    enqueue(store, new("b", "P-2"))
    with store.snapshot() as view:
        entry = view.entries.get("a")
    assert entry and entry.status is Status.FAILED and entry.reason and entry.reason.code == "why_poison"
    assert [p.entry.uuid for p in claim(store)] == ["b"]


@fault("A8")
def test_entries_in_flight_together_are_never_poison(store: SqliteStore) -> None:
    enqueue(store, new("a"), new("b", "P-2"))
    with store.transaction() as tx:
        for _ in range(4):
            for entry in (tx.entries.get("a"), tx.entries.get("b")):
                assert entry
                tx.queue.claim([Prepared(entry, {}, 230.0)], 200.0)
            tx.entries.recover()
            unknown = tx.entries.find_unknowns(200.0, 10)
            tx.queue.transition([Transition(e, e.attempts, Status.PENDING) for e in unknown], 200.0)
    assert [status(store, u) for u in "ab"] == [Status.PENDING] * 2


@invariant(7)
def test_a_retry_of_what_was_lost_looks_first(store: SqliteStore) -> None:
    enqueue(store, new("lost"), new("refused", "P-2"))
    lost, refused = claim(store)
    move(
        store, Transition(lost.entry, 1, Status.UNKNOWN, phase=Phase.LOST), Transition(refused.entry, 1, Status.FAILED)
    )
    with store.transaction() as tx:
        tx.operator.resolve(lost.entry, Status.FAILED, "test", 300.0)
        assert tx.operator.change("retry", ["lost", "refused"], 300.0) == 2
    assert [status(store, u) for u in ("lost", "refused")] == [Status.UNKNOWN, Status.PENDING]


def test_thousands_at_once(store: SqliteStore) -> None:
    uuids = [f"u{n}" for n in range(1500)]
    enqueue(store, *[new(u, f"P-{u}") for u in uuids])
    with store.transaction() as tx:
        assert tx.operator.change("hold", uuids, 200.0) == 1500
        assert tx.operator.change("release", uuids, 200.0) == 1500


def test_an_entry_of_the_first_version_is_still_sent(tmp_path: Path) -> None:
    old = create(tmp_path, 1)
    insert(old, "queue_entry", **FIRST_ENTRY)
    opened = SqliteStore.open(tmp_path, "default", Events())
    (head,) = claim(opened)
    assert (head.entry.uuid, head.entry.origin, head.entry.record.fields) == ("a", None, {"patient_id": "P-1"})
    opened.close()


@fault("E2")
def test_a_parent_that_arrived_meanwhile_holds_nobody(store: SqliteStore) -> None:
    """The worker saw the parent missing, the parent arrived and released who was held then, and only now it holds."""
    enqueue(store, new("child", "LR-1", type_="lab_result"))
    with store.snapshot() as view:
        (child,) = view.queue.find_heads(200.0, 10)
    enqueue(store, new("parent"))
    (parent,) = [p for p in claim(store) if p.entry.uuid == "parent"]
    move(store, done(parent))
    with store.transaction() as tx:
        tx.conn.exec_driver_sql("update queue_entry set status='pending', attempts=0 where uuid='child'")
        tx.queue.hold([(child, Reason("why_waits"), ("patient", "P-1"))])
    assert status(store, "child") is Status.PENDING


def test_what_needs_a_person_is_listed_first(store: SqliteStore) -> None:
    enqueue(store, new("done"), new("refused", "P-2"), new("waits", "P-3"), new("later", "P-4"))
    claimed = {p.entry.uuid: p for p in claim(store)}
    move(store, done(claimed["done"]), Transition(claimed["refused"].entry, 1, Status.FAILED, Reason("why_rejected")))
    with store.snapshot() as view:
        seqs = view.queue_views.find_ids(QueueQuery(attention=True))
        order = [row.uuid for row in view.queue_views.read_rows(seqs)]
        only = view.queue_views.find_ids(QueueQuery(frozenset({Status.FAILED}), attention=True))
    assert order == ["refused", "later", "waits", "done"]
    assert len(only) == 1
