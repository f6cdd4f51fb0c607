"""Copies of the database: one before its tables change, the newest that is whole, and what is moved aside."""

import os
import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.private_files import check_private, open_private
from fhirdesk.core.queue_entry import OPEN
from fhirdesk.store.queue.model import sql_list
from fhirdesk.store.schema import digest
from fhirdesk.store.sqlite.engine import distrust, limited
from fhirdesk.store.sqlite.side_file import SIDE

BESIDE = ("-wal", "-shm")
SECONDS = 30.0  # for a look at one copy
_UNSENT = f"SELECT count(*) FROM queue_entry WHERE status IN {sql_list(OPEN)}"  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that can be opened, and how many entries in it are not on the server."""

    path: Path
    unsent: int


def last_good(database: Path) -> Backup | None:
    """The newest copy beside the database (or in `backups`) that is whole, and ours."""
    found = [*database.parent.glob(f"{database.name}.v*.bak"), *database.parent.glob("backups/*.db")]
    for path in sorted(found, key=lambda p: p.lstat().st_mtime, reverse=True):
        with suppress(sqlite3.Error, DataFolderError):
            check_private(path, writing=False)
            return _looked_at(path)
    return None


def _looked_at(path: Path) -> Backup:
    """Raises sqlite3.Error where it is not whole."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as copy, limited(copy, SECONDS):
        distrust(copy)
        if digest.strange(copy) or copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError
        return Backup(path, int(copy.execute(_UNSENT).fetchone()[0]))


def copy_before_change(database: Path, version: int) -> Path:
    """A copy of the database as it is, before a step of its history changes it; the older copy of it is replaced."""
    target = database.with_name(f"{database.name}.v{version}.bak")
    check_private(target, writing=False)
    draft = target.with_suffix(f".{secrets.token_hex(4)}.new")
    os.close(open_private(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL))
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def move_aside(database: Path, at: float) -> list[Path]:
    """The damaged database and what stands beside it get a time stamp in their names; nothing is deleted."""
    return _stamped([database, *_logs(database), database.with_name(SIDE)], at)


def move_log_aside(database: Path, at: float) -> list[Path]:
    """The same with its log alone, which is another database's."""
    return _stamped(_logs(database), at)


def _logs(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in BESIDE]


def _stamped(paths: Iterable[Path], at: float) -> list[Path]:
    stamp = datetime.fromtimestamp(at).astimezone().strftime("%Y%m%d-%H%M%S")
    moved = []
    for path in paths:
        if os.path.lexists(path):
            target = path.with_name(f"{path.name}.damaged-{stamp}")
            number = 1
            while os.path.lexists(target):
                number += 1
                target = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
            moved.append(path.rename(target))
    return moved
