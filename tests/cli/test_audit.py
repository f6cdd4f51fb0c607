"""Every act of a person leaves its row in the audit, and nobody takes one out unseen (fault H6)."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.store import audit
from fhirdesk.store.sqlite import side_file
from tests.cli.conftest import Cli
from tests.factories import person_row
from tests.marks import fault
from tests.old_files import rows, unpack

Told = Callable[[], list[tuple[str, str | None]]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """(verb, key) of each row."""

    def read() -> list[tuple[str, str | None]]:
        with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db")) as database:
            return database.execute("SELECT verb, key FROM audit ORDER BY seq").fetchall()

    return read


@pytest.fixture
def entry(cli: Cli, tmp_path: Path) -> str:
    """One patient, queued; the entry's uuid."""
    (tmp_path / "people.ndjson").write_text(json.dumps(person_row()) + "\n", encoding="utf-8")
    return str(cli("import", tmp_path / "people.ndjson", "--json").rows[0]["entry"])


DEEDS = {
    "queue pause": "pause",
    "queue resume": "resume",
    "queue hold {entry}": "hold",
    "queue release {entry}": "release",
    "queue retry {entry}": "retry",
    "queue cancel {entry}": "cancel",
    "store accept --yes": "accept database: as it is",
}


@fault("H6")
def test_every_act_of_a_person_has_its_row(cli: Cli, told: Told, entry: str) -> None:
    for words, verb in DEEDS.items():
        before = told()
        said = cli(*words.format(entry=entry).split())
        assert said.code == 0, (words, said.err)
        assert told()[: len(before)] == before and told()[-1][0] == verb, words
    assert cli("store", "verify").code == 0


@fault("H6")
def test_what_is_done_to_profiles_has_its_row(cli: Cli, told: Told) -> None:
    """Also before there is a database."""
    assert cli("profile", "add", "ward", "http://127.0.0.1:9/fhir").code == 0
    assert cli("profile", "use", "default").code == 0
    assert cli("profile", "remove", "ward", "--yes").code == 0
    assert [verb for verb, _ in told()] == ["profile keep ward", "profile use default", "profile remove ward"]


@fault("H6")
def test_a_rotation_has_its_row(cli: Cli, told: Told, tmp_path: Path) -> None:
    words = ("--new-key", "--alg", "ES384", "--key-file", tmp_path / "client.key")
    assert cli("profile", "add", "ward", "http://127.0.0.1:9/fhir", *words).code == 0
    assert cli("profile", "rotate", "ward").code == 0
    assert [verb for verb, _ in told()] == ["profile keep ward", "profile rotate ward"]


@fault("H6")
def test_a_new_store_and_a_salvage_have_their_rows(cli: Cli, told: Told, entry: str, tmp_path: Path) -> None:
    assert cli("store", "renew", "--yes").code == 0
    assert [verb for verb, _ in told()] == ["renew store"]
    (wreck,) = [p for p in (tmp_path / "data").glob("fhirdesk.db.damaged-*")]
    assert cli("store", "salvage", wreck, "--yes").code == 0
    assert ("salvaged", "P-1") in told() and f"salvage {wreck.name}" in [verb for verb, _ in told()]


# -- from outside


def harm(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "data" / "fhirdesk.db")) as database, database:
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)


def rewritten(folder: Path) -> None:
    """Somebody else did it: the whole chain is computed anew, and holds."""
    with closing(sqlite3.connect(folder / "data" / "fhirdesk.db")) as database, database:
        previous = audit.GENESIS
        for seq, *rest in database.execute(
            "SELECT seq, at, who, verb, type, key, entry FROM audit ORDER BY seq"
        ).fetchall():
            row = (seq, rest[0], "another", *rest[2:])
            previous = audit.chain_hash(previous, row)
            database.execute("UPDATE audit SET who = 'another', hash = ? WHERE seq = ?", (previous, seq))


CUT = "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"
OUTSIDE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "the last row": ("store_audit", lambda f: harm(f, CUT)),
    "the last rows": ("store_audit", lambda f: harm(f, CUT, CUT)),
    "all rows": ("store_audit", lambda f: harm(f, "DELETE FROM audit")),
    "the whole chain": ("store_audit", rewritten),
    "a trigger gone": ("store_schema", lambda f: harm(f, "DROP TRIGGER queue_final")),
    "an index gone": ("store_schema", lambda f: harm(f, "DROP INDEX queue_flight")),
    "a table more": ("store_schema", lambda f: harm(f, "CREATE TABLE more (a)")),
    "a row of the schema": (
        "store_schema",
        lambda f: harm(f, "UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE', '') WHERE name = 'queue_flight'"),
    ),
    "a trigger of theirs": (
        "store_strange",
        lambda f: harm(f, "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM audit WHERE seq = new.seq; END"),
    ),
}


@fault("H6")
@pytest.mark.parametrize("what", OUTSIDE)
def test_what_was_changed_from_outside_is_told_and_nothing_is_saved_over_it(
    cli: Cli, entry: str, tmp_path: Path, what: str
) -> None:
    assert cli("queue", "hold", entry).code == 0
    code, change = OUTSIDE[what]
    change(tmp_path)
    said = cli("store", "verify", "--json")
    assert said.code == 70 and [f["code"] for f in said.rows[0]["findings"]] == [code]
    for words in (("queue", "stats"), ("queue", "release", entry), ("drain",)):
        assert cli(*words).code == 3
    accepted = cli("store", "accept", "--yes")
    if code == "store_strange":
        assert accepted.code == 3
        return
    assert accepted.code == 0 and cli("queue", "release", entry).code == 0
    with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db")) as database:
        verbs = [v for (v,) in database.execute("SELECT verb FROM audit")]
    assert f"accept database: {code}" in verbs


@fault("H6")
def test_an_older_database_that_was_changed_from_outside_is_told_before_it_is_migrated(
    cli: Cli, tmp_path: Path
) -> None:
    database = unpack("v11", tmp_path / "data")
    with closing(sqlite3.connect(database)) as harmed, harmed:
        harmed.execute("DROP TRIGGER queue_final")
    said = cli("store", "verify", "--json")
    assert said.code == 70 and [f["code"] for f in said.rows[0]["findings"]] == ["store_schema"]
    assert rows(database, "PRAGMA user_version") == [(11,)]
    assert cli("store", "accept", "--yes").code == 0 and cli("store", "verify").code == 0
    assert rows(database, "SELECT name FROM sqlite_schema WHERE type = 'trigger'") == [("queue_final",)]


@fault("H6")
def test_an_older_programs_side_file_is_read_and_gets_the_rest(cli: Cli, entry: str, tmp_path: Path) -> None:
    file = tmp_path / "data" / side_file.SIDE
    name, commits, *_ = file.read_text(encoding="ascii").split()
    file.write_text(f"{name} {commits}\n", encoding="ascii")
    assert cli("queue", "hold", entry).code == 0
    assert len(file.read_text(encoding="ascii").split()) == 5
