"""Databases as older versions of the program left them, in use: `tests/data/vN`, N being the version of their tables.

v11 was made by the program itself, on its embedded server, with a clinic of `sample` and people of `tests.factories`:
all of them are invented. Two servers are in it, `default` and `branch`; what each of them held lies beside it.
"""

import gzip
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from fhirdesk.sandbox.server import Sandbox
from fhirdesk.store.migrations import upgrade
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.sqlite.engine import open_engine

DATA = Path(__file__).parent / "data"
V11_SAVED = 1_767_200_000.0  # just before it was made: whoever opens it may go on from here
PROFILES = ("default", "branch")
FIRST_ENTRY: dict[str, Any] = {  # a row of queue_entry, with the columns that it has had from the beginning
    "uuid": "a", "profile": "default", "type": "patient", "key": "P-1", "resource_type": "Patient",
    "operation": "create", "status": "pending", "priority": 5, "urgency": 5, "created_at": 1.0, "not_before": 1.0,
    "record": b'{"patient_id":"P-1"}',
}  # fmt: skip


def unpack(version: str, folder: Path) -> Path:
    """Put the database of a version into a data folder, and return its path."""
    folder.mkdir(mode=0o700)
    (folder / DATABASE).write_bytes(gzip.decompress((DATA / version / f"{DATABASE}.gz").read_bytes()))
    shutil.copyfile(DATA / version / "fhirdesk.commits", folder / "fhirdesk.commits")
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder / DATABASE


def server_of(version: str, profile: str, folder: Path) -> Sandbox:
    """Return the server of a profile as it was then."""
    log = shutil.copyfile(DATA / version / f"{profile}.ndjson", folder / f"{profile}.ndjson")
    log.chmod(0o600)
    return Sandbox(store=log)


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query gives, asked of the file itself."""
    with closing(sqlite3.connect(database)) as file:
        return file.execute(sql).fetchall()


def create(folder: Path, version: int) -> Path:
    """Make an empty database with the tables of a version, and return its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = folder / DATABASE
    database.touch(0o600)
    engine = open_engine(database)
    upgrade(engine, version, "default")
    engine.dispose()
    return database


def insert(database: Path, table: str, **values: Any) -> None:
    """Write a row as an older version would have."""
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join("?" * len(values))
    with closing(sqlite3.connect(database)) as file, file:
        file.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(values.values()))
