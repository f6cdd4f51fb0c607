"""What is already there does not slow down what comes: counted in the database's own steps, not in seconds."""

import uuid
from collections.abc import Sequence

from fhirdesk.core.clock import Clock
from fhirdesk.core.records import Record
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from tests.require import require

BEFORE = 4000  # records that are queued already


def some(first: int, count: int) -> list[Incoming]:
    """People and, of each, a visit that waits for them."""
    people = [f"P-{n}" for n in range(first, first + count)]
    records = [Record("patient", key, {"patient_id": key, "family_name": "홍"}) for key in people]
    records += [Record("encounter", f"E-{key}", {"encounter_id": f"E-{key}", "patient_id": key}) for key in people]
    return [Incoming(r, str(uuid.uuid4())) for r in records]


def steps(store: SqliteStore, incoming: Sequence[Incoming]) -> int:
    """How many steps of SQLite's machine it takes to store and queue them."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    raw = require(store._writer).raw_connection()
    try:
        assert raw.driver_connection is not None
        raw.driver_connection.set_progress_handler(count, 100)
    finally:
        raw.close()
    Outbox(store, Clock()).add(incoming)
    return counted


def test_an_import_is_as_quick_into_a_full_queue_as_into_an_empty_one(store: SqliteStore) -> None:
    Outbox(store, Clock()).add(some(0, 10))  # what is prepared once is not counted
    empty = steps(store, some(100, 100))
    for first in range(1000, 1000 + BEFORE, 500):
        Outbox(store, Clock()).add(some(first, 500))
    assert steps(store, some(900_000, 100)) < 2 * empty
