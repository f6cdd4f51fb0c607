"""The table of transitions is what the queue does: no entry goes another way."""

import pytest
from sqlalchemy import update

from fhirdesk.core.queue_entry import ALLOWED, ALLOWED_ACTIONS, BULK_ACTIONS, FINAL, OPEN, Status, can_become
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.queue import Transition
from fhirdesk.store.schema.tables import queue_entry
from tests.store.test_queue import claim, enqueue, move, new, status

ENDS = {  # what a person's act makes of an entry; a resolved one is sent again, has arrived, or is over
    "retry": {Status.PENDING, Status.UNKNOWN},
    "cancel": {Status.CANCELLED},
    "discard": {Status.CANCELLED},
    "hold": {Status.HELD},
    "release": {Status.PENDING, Status.UNKNOWN},
    "edit": {Status.SUPERSEDED},
    "resolve": {Status.PENDING, Status.COMPLETED, Status.CANCELLED},
}


def test_what_is_over_stays_and_what_is_open_goes_on() -> None:
    assert not any(ALLOWED[status] for status in FINAL)
    assert all(ALLOWED[status] for status in OPEN)
    assert all(status not in ends for status, ends in ALLOWED.items())


def test_only_what_may_be_sent_is_sent_and_only_what_was_sent_arrives() -> None:
    assert [status for status in Status if Status.PROCESSING in ALLOWED[status]] == [Status.PENDING]
    arrives = {status for status in Status if Status.COMPLETED in ALLOWED[status]}
    assert arrives == {Status.PROCESSING, Status.UNKNOWN, Status.CONFLICT}


@pytest.mark.parametrize("action", ALLOWED_ACTIONS)
def test_what_a_person_may_do_is_a_step_of_the_table(action: str) -> None:
    for start in ALLOWED_ACTIONS[action]:
        assert any(can_become(start, end) for end in ENDS[action]), start


@pytest.mark.parametrize("action", BULK_ACTIONS)
def test_what_a_person_does_to_an_entry_ends_as_the_table_says(action: str, store: SqliteStore) -> None:
    for start in ALLOWED_ACTIONS[action]:
        enqueue(store, new(start.value, f"P-{start}"))
        with store.transaction() as tx:
            columns = {"status": start.value}
            tx.conn.execute(update(queue_entry).where(queue_entry.c.uuid == start.value).values(columns))
            assert tx.operator.change(action, [start.value], 200.0, "why") == 1
        assert status(store, start.value) in ENDS[action], start


def test_an_outcome_that_is_no_step_is_not_written(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    (sent,) = claim(store)
    with pytest.raises(AssertionError, match="no such step"):
        move(store, Transition(sent.entry, sent.number, Status.SUPERSEDED))
    assert status(store, "a") is Status.PROCESSING
