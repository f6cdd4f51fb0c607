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
from fhirdesk.store.sqlite.data_folder import DATABASE

DATA = Path(__file__).parent / "data"
V11_SAVED = 1_767_200_000.0  # just before it was made: whoever opens it may go on from here
PROFILES = ("default", "branch")


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
