"""The queue's verbs on the command line, beside nobody and beside a process that sends."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.cli import main
from fhirdesk.cli.verbs.queue import since
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import Event, QueueChanged, RecordsChanged
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.sandbox.server import Sandbox
from tests.cli.conftest import Cli
from tests.factories import person_row
from tests.scripted import FakeFhirServer, Reply, issue

Run = Callable[..., tuple[int, Any]]
SOON = 10.0  # seconds to wait for what should come at once


@pytest.fixture
def server() -> Iterator[FakeFhirServer]:
    with FakeFhirServer() as made:
        yield made


@pytest.fixture
def run(tmp_path: Path, server: FakeFhirServer, capsys: pytest.CaptureFixture[str]) -> Run:
    """One verb with --json: its exit code and its last document."""

    def call(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = main(["--data-dir", str(tmp_path / "data"), "--server", server.url, "--json", *words])
        lines = capsys.readouterr().out.splitlines()
        call.documents = [json.loads(line) for line in lines]  # type: ignore[attr-defined]
        return code, json.loads(lines[-1]) if lines else None

    return call


@pytest.fixture
def add(tmp_path: Path, run: Run) -> Callable[..., list[str]]:
    """Import patients; the uuids of their entries."""

    def call(*keys: str, **more: str) -> list[str]:
        rows = [person_row(key, **more) for key in keys]
        file = tmp_path / "people.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        assert run("import", str(file))[0] == 0
        return [entry_of(run, key) for key in keys]

    return call


def entry_of(run: Run, key: str) -> str:
    """The newest entry of a patient."""
    code, row = run("queue", "list", "--search", key)
    assert code == 0
    return str(row["entry"])


@contextmanager
def sending(tmp_path: Path, server: FakeFhirServer) -> Iterator[Desk]:
    """Another desk on the same data folder that sends in the background."""
    desk = open_desk(Settings(data_dir=tmp_path / "data", profile=Profile(url=server.url)))
    asyncio.run(desk.start())
    try:
        yield desk
    finally:
        asyncio.run(desk.stop())


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not what():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


def test_discard_asks_for_a_reason_and_leaves_what_is_pending(run: Run, add: Callable[..., list[str]]) -> None:
    (uuid,) = add("P-1")
    assert run("queue", "discard", uuid)[0] == 2
    assert run("queue", "discard", uuid, "--reason", "twice")[0] == 2
    assert run("queue", "hold", uuid) == (0, {"hold": 1})
    assert run("queue", "discard", uuid, "--reason", "twice") == (0, {"discard": 1})
    assert run("queue", "show", uuid)[1]["status"] == "cancelled"


def test_many_at_once_need_a_yes(run: Run, add: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    add("P-1", "P-2", "P-3")
    assert run("queue", "hold", "--status", "pending")[0] == 2
    assert run("queue", "stats")[1]["held"] == 0
    assert run("queue", "hold", "--status", "pending", "--yes") == (0, {"hold": 3})
    for typed, code in (("4", 2), ("3", 0)):
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        assert run("queue", "release", "--status", "held")[0] == code
    assert run("queue", "stats")[1]["pending"] == 3


class Terminal:
    """A person who types one line."""

    def __init__(self, line: str):
        self._line = line

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._line + "\n"


def test_edit_sends_the_corrected_record(run: Run, add: Callable[..., list[str]], server: FakeFhirServer) -> None:
    server.script = lambda asked: Reply(422, issue("value")) if asked.method == "POST" else None
    (uuid,) = add("P-1", phone="010-0")
    assert run("drain", "--until-empty")[0] == 1
    server.script = lambda asked: None
    assert run("queue", "edit", uuid, "nonsense")[0] == 6
    code, made = run("queue", "edit", uuid, "phone=010-9", "email=")
    assert code == 0 and made["origin"] == uuid
    assert run("drain", "--until-empty")[0] == 0
    shown = run("queue", "show", made["entry"])[1]
    assert shown["status"] == "completed" and shown["origin"] == uuid
    assert server.held["Patient/1"]["telecom"][0]["value"] == "010-9"


def theirs(server: FakeFhirServer, phone: str, email: str) -> None:
    """A colleague writes the patient there."""
    there = {k: v for k, v in server.held["Patient/1"].items() if k not in ("id", "meta", "resourceType")}
    telecom = [{"system": "phone", "use": "mobile", "value": phone}, {"system": "email", "value": email}]
    server.put("Patient", "1", **there | {"telecom": telecom})


def telecom(server: FakeFhirServer) -> list[str]:
    return [t["value"] for t in server.held["Patient/1"]["telecom"]]


@pytest.mark.parametrize(
    ("how", "ends"),
    [
        (("--mine",), ["010-mine", "mine@clinic.kr"]),
        (("--theirs",), ["010-theirs", "theirs@clinic.kr"]),
        (("--mine", "phone", "--theirs", "email"), ["010-mine", "theirs@clinic.kr"]),
        (("--mine", "--theirs", "phone"), ["010-theirs", "mine@clinic.kr"]),
        (("--set", "phone=010-third", "--theirs"), ["010-third", "theirs@clinic.kr"]),
    ],
)
def test_resolve_ends_a_conflict_field_by_field(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, how: tuple[str, ...], ends: list[str]
) -> None:
    add("P-1", phone="010-0", email="old@clinic.kr")
    assert run("drain", "--until-empty")[0] == 0
    theirs(server, "010-theirs", "theirs@clinic.kr")
    (uuid,) = add("P-1", phone="010-mine", email="mine@clinic.kr", address="나루길 2")
    assert run("drain", "--until-empty")[0] == 1
    server.journal.clear()
    assert run("queue", "resolve", uuid, *how) == (0, {"entry": uuid, "status": "pending"})
    assert run("drain", "--until-empty")[0] == 0
    assert telecom(server) == ends and server.held["Patient/1"]["address"][0]["text"] == "나루길 2"
    assert run("queue", "resolve", uuid, "--mine")[0] == 2


@pytest.mark.parametrize(
    "how",
    [
        (),
        ("--mine", "--theirs"),
        ("--mine", "phone"),
        ("--mine", "--absent"),
        ("--mine", "phone", "--theirs", "phone"),
        ("--mine", "gender", "--theirs"),
    ],
)
def test_a_choice_that_is_none_sends_nothing(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, how: tuple[str, ...]
) -> None:
    add("P-1", phone="010-0", email="old@clinic.kr")
    run("drain", "--until-empty")
    theirs(server, "010-theirs", "theirs@clinic.kr")
    (uuid,) = add("P-1", phone="010-mine", email="mine@clinic.kr")
    run("drain", "--until-empty")
    server.journal.clear()
    assert run("queue", "resolve", uuid, *how)[0] == 2
    assert server.asked("PUT") == [] and run("queue", "stats")[1]["conflict"] == 1


def test_drain_sends_no_more_than_it_may(run: Run, add: Callable[..., list[str]], server: FakeFhirServer) -> None:
    add("P-1", "P-2", "P-3", "P-4")
    code, summary = run("drain", "--limit", "2")
    assert (code, summary["completed"], summary["pending"], len(server.held)) == (0, 2, 2, 2)
    assert run("drain", "--limit", "0")[0] == 2


def test_an_id_that_is_not_there_is_named(run: Run) -> None:
    for verb in (("retry",), ("cancel",), ("hold",), ("release",), ("discard", "--reason", "x")):
        assert run("queue", verb[0], "nobody", *verb[1:])[0] == 2


def test_what_is_named_and_cannot_be_taken_back_is_said(
    run: Run, add: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent, waits = add("P-1", "P-2")
    run("drain", "--limit", "1")
    assert main(["--data-dir", str(tmp_path / "data"), "--lang", "ko", "queue", "cancel", sent, waits, "--yes"]) == 1
    assert "그대로 둔 항목: 1건" in capsys.readouterr().err
    assert [run("queue", "show", u)[1]["status"] for u in (sent, waits)] == ["completed", "cancelled"]


def test_sync_without_a_sender_only_queues(run: Run, add: Callable[..., list[str]], server: FakeFhirServer) -> None:
    add("P-1")
    code, said = run("sync", "patient", "P-1")
    assert (code, said["queued"]) == (0, 1) and "answers" not in said and server.asked("POST") == []


def test_sync_all_passes_over_what_is_up_to_date(run: Run, add: Callable[..., list[str]]) -> None:
    add("P-1", "P-2")
    assert run("sync-all")[1] == {"queued": 0, "unchanged": 2, "entries": []}
    assert run("drain", "--until-empty")[0] == 0
    assert run("sync-all")[1]["unchanged"] == 2


def test_beside_a_sender_sync_and_retry_wait_for_its_answer(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, tmp_path: Path
) -> None:
    server.script = lambda asked: Reply(422, issue("value")) if asked.method == "POST" else None
    (uuid,) = add("P-1")
    with sending(tmp_path, server):
        wait_for(lambda: bool(run("queue", "stats")[1]["failed"]))
        assert run("queue", "retry", uuid)[0] == 1
        server.script = lambda asked: None
        assert run("queue", "retry", uuid)[0] == 0
        code, said = run("sync", "patient", "P-1")
        assert code == 0 and said["answers"][0]["status"] == "completed"
        code, summary = run("drain")
        assert code == 0 and summary["pending"] == 0


def test_a_pause_from_the_command_line_stops_a_desk_that_sends(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, tmp_path: Path
) -> None:
    with sending(tmp_path, server) as desk:
        assert run("queue", "pause")[0] == 0
        wait_for(lambda: asyncio.run(desk.server.is_paused()))
        add("P-1")
        assert run("drain", "--until-empty")[0] == 1 and server.asked("POST") == []
        assert run("queue", "resume")[0] == 0
        wait_for(lambda: len(server.held) == 1)


@pytest.mark.parametrize("paused", [False, True])
def test_a_desk_that_sends_announces_what_another_process_imports(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, tmp_path: Path, paused: bool
) -> None:
    seen: list[Event] = []
    came = threading.Event()

    def listen(event: Event) -> None:
        seen.append(event)
        if {QueueChanged, RecordsChanged} <= {type(e) for e in seen}:
            came.set()

    run("queue", "stats")
    with sending(tmp_path, server) as desk:
        if paused:
            asyncio.run(desk.queue.pause())
        desk.events.subscribe(listen)
        seen.clear()
        add("P-1")
        assert came.wait(SOON)


def test_show_tells_the_whole_outcome_of_each_attempt(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer
) -> None:
    (uuid,) = add("P-1")
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "error", "code": "value", "expression": ["Patient.birthDate"], "diagnostics": "too old"},
            {"severity": "warning", "code": "code-invalid", "details": {"coding": [{"system": "s", "code": "c"}]}},
        ],
    }
    server.script = lambda asked: Reply(422, outcome) if asked.method == "POST" else None
    run("drain", "--until-empty")
    _, shown = run("queue", "show", uuid)
    assert shown["history"][-1]["issues"] == [
        {"severity": "error", "code": "value", "expression": "Patient.birthDate", "details": None, "text": "too old"},
        {"severity": "warning", "code": "code-invalid", "expression": None, "details": "s|c", "text": None},
    ]


def test_causes_chain_and_all_that_match(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, third = add("P-1", "P-2", "A-3")
    server.script = lambda asked: Reply(422, issue("value")) if asked.method == "POST" else None
    run("drain", "--until-empty")
    visit = {"type": "encounter", "encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB"}
    file = tmp_path / "visit.ndjson"
    file.write_text(json.dumps(visit | {"status": "completed"}) + "\n", encoding="utf-8")
    run("import", str(file))
    run("drain")
    causes = [r for r in ndjson(run, "queue", "causes") if r["statuses"] == ["failed"]]
    assert [(r["count"], r["code"]) for r in causes] == [(3, "why_rejected")]
    chain = ndjson(run, "queue", "chain", "P-1")
    assert [(r["key"], r["status"], r["blocked_by"]) for r in chain] == [
        ("P-1", "failed", None),
        ("E-1", "held", first),
    ]
    for lang in ("en", "ko"):  # for people each line names its entry: the other verbs take it
        assert main(["--data-dir", str(tmp_path / "data"), "--lang", lang, "queue", "list", "--status", "failed"]) == 0
        assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} >= {first, third}
        assert main(["--data-dir", str(tmp_path / "data"), "--lang", lang, "queue", "show", third]) == 0
        assert "HTTP 422" in capsys.readouterr().out
    server.script = lambda asked: None
    assert run("queue", "retry", "--type", "patient", "--search", "P-")[0] == 2  # the count first
    assert run("queue", "retry", "--type", "patient", "--search", "P-", "--yes") == (0, {"retry": 2})
    assert run("queue", "retry", "--type", "patient", "--search", "P-", "--yes") == (0, {"retry": 0})  # once is enough
    run("drain", "--until-empty")
    assert len(server.held) == 3
    assert run("queue", "show", third)[1]["status"] == "failed"


def ndjson(run: Run, *words: str) -> list[Any]:
    """Every document of a verb."""
    assert run(*words)[0] == 0
    return list(run.documents)  # type: ignore[attr-defined]


def test_pause_and_resume_say_what_is_so(run: Run, add: Callable[..., list[str]], server: FakeFhirServer) -> None:
    add("P-1", "P-2")
    assert run("queue", "pause") == (0, {"paused": True, "unsent": 2})
    assert run("drain")[0] == 1 and server.journal == []
    assert run("queue", "resume") == (0, {"paused": False, "unsent": 2, "forgotten": 0})
    assert run("drain", "--until-empty")[0] == 0


def test_a_date_begins_in_the_clinics_zone() -> None:
    assert since("2026-01-31", "Asia/Seoul") == datetime(2026, 1, 30, 15, tzinfo=UTC).timestamp()
    assert since("2026-01-31T10:00", "UTC") == since("2026-01-31T19:00+09:00", "UTC")
    with pytest.raises(Refused):
        since("31.1.2026", "Asia/Seoul")


def test_an_edit_in_conflict_shows_both_sides_and_the_next_one_is_made_of_what_is_there(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer
) -> None:
    add("P-1", phone="010-0", email="old@clinic.kr")
    run("drain", "--until-empty")
    theirs(server, "010-theirs", "theirs@clinic.kr")
    code, told = run("edit", "patient", "P-1", "--phone", "010-mine")
    assert (code, told["outcome"]) == (1, "conflict") and "phone" in told["message"] and "?" not in told["message"]
    assert told["fields"][0] == {
        "field": "phone",
        "seen": "010-0",
        "typed": "010-mine",
        "server": "010-theirs",
        "who": "both",
    }
    assert told["record"]["phone"] == "010-theirs" and told["record"]["email"] == "theirs@clinic.kr"
    code, told = run("edit", "patient", "P-1", "--phone", "010-mine")
    assert (code, told["outcome"], telecom(server)) == (0, "accepted", ["010-mine", "theirs@clinic.kr"])


@pytest.mark.parametrize(
    ("answer", "field"),
    [(issue("value"), None), (issue("value", "Patient.telecom[0].value"), "phone"), (issue("business-rule"), None)],
)
def test_a_refused_edit_names_a_field_only_where_the_server_does(
    run: Run, add: Callable[..., list[str]], server: FakeFhirServer, answer: dict[str, Any], field: str | None
) -> None:
    add("P-1", phone="010-0")
    run("drain", "--until-empty")
    answer["issue"][0]["diagnostics"] = "Not today"
    server.script = lambda asked: Reply(422, answer) if asked.method == "PUT" else None
    code, told = run("edit", "patient", "P-1", "--phone", "010-1")
    assert (code, told["outcome"], told["field"], told["said"]) == (4, "refused", field, "Not today")


def test_what_waits_for_its_turn_alone_says_why_nothing_is_sent(
    run: Run, add: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (entry,) = add("P-1")
    assert run("queue", "why", entry)[1]["reason"] == "Waits for its turn"
    assert run("queue", "pause")[0] == 0
    assert run("queue", "why", entry)[1]["reason"].startswith("Paused")
    assert run("queue", "list")[1]["reason"].startswith("Paused")
    capsys.readouterr()
    file = str(tmp_path / "people.ndjson")
    assert main(["--data-dir", str(tmp_path / "none"), "import", file]) == 0
    assert main(["--data-dir", str(tmp_path / "none"), "queue", "list"]) == 0
    assert "Nothing is sent yet: no server is set" in capsys.readouterr().out


WORDS = "HAPI-0389: Failed to call access method"


def test_why_tells_the_status_and_the_server_s_own_words(cli: Cli, people: Path) -> None:
    said = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "processing", "diagnostics": WORDS}],
    }
    with Sandbox() as server:
        server.fault(method="POST", status=500, chance=1, body=said)
        cli("import", people)
        cli("drain", "--server", server.base, "--limit", 1)
    row = next(r for r in cli("queue", "list", "--json").rows if r["attempts"])
    assert "500" in row["reason"] and WORDS in row["reason"]
    told = cli("queue", "why", row["entry"], "--lang", "ko")
    assert told.code == 0 and "HTTP 500" in told.out and WORDS in told.out and "?" not in told.out
    found = cli("queue", "why", row["entry"], "--json").rows[0]
    assert (found["http_status"], found["said"]) == (500, [WORDS])


def test_a_retry_of_what_is_being_checked_says_so(cli: Cli, people: Path) -> None:
    with Sandbox() as server:
        server.fault(method="POST", status=500, chance=1)
        cli("import", people)
        cli("drain", "--server", server.base, "--limit", 1)
    entry = next(r for r in cli("queue", "list", "--status", "unknown", "--json").rows)["entry"]
    told = cli("queue", "retry", entry)
    assert told.code == 0 and "Looked up" in told.out
    assert cli("queue", "retry", entry, "--json").rows == [{"retry": 1}]
