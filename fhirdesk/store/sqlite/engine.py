"""SQLite as we use it: WAL, synchronous=FULL, BEGIN IMMEDIATE for whoever writes, private files, our own errors."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from fhirdesk.core.errors import DataFolderError, DiskFull, StoreBusy, StoreError

BUSY_MS = 5000
LARGEST = 64 * 1024 * 1024  # bytes of a row, or of a value
STEPS = 10_000  # of SQLite's machine between two looks at the clock
WAL_PAGES = 8000  # 32 MB: from here the writer itself moves the log into the database (before: checkpoint.py)


def open_engine(path: Path, *, read_only: bool = False, untouched: bool = False) -> Engine:
    """An engine on the database at `path`; each write transaction begins at once (BEGIN IMMEDIATE). `read_only`: the
    file is opened so, and its log never flows back into it from there. `untouched`: in a folder that may not be
    written; without a write-ahead log beside it, nobody else can be writing either."""
    engine = create_engine(
        _address(path, read_only, untouched),
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=4 if read_only else 1,
        max_overflow=10 if read_only else 0,  # one connection writes
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def connected(raw: sqlite3.Connection, _record: Any) -> None:
        raw.isolation_level = None  # we begin ourselves
        distrust(raw)
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if read_only:
            raw.execute("PRAGMA query_only=ON")
            return
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"wal_autocheckpoint={WAL_PAGES}"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def distrust(raw: sqlite3.Connection) -> None:
    """The file may be anybody's: nothing in it runs with our rights, and no value is larger than we ever save (H7)."""
    raw.execute("PRAGMA trusted_schema=OFF")
    raw.execute("PRAGMA cell_size_check=ON")
    raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
    raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
    if sys.version_info >= (3, 12):  # before, Python had no way to say so
        raw.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)


@contextmanager
def limited(raw: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """What takes longer is interrupted."""
    ends = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, STEPS)


def _address(path: Path, read_only: bool, untouched: bool) -> str:
    if not read_only:
        return f"sqlite:///{path}"
    alone = untouched and not path.with_name(path.name + "-wal").exists()
    return f"sqlite:///file:{quote(str(path))}?mode=ro{'&immutable=1' if alone else ''}&uri=true"


@contextmanager
def our_errors() -> Iterator[None]:
    """What SQLite says, in our own words; the transaction was rolled back."""
    try:
        yield
    except DatabaseError as error:
        raise translated(error.orig) from error
    except sqlite3.Error as error:
        raise translated(error) from error
    except UnicodeDecodeError as error:  # text that is none: damaged bytes
        raise DataFolderError("store_damaged", path="", backup="-", unsent="-") from error


def translated(error: BaseException | None) -> StoreError | DataFolderError:
    """An sqlite3 error as one of ours."""
    text = str(error)
    no_room = getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE"  # of the file that shares the log
    if "disk is full" in text or no_room:
        return DiskFull()
    if "disk I/O error" in text:
        return StoreError("disk_error")  # of a commit nobody knows whether it holds
    if "locked" in text or "busy" in text:
        return StoreBusy()
    if text == "interrupted":
        return StoreError("store_endless")
    if "too big" in text:
        return StoreError("store_too_large")
    if "readonly" in text or "unable to open" in text:
        return DataFolderError("data_folder", path="")
    if "not a database" in text or "malformed" in text:
        return DataFolderError("store_damaged", path="", backup="-", unsent="-")
    return StoreError()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction; all or nothing."""
    with our_errors(), engine.connect() as conn, conn.begin():
        yield conn
