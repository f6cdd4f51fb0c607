"""The steps from the first tables to today's: each is frozen, and together they make what tables.py says."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from fhirdesk.core.events import Events
from fhirdesk.store import migrations
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.migrations import HEAD
from fhirdesk.store.schema.tables import metadata
from fhirdesk.store.sqlite.data_folder import DATABASE
from tests.old_files import FIRST_ENTRY, create, insert, rows

STEPS = sorted((Path(migrations.__file__).parent / "versions").glob("v*.py"))
Schema = dict[str, Any]


def describe(file: sqlite3.Connection) -> Schema:
    """Each table: its columns in order, keys, indexes with their conditions, and what it is made of beside them."""
    tables = dict(file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall())
    ours = [name for name in tables if not name.startswith(("patient_search", "sqlite_", "alembic_"))]
    return {name: _describe_table(file, name, tables[name]) for name in ours}


def _describe_table(file: sqlite3.Connection, name: str, sql: str) -> Schema:
    indexes = file.execute(f"PRAGMA index_list({name})").fetchall()
    return {
        "columns": file.execute(f"PRAGMA table_xinfo({name})").fetchall(),
        "references": file.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
        "words": re.findall("AUTOINCREMENT|WITHOUT ROWID", sql),
        "indexes": {_describe_index(file, index, unique, origin) for _, index, unique, origin, _ in indexes},
    }


def _describe_index(file: sqlite3.Connection, name: str, unique: int, origin: str) -> tuple[Any, ...]:
    columns = [row[2:4] for row in file.execute(f"PRAGMA index_xinfo({name})")]
    row = file.execute("SELECT sql FROM sqlite_schema WHERE name = ? AND sql IS NOT NULL", (name,)).fetchone()
    condition = row[0].partition(" WHERE ")[2] if row else ""
    return name if origin == "c" else origin, unique, tuple(columns), condition


def test_all_steps_together_make_the_tables(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'ours.db'}")
    metadata.create_all(engine)
    engine.dispose()
    made = create(tmp_path / "data", HEAD)
    with closing(sqlite3.connect(tmp_path / "ours.db")) as ours, closing(sqlite3.connect(made)) as file:
        expected, steps = describe(ours), describe(file)
    assert steps.keys() == expected.keys()
    for name, table in expected.items():
        assert steps[name] == table, name


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.stem)
def test_a_step_uses_nothing_whose_meaning_may_change(step: Path) -> None:
    imports = re.findall(r"^\s*(?:from|import)\s+(\S+)", step.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [name for name in imports if name.startswith("fhirdesk")]


def test_the_newest_step_is_the_one_that_a_file_is_brought_to() -> None:
    assert int(STEPS[-1].name[1:5]) == HEAD  # else files that are there already never get it


@pytest.mark.parametrize("version", range(1, HEAD))
def test_a_file_of_any_version_gets_what_is_new(tmp_path: Path, version: int) -> None:
    create(tmp_path / "data", version)
    SqliteStore.open(tmp_path / "data", "default", Events()).close()
    with (
        closing(sqlite3.connect(tmp_path / "data" / DATABASE)) as old,
        closing(sqlite3.connect(create(tmp_path / "new", HEAD))) as new,
    ):
        assert describe(old) == describe(new)
    assert (tmp_path / "data" / f"{DATABASE}.v{version}.bak").exists()


def test_no_seq_is_given_twice_when_the_queue_is_made_anew(tmp_path: Path) -> None:
    database = create(tmp_path, 11)
    insert(database, "queue_entry", **FIRST_ENTRY | {"seq": 7, "uuid": "pruned"})
    with closing(sqlite3.connect(database)) as old, old:
        old.execute("DELETE FROM queue_entry")
    SqliteStore.open(tmp_path, "default", Events()).close()
    insert(database, "queue_entry", **FIRST_ENTRY, sum=0)
    assert rows(database, "SELECT seq FROM queue_entry") == [(8,)]
