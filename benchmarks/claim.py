"""A claim over a long history: what is due is found at once, however much is done (B15), and a start recovers fast.

    python -m benchmarks.claim [finished rows] [pending rows]

Goals: a claim of 100 heads under 5 ms beside 1,000,000 finished rows; recovery under 2 s at 100,000 rows.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fhirdesk.core.events import Events
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.schema import checksums
from fhirdesk.store.sqlite import raw_sql

SEED = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
    "INSERT INTO queue_entry (uuid, profile, type, key, resource_type, operation, status, priority, urgency, "
    "created_at, not_before, finished_at, logical_id, record, sum) SELECT :status || i, 'default', 'patient', "
    ":status || i, 'Patient', 'create', :status, 5, 5, 1, 1, CASE :status WHEN 'completed' THEN 1 END, i, "
    "CAST('{}' AS BLOB), row_sum(:status || i, 'default', 'patient', :status || i, 'Patient', 'create', "
    "CAST('{}' AS BLOB), NULL, NULL, NULL, NULL) FROM n"
)
FLY = (
    "UPDATE queue_entry SET status = 'processing', attempts = 1 "
    "WHERE seq IN (SELECT seq FROM queue_entry WHERE status = 'pending' LIMIT :count)"
)
FLYING = 300  # more than two Bundles and one that is claimed ahead
ROUNDS = 50


def seed(store: SqliteStore, status: str, count: int) -> None:
    """So many entries in that state, each of a record of its own."""
    with store.transaction() as tx:
        raw_sql.raw_connection(tx.conn).create_function("row_sum", -1, lambda *values: checksums.compute(values))
        tx.conn.exec_driver_sql(SEED, {"count": count, "status": status})


def median_ms(work: Callable[[], object]) -> str:
    """Of some rounds: by the wall, and of the processor alone (what a loaded machine leaves comparable)."""
    wall, processor = [], []
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return f"{sorted(wall)[ROUNDS // 2]:8.2f} ms wall {sorted(processor)[ROUNDS // 2]:8.2f} ms processor"


def main(finished: int, pending: int) -> None:
    """Seed, then ask."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder), "default", Events())
        seed(store, "completed", finished)
        seed(store, "pending", pending)

        def heads(count: int) -> None:
            with store.snapshot() as view:
                assert len(view.queue.find_heads(10.0, count)) == count

        def counts() -> None:
            with store.snapshot() as view:
                view.queue_views.count_by_status()

        def recover() -> None:
            with store.transaction() as tx:
                tx.entries.recover()

        print(f"{finished:,} finished, {pending:,} pending")
        print(f"the next head    {median_ms(lambda: heads(1))} (goal 5)")
        print(f"the next 100     {median_ms(lambda: heads(100))} (with their records)")
        print(f"counts by state  {median_ms(counts)}")
        with store.transaction() as tx:
            tx.conn.exec_driver_sql(FLY, {"count": FLYING})
        started = time.perf_counter()
        recover()
        print(f"recovery with {FLYING} in flight {time.perf_counter() - started:8.2f} s (goal 2)")
        store.close()


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:]]
    main(numbers[0] if numbers else 1_000_000, numbers[1] if len(numbers) > 1 else 100_000)
