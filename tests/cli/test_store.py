"""`store verify`: what is not as it was saved is said, and nothing else is; `store salvage`: what can be read is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.cli.conftest import Cli
from tests.marks import fault

DAMAGE = {
    "an audit row that was changed": ("UPDATE audit SET who = 'somebody' WHERE seq = 2", "verify_audit", {"seq": "2"}),
    "an audit row that was removed": ("DELETE FROM audit WHERE seq = 1", "verify_audit", {"seq": "2"}),
    "a record": (
        "UPDATE record SET fields = replace(fields, '길동', '동길') WHERE key = 'P-1'",
        "row_damaged",
        {"type": "patient", "key": "P-1", "profile": "default"},
    ),
    "an entry": (
        "UPDATE queue_entry SET patient_key = 'P-2' WHERE key = 'P-0'",
        "row_damaged",
        {"type": "patient", "key": "P-0", "profile": "default"},
    ),
}

Harm = Callable[[str], None]


@pytest.fixture
def harm(cli: Cli, people: Path, tmp_path: Path) -> Harm:
    """Changes the database of three patients behind the program's back."""
    assert cli("import", people).code == 0

    def run(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db")) as database:
            database.executescript(sql)

    return run


@fault("G10")
def test_a_database_that_is_whole_is_said_to_be(cli: Cli, harm: Harm) -> None:
    said = cli("store", "verify", "--json")
    assert (said.code, said.rows) == (0, [{"ok": True, "findings": []}])
    assert "저장한 그대로" in cli("store", "verify", "--lang", "ko").out


@fault("G10", "B6")
@pytest.mark.parametrize("what", DAMAGE)
def test_what_was_changed_from_outside_is_named(cli: Cli, harm: Harm, what: str) -> None:
    sql, code, place = DAMAGE[what]
    harm(sql)
    said = cli("store", "verify", "--json")
    (found,) = said.rows[0]["findings"]
    assert said.code == 70 and not said.rows[0]["ok"]
    assert found == {"code": code, **place, "message": found["message"]}
    assert "동길" not in said.out + said.err
    assert cli("store", "verify").out == found["message"] + "\n"


@fault("G10", "H6")
def test_audit_rows_that_were_cut_off_are_missed(cli: Cli, harm: Harm, tmp_path: Path) -> None:
    with Sandbox() as server:
        assert cli("drain", "--until-empty", "--server", server.base).code == 0
    assert cli("store", "verify").code == 0
    harm("DELETE FROM audit WHERE seq > 4")
    said = cli("store", "verify", "--json")
    assert said.code == 70 and [(f["code"], f["seq"]) for f in said.rows[0]["findings"]] == [("store_audit", "6")]
    (tmp_path / "data" / "fhirdesk.commits").unlink()
    said = cli("store", "verify", "--json")
    assert said.code == 70
    assert [(f["code"], f["count"]) for f in said.rows[0]["findings"]] == [("verify_audit_short", "2")]


@fault("B6", "H6")
def test_an_index_that_does_not_fit_its_table_is_found(cli: Cli, harm: Harm, tmp_path: Path) -> None:
    harm(
        "PRAGMA writable_schema = ON; "
        "UPDATE sqlite_master SET sql = replace(sql, 'birth_date, id', 'phone, id') WHERE name = 'patient_birth_date'"
    )
    said = cli("store", "verify", "--json")
    assert said.code == 70 and {f["code"] for f in said.rows[0]["findings"]} == {"store_schema"}
    (tmp_path / "data" / "fhirdesk.commits").unlink()
    said = cli("store", "verify", "--json")
    assert said.code == 70 and {f["code"] for f in said.rows[0]["findings"]} == {"verify_pages"}


def test_a_folder_without_a_database_that_had_one_is_said(cli: Cli, harm: Harm, tmp_path: Path) -> None:
    (tmp_path / "data" / "fhirdesk.db").unlink()
    assert cli("store", "verify").code == 3


@fault("B7")
def test_store_salvage_moves_aside_reads_and_names_on_consent_alone(cli: Cli, people: Path, tmp_path: Path) -> None:
    assert cli("import", people).code == 0
    database = tmp_path / "data" / "fhirdesk.db"
    wreck = bytes(100) + database.read_bytes()[100:]
    database.write_bytes(wreck)
    said = cli("queue", "stats", "--lang", "ko")
    assert said.code == 3 and "store salvage" in said.err
    assert cli("store", "salvage").code == 2 and database.read_bytes() == wreck
    told = cli("store", "salvage", "--yes", "--json")
    assert told.code == 0 and (told.rows[0]["records"], told.rows[0]["entries"], told.rows[0]["lost"]) == (3, 3, [])
    assert Path(told.rows[0]["file"]).read_bytes() == wreck
    assert cli("queue", "stats", "--json").rows[0]["pending"] == 3
    assert cli("store", "verify").code == 0 and cli("import", people, "--json").rows[-1]["summary"]["unchanged"] == 3


@fault("B8")
def test_store_accept_goes_on_with_an_older_database_on_consent_alone_and_looks_first(
    cli: Cli, people: Path, tmp_path: Path
) -> None:
    assert cli("import", people).code == 0
    database = tmp_path / "data" / "fhirdesk.db"
    yesterday = database.read_bytes()
    with Sandbox() as server:
        assert cli("drain", "--until-empty", "--server", server.base).code == 0
        written = server.journal()
        database.write_bytes(yesterday)
        said = cli("queue", "stats", "--lang", "ko")
        assert said.code == 3 and "store accept" in said.err
        assert cli("store", "accept").code == 2 and cli("queue", "stats").code == 3
        assert cli("store", "accept", "--yes").code == 0 and cli("store", "verify").code == 0
        waiting = cli("queue", "list", "--json").rows
        assert {row["status"] for row in waiting} == {"unknown"}
        assert "오래되었습니다" in cli("queue", "why", waiting[0]["entry"], "--lang", "ko").out
        assert cli("drain", "--until-empty", "--server", server.base).code == 0
        assert cli("queue", "stats", "--json").rows[0]["completed"] == 3 and server.journal() == written
