"""What an attempt keeps of an answer."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from fhirdesk.core.events import Events
from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.resource import Issue
from fhirdesk.r4 import json
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.queue import LastAttempt, Transition
from fhirdesk.store.schema.rows import ISSUES, attempt_from_row, issues_to_json
from tests.old_files import FIRST_ENTRY, create, insert
from tests.store.test_queue import claim, enqueue, move, new


def issues(answer: str | None, issue: str | None = None) -> tuple[Issue, ...]:
    row = SimpleNamespace(
        **dict.fromkeys(("status", "request_id", "ms", "expires_at", "request")),
        number=1,
        at=0.0,
        phase="answered",
        issue=issue,
        answer=answer,
    )
    return attempt_from_row("u", row).issues


def test_every_issue_comes_back_and_one_that_never_ends_is_cut() -> None:
    two = (Issue("error", "value", "Patient.birthDate", "s|c", "[{too old"), Issue("warning", "invalid"))
    assert issues(issues_to_json(two)) == two
    assert len(issues(issues_to_json([two[0]] * 1000))) == ISSUES
    assert issues_to_json(()) is None and issues(None) == ()


def test_a_row_of_an_older_version_holds_the_text_alone() -> None:
    assert issues("too old; too short", "value") == (Issue("error", "value", text="too old; too short"),)


def last_attempt(store: SqliteStore, uuid: str = "a") -> LastAttempt:
    with store.snapshot() as view:
        entry = view.entries.get(uuid)
        assert entry
        return view.entries.read_last_attempt(entry)


def answer(store: SqliteStore, verdict: Verdict | None) -> None:
    (sent,) = claim(store)
    move(store, Transition(sent.entry, sent.number, Status.PENDING, verdict=verdict))


def test_the_verdict_is_kept_and_a_look_that_has_none_leaves_it(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    (sent,) = claim(store)
    move(store, Transition(sent.entry, sent.number, Status.UNKNOWN, verdict=Verdict.DEFERRED))
    move(store, Transition(sent.entry, sent.number, Status.UNKNOWN))
    assert last_attempt(store).verdict is Verdict.DEFERRED and last_attempt(store).is_deferred


def test_only_refusals_for_what_is_there_count_as_such(store: SqliteStore) -> None:
    enqueue(store, new("a"))
    for verdict in (Verdict.STALE, Verdict.NOT_THERE, Verdict.NEEDS_VERSION, Verdict.LOCKED, Verdict.BACKOFF, None):
        answer(store, verdict)
    assert last_attempt(store).stale == 3


OLD = [
    # status, issue, what it is read as: a refusal, a yes, several there, taken for later
    (None, "ReadError", (False, False, False, False)),
    (201, None, (False, True, False, False)),
    (200, "not-fhir", (False, False, False, False)),
    (200, "mixed-up", (False, False, False, False)),
    (202, None, (False, False, False, True)),
    (302, None, (False, False, False, False)),
    (401, "login", (True, False, False, False)),
    (404, None, (True, False, False, False)),
    (408, None, (False, False, False, False)),
    (409, "lock-error", (True, False, False, False)),
    (409, "conflict", (True, False, False, False)),
    (422, "duplicate", (True, False, True, False)),
    (429, None, (True, False, False, False)),
    (503, None, (False, False, False, False)),
]


@pytest.mark.parametrize(("status", "issue", "read"), OLD)
def test_what_an_answer_of_an_older_version_meant_is_worked_out_once(
    tmp_path: Path, status: int | None, issue: str | None, read: tuple[bool, ...]
) -> None:
    old(tmp_path, status, issue)
    opened = SqliteStore.open(tmp_path, "default", Events())
    last = last_attempt(opened)
    opened.close()
    assert (last.was_refused, last.was_accepted, last.is_duplicate, last.is_deferred) == read
    assert last.stale == (status == 404 or issue == "conflict")


@pytest.mark.parametrize(("guard", "duplicate"), [("identifier=s%7C1", True), (None, False)])
def test_a_conditional_create_of_an_older_version_that_met_several(
    tmp_path: Path, guard: str | None, duplicate: bool
) -> None:
    old(tmp_path, 412, None, guard)
    opened = SqliteStore.open(tmp_path, "default", Events())
    assert last_attempt(opened).is_duplicate is duplicate
    opened.close()


def old(folder: Path, status: int | None, issue: str | None, guard: str | None = None) -> None:
    """A file of version 10 with one answered attempt."""
    database = create(folder, 10)
    insert(database, "queue_entry", **FIRST_ENTRY | {"seq": 1, "status": "unknown", "attempts": 1})
    request = json.dumps({"method": "PUT", "if_none_exist": guard, "body": {}})
    answer = {"phase": "answered", "status": status, "issue": issue, "request": request}
    insert(database, "attempt", seq=1, number=1, at=200.0, expires_at=230.0, **answer)
