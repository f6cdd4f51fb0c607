"""What is over is pruned by age; what is open never; the audit remembers (B15)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Retention, load_settings
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.damage import invariants
from fhirdesk.store.queue.dispatch import _HEADS
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.sync.worker.retention import RetentionCleaner
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply, issue
from tests.sync.bench import Harness, SetClock

Make = Callable[..., Harness]
DAY = 86_400.0


def walked(desk: Harness, days: float) -> int:
    """A whole walk, that many days later; how many went."""
    clock = SetClock(desk.clock.now() + days * DAY)
    cleaner, count = RetentionCleaner(desk.store, clock, Retention()), 0
    for _ in range(20):
        clock.at += 2.0
        count += cleaner.step()
    return count


@fault("B15")
def test_completed_goes_after_thirty_days_failures_after_180_and_what_is_open_never(bench: Make) -> None:
    def script(asked: RecordedRequest) -> Reply | None:
        bad = asked.body and asked.body["identifier"][0]["value"] in ("P-bad", "P-given-up")
        return Reply(422, issue("value")) if bad and asked.method == "POST" else None

    with FakeFhirServer() as server:
        server.script = script
        desk = bench(server)
        _, bad, given_up, *_ = desk.add(
            person("P-1"), person("P-bad"), person("P-given-up"), person("P-2"), person("P-2", phone="010-1")
        )
        desk.drain()
        desk.decisions().change("discard", [given_up], "twice")
        assert walked(desk, 29) == 0
        assert walked(desk, 31) == 3 and desk.states(bad, given_up) == [Status.FAILED, Status.CANCELLED]
        assert walked(desk, 181) == 1 and walked(desk, 5000) == 0
        assert desk.states(bad) == [Status.FAILED]
        with desk.store.snapshot() as view:
            assert invariants.find_violations(view.conn) == []
            assert sum(invariants.count_completions(view.conn).values()) == 2  # I9 with pruned ones from the audit


@fault("B15")
def test_an_equal_import_after_pruning_is_unchanged(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        assert walked(desk, 31) == 1
        assert desk.add(person("P-1")) == ["None"]
        desk.add(person("P-1", phone="010-1"))
        desk.drain()
    assert len(server.asked("POST")) == len(server.asked("PUT")) == 1


@fault("B15")
def test_many_are_pruned_in_steps_and_a_claim_walks_an_index(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        with desk.store.transaction() as tx:
            tx.conn.exec_driver_sql(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
                "INSERT INTO queue_entry (uuid, profile, type, key, resource_type, operation, status, priority, "
                "urgency, created_at, not_before, finished_at, logical_id, sum) SELECT 'u' || i, 'default', 'patient', "
                "'K' || i, 'Patient', 'create', 'completed', 5, 5, 1, 1, 1, i, 0 FROM n"
            )
            tx.audit.append([AuditEvent("new", "patient", f"K{i}", f"u{i}") for i in range(1, 3001)], 1.0)
            plan = raw_sql.run(tx.conn, f"EXPLAIN QUERY PLAN {_HEADS}", "default", 5.0).fetchall()
        assert "queue_pending" in str(plan) and "TEMP B-TREE" not in str(plan)
        assert walked(desk, 1) == 3000
        with desk.store.snapshot() as view:
            assert invariants.find_lost(view.conn, [f"u{i}" for i in range(1, 3001)]) == []


@pytest.mark.parametrize("days", [0.0, -5.0])
def test_retention_is_never_shorter_than_a_day(days: float, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f"[retention]\ncompleted_days = {days}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_settings(data_dir=tmp_path, environ={})
    assert "retention.completed_days" in str(refused.value.params)
