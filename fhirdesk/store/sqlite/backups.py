"""Copies of the database: one made before a migration, the newest undamaged one, and damaged files moved aside."""

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
from fhirdesk.store.schema import digest
from fhirdesk.store.sqlite.engine import distrust, time_limit
from fhirdesk.store.sqlite.raw_sql import sql_list
from fhirdesk.store.sqlite.side_file import SIDE

LOG_SUFFIXES = ("-wal", "-shm")
SECONDS = 30.0  # for the check of one copy
_UNSENT = f"SELECT count(*) FROM queue_entry WHERE status IN {sql_list(OPEN)}"  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Backup:
    """An undamaged copy, and how many of its entries have not arrived on the server."""

    path: Path
    unsent: int


def find_copies(database: Path) -> list[Path]:
    """Return the copies beside the database and in `backups`, the newest first."""
    paths = [*database.parent.glob(f"{database.name}.v*.bak"), *database.parent.glob("backups/*.db")]
    return sorted(paths, key=lambda p: p.lstat().st_mtime, reverse=True)


def find_good_backup(database: Path) -> Backup | None:
    """Return the newest copy that is ours and undamaged; None: there is none."""
    for path in find_copies(database):
        with suppress(sqlite3.Error, DataFolderError):
            check_private(path, writing=False)
            return _inspect(path)
    return None


def _inspect(path: Path) -> Backup:
    """Check a copy and count its unsent entries. Raises sqlite3.Error when it is damaged or not ours."""
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as copy,
        time_limit(copy, SECONDS),
    ):
        distrust(copy)
        if digest.find_foreign_objects(copy) or copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError
        return Backup(path, int(copy.execute(_UNSENT).fetchone()[0]))


def copy_before_change(database: Path, version: int) -> Path:
    """Copy the database before a migration changes it, over an older copy of the same version; returns the copy."""
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
    """Rename the damaged database, its log and its side file, with a time stamp in their names; nothing is deleted.
    Returns the new paths."""
    return _rename_with_stamp([database, *_log_paths(database), database.with_name(SIDE)], at)


def move_log_aside(database: Path, at: float) -> list[Path]:
    """Rename the log alone, because it is another database's. Returns the new paths."""
    return _rename_with_stamp(_log_paths(database), at)


def _log_paths(database: Path) -> list[Path]:
    return [database.with_name(database.name + suffix) for suffix in LOG_SUFFIXES]


def _rename_with_stamp(paths: Iterable[Path], at: float) -> list[Path]:
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
