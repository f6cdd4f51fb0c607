"""Each exit code of docs/records.md, with words in both languages."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fhirdesk import sample
from fhirdesk.app.desk.queue import QueueDesk
from fhirdesk.sandbox.server import Sandbox
from tests.cli.conftest import Cli
from tests.factories import person_row
from tests.marks import fault
from tests.remote.raw import always, answer
from tests.scripted import FakeFhirServer, Reply, issue

ROOT = Path(__file__).parents[2]
VERBS = ["convert", "validate", "import", "export", "preview", "edit", "sample", "sync", "sync-all", "drain", "queue"]
VERBS += ["check", "metrics", "sandbox", "profile", "queue stats", "queue list", "profile add"]


WRONG = [
    ("import", "rows.json", "--type", "nosuch"),
    ("queue", "show", "no-such-entry"),
    ("queue", "hold"),
    ("queue", "chain", "P-9"),
    ("preview", "patient", "P-9"),
    ("sync", "patient", "P-9"),
]
WRONG += [("fly",), ("drain", "--limit", "0"), ("drain", "--for", "soon"), ("queue",)]
WRONG += [
    ("drain", "--watch", "--until-empty"),
    ("edit", "patient", "P-1"),
    ("convert", "ufo", "-"),
    ("sample", "--patients", "-3"),
    ("sync-all", "--since", "yesterday"),
]


def korean(text: str) -> bool:
    return any("가" <= c <= "힣" for c in text)


def test_0_done(cli: Cli, people: Path) -> None:
    with Sandbox() as server:
        assert cli("import", people).code == 0
        done = cli("drain", "--until-empty", "--server", server.base, "--json")
        assert (done.code, done.rows[-1]["completed"]) == (0, 3)
        assert len(server.journal()) == 3


def test_0_not_yet_due_is_done(cli: Cli, people: Path) -> None:
    with FakeFhirServer() as server:
        server.script = lambda a: Reply(409, issue("lock-error")) if a.method == "POST" else None
        cli("import", people)
        assert cli("drain", "--server", server.url).code == 0
        assert cli("queue", "stats", "--json").rows[0]["pending"] == 3


def test_1_some_failed_or_wait_for_a_person(cli: Cli, people: Path) -> None:
    with FakeFhirServer() as server:
        refused = Reply(422, issue("value", "Patient.name"))
        server.script = lambda a: refused if a.body and "P-1" in json.dumps(a.body) else None
        cli("import", people)
        done = cli("drain", "--until-empty", "--server", server.url, "--json")
        assert (done.code, done.rows[-1]["completed"], done.rows[-1]["failed"]) == (1, 2, 1)
    people.write_text(people.read_text(encoding="utf-8") + "{}\n", encoding="utf-8")
    assert cli("import", people).code == 1
    assert cli("queue", "pause").code == 0
    assert cli("drain", "--until-empty", "--server", "http://127.0.0.1:9/fhir").code == 1


@pytest.mark.parametrize(
    "words",
    WRONG,
)
def test_2_wrong_usage(cli: Cli, words: tuple[str, ...]) -> None:
    said = cli(*words)
    assert said.code == 2 and said.err and not said.out


def test_3_no_server_is_set(cli: Cli, people: Path) -> None:
    cli("import", people)
    said = cli("drain", "--until-empty", "--lang", "ko")
    assert said.code == 3 and korean(said.err) and not said.out
    assert cli("queue", "stats", "--json").rows[0]["pending"] == 3


def test_5_what_is_held_for_a_parent_that_is_being_looked_for_is_work_left(cli: Cli, tmp_path: Path) -> None:
    rows = list(sample.generate(1, 1, results=2))
    path = tmp_path / "clinic.ndjson"
    path.write_text("".join(json.dumps(r, default=str) + "\n" for r in rows if r["type"] in ("patient", "lab_result")))
    with FakeFhirServer() as server:
        server.script = lambda a: Reply(500) if a.method == "POST" else None
        cli("import", path)
        done = cli("drain", "--until-empty", "--for", "1", "--server", server.url, "--json")
    assert done.code == 5 and done.rows[-1]["held"] == 2 and done.rows[-1]["unknown"] == 1
    assert done.rows[-1]["out_of_time"]


def test_3_configuration(cli: Cli, tmp_path: Path) -> None:
    assert cli("drain", "--server", "hospital").code == 3
    assert cli("drain", "--server", "http://hospital.example/fhir").code == 3
    assert cli("drain", "--profile", "nobody").code == 3
    assert cli("queue", "stats", "--env-file", tmp_path / "none").code == 3
    assert cli("check").code == 3  # no server
    (tmp_path / "data" / "profiles.json").write_text("{", encoding="utf-8")
    said = cli("queue", "stats", "--lang", "ko")
    assert said.code == 3 and korean(said.err)


@fault("B9")
def test_3_a_data_folder_that_cannot_be_used(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "inside", Path("/proc/fhirdesk")):
        english, other = (cli("--data-dir", folder, "queue", "stats", "--lang", lang) for lang in ("en", "ko"))
        assert (english.code, other.code) == (3, 3)
        assert str(folder) in english.err and str(folder) in other.err and korean(other.err)


@fault("B7")
def test_3_a_damaged_database(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fhirdesk.db").write_bytes(b"a letter " * 1000)
    said = cli("queue", "stats", "--lang", "ko")
    assert said.code == 3 and korean(said.err)
    assert (tmp_path / "data" / "fhirdesk.db").read_bytes() == b"a letter " * 1000


def test_4_the_server_refused(cli: Cli, people: Path) -> None:
    with FakeFhirServer() as server:
        cli("import", people)
        cli("drain", "--until-empty", "--server", server.url)
        server.script = lambda a: Reply(422, issue("value", "Patient.telecom[0].value")) if a.method == "PUT" else None
        for lang in ("en", "ko"):
            said = cli("edit", "patient", "P-1", "--phone", "010-1", "--server", server.url, "--lang", lang)
            assert said.code == 4 and korean(said.out) is (lang == "ko")


def test_4_a_wrong_secret(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(auth="oauth") as server:
        monkeypatch.setenv("FHIR_CLIENT_ID", "cdss-client")
        monkeypatch.setenv("FHIR_CLIENT_SECRET", "wrong")
        monkeypatch.setenv("FHIR_TOKEN_URL", server.token_url)
        for lang in ("en", "ko"):
            said = cli("check", "--server", server.base, "--lang", lang)
            assert said.code == 4 and korean(said.out) is (lang == "ko")
            assert "wrong" not in said.out + said.err
        step = cli("check", "--json", "--server", server.base).rows[0]["steps"][-1]
        assert (step["name"], step["ok"]) == ("token", False) and step["fix"]
        monkeypatch.setenv("FHIR_CLIENT_SECRET", "secret")
        assert cli("check", "--server", server.base).code == 0


@fault("D2")
def test_1_a_wrong_secret_pauses_a_drain_and_says_why(cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(auth="oauth") as server:
        monkeypatch.setenv("FHIR_CLIENT_ID", "cdss-client")
        monkeypatch.setenv("FHIR_CLIENT_SECRET", "wrong")
        monkeypatch.setenv("FHIR_TOKEN_URL", server.token_url)
        cli("import", people)
        said = cli("drain", "--until-empty", "--for", 20, "--server", server.base, "--json")
        assert said.code == 1 and said.rows[-1]["reason"] and said.rows[-1]["pending"] == 3
        monkeypatch.setenv("FHIR_CLIENT_SECRET", "secret")
        cli("queue", "resume")
        assert cli("drain", "--until-empty", "--server", server.base).code == 0


def test_5_the_server_is_away(cli: Cli, people: Path) -> None:
    cli("import", people)
    for words in (["drain"], ["drain", "--until-empty", "--for", "1"], ["check"]):
        said = cli(*words, "--server", "http://127.0.0.1:9/fhir", "--lang", "ko")
        assert said.code == 5 and korean(said.out + said.err)
    assert cli("queue", "stats", "--json").rows[0]["pending"] == 3


def test_5_for_ran_out(cli: Cli, people: Path) -> None:
    with Sandbox() as server:
        server.fault(method="POST", delayMs=1500, chance=1)
        cli("import", people)
        said = cli("drain", "--until-empty", "--for", "0.2", "--server", server.base)
        assert said.code in (0, 5)  # all may have been on its way, and arrived
        cli("sync", "patient", "P-1")
        said = cli("drain", "--until-empty", "--for", "0", "--server", server.base, "--json")
        assert said.code == 5 and said.rows[-1]["out_of_time"]


@fault("C9")
@pytest.mark.parametrize("body", [b"<html>Sign in to the guest network</html>", b'{"hello":"world"}', b"nonsense"])
def test_5_what_answers_is_no_fhir_server(cli: Cli, people: Path, body: bytes) -> None:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    with always(answer(body, kind=kind)) as server:
        said = cli("check", "--json", "--server", server.url)
        assert said.code == 5 and said.rows[0]["steps"][-1]["name"] == "metadata" and said.rows[0]["steps"][-1]["fix"]
        cli("import", people)
        said = cli("drain", "--until-empty", "--for", "3", "--deadline", "1", "--server", server.url)
        assert said.code in (1, 5)
        assert cli("queue", "stats", "--json").rows[0]["completed"] == 0


def test_6_nothing_good_in_the_input(cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    for text in ("{", '{"type":"patient"}', "\x00"):
        bad.write_text(text, encoding="utf-8")
        said = cli("import", bad, "--lang", "ko")
        assert said.code == 6 and korean(said.err + said.out)
    assert cli("import", tmp_path / "none.json").code == 6
    assert cli("validate", bad).code == 6


def test_70_an_unforeseen_error_is_said_without_values(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_: QueueDesk) -> None:
        raise KeyError("홍길동 010-1234-5678")

    monkeypatch.setattr(QueueDesk, "count_by_status", breaks)
    for lang in ("en", "ko"):
        said = cli("queue", "stats", "--lang", lang)
        assert said.code == 70 and "홍길동" not in said.err and "Traceback" not in said.err
        assert korean(said.err) is (lang == "ko") and "KeyError" in said.err


@fault("B4")
def test_70_a_database_that_another_program_locks(cli: Cli, people: Path, tmp_path: Path) -> None:
    assert cli("queue", "stats").code == 0
    with sqlite3.connect(tmp_path / "data" / "fhirdesk.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = cli("import", people, "--lang", "ko")
        other.execute("ROLLBACK")
    other.close()
    assert said.code == 70 and korean(said.err) and "Traceback" not in said.err
    assert cli("import", people, "--json").rows[-1]["summary"]["new"] == 3


@fault("B1")
@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
def test_70_a_full_disk_saves_nothing_and_says_so(tmp_path: Path) -> None:
    """The system refuses to make any file larger, as a full disk does."""
    file = tmp_path / "many.ndjson"
    rows = (person_row(f"P-{n}", address="가" * 900) for n in range(3000))
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    limited = "import resource,signal,sys;signal.signal(signal.SIGXFSZ,signal.SIG_IGN);"
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE,(2500000,2500000));"
    limited += "from fhirdesk.cli import main;sys.exit(main(sys.argv[1:]))"
    words = ["--data-dir", str(tmp_path / "data"), "--json", "--lang", "en"]
    done = _run([sys.executable, "-c", limited, *words, "import", str(file)])
    assert done.returncode == 70 and "The disk" in done.stderr and "Traceback" not in done.stderr
    told = sum(1 for line in done.stdout.splitlines() if json.loads(line).get("result") == "new")
    there = _run([sys.executable, "-m", "fhirdesk", *words, "queue", "stats"])
    assert json.loads(there.stdout)["pending"] == told < 3000


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=90, cwd=ROOT)


def _listens() -> None:
    """A shell lets what it runs in the background ignore an interrupt, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_130_an_interrupt_lets_the_answer_in_flight_arrive(cli: Cli, people: Path, tmp_path: Path, number: int) -> None:
    with Sandbox() as server:
        cli("import", people)
        server.fault(method="POST", delayMs=1200, chance=1)
        command = [sys.executable, "-m", "fhirdesk", "--data-dir", str(tmp_path / "data"), "--json", "drain", "--watch"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "preexec_fn": _listens}
        with subprocess.Popen([*command, "--server", server.base], **pipes) as drain:
            until = time.monotonic() + 20
            while cli("queue", "stats", "--json").rows[0]["processing"] == 0:
                assert time.monotonic() < until
                time.sleep(0.05)
            drain.send_signal(number)
            out, _ = drain.communicate(timeout=20)
        assert drain.returncode == 130
        summary: dict[str, Any] = json.loads(out.splitlines()[-1])
        assert summary["interrupted"] and summary["completed"] == 3 and len(server.journal()) == 3


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(
    ("number", "verb"), [(signal.SIGINT, ("convert", "patient", "-")), (signal.SIGTERM, ("validate", "-"))]
)
def test_130_reading_ends_at_once(number: int, verb: tuple[str, ...]) -> None:
    """Also while more is waited for."""
    if sys.platform == "win32":
        return
    import fcntl
    import termios

    row = b'{"patient_id": "P-1", "family_name": "\xea\xb9\x80", "gender": "F", "birth_date": "1990-01-01"}\n'
    command = [sys.executable, "-m", "fhirdesk", "--json", *verb]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "preexec_fn": _listens}
    with subprocess.Popen(command, **pipes) as reading:
        assert reading.stdin is not None and reading.stdout is not None
        reading.stdin.write(row * 100)
        reading.stdin.flush()
        until = time.monotonic() + 20
        while fcntl.ioctl(reading.stdin, termios.FIONREAD, b"\0" * 4) != b"\0" * 4:  # it has not come to read it
            assert time.monotonic() < until
            time.sleep(0.05)
        reading.send_signal(number)
        assert reading.wait(20) == 130


def test_options_stand_before_or_after_the_verb(cli: Cli) -> None:
    assert (
        cli("--json", "queue", "stats").rows
        == cli("queue", "stats", "--json").rows
        == cli("queue", "--json", "stats").rows
    )
    assert cli("--lang", "ko", "queue", "stats").out == cli("queue", "stats", "--lang", "ko").out
    assert korean(cli("queue", "stats", "--lang", "ko").out)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_helps_and_takes_the_common_options(cli: Cli, verb: str) -> None:
    said = cli(*verb.split(), "--help")
    assert said.code == 0
    for option in ("--data-dir", "--profile", "--server", "--deadline", "--lang", "--env-file", "--json", "-v"):
        assert option in said.out


def test_version_and_the_two_other_ways_to_start() -> None:
    for command in ([sys.executable, "-m", "fhirdesk", "--version"], [sys.executable, "main.py", "--version"]):
        done = _run(command)
        assert done.returncode == 0 and done.stdout.startswith("fhirdesk "), command
