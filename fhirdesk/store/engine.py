"""SQLite as we use it: WAL, synchronous=FULL, BEGIN IMMEDIATE for whoever writes, private files, our own errors."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from fhirdesk.errors import DataFolderError, DiskFull, StoreBusy, StoreError

BUSY_MS = 5000
WAL_PAGES = 8000  # 32 MB: from here the writer itself moves the log into the database (before: checkpoint.py)


def open_engine(path: Path, *, read_only: bool = False, untouched: bool = False) -> Engine:
    """An engine on the database at `path`; each write transaction begins at once (BEGIN IMMEDIATE). `untouched`: in a
    folder that may not be written; without a write-ahead log beside it, nobody else can be writing either."""
    if not read_only:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # -wal and -shm take their modes from it
    engine = create_engine(
        _address(path, untouched),
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=4 if read_only else 1,
        max_overflow=10 if read_only else 0,  # one connection writes
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def connected(raw: sqlite3.Connection, _record: Any) -> None:
        raw.isolation_level = None  # we begin ourselves
        if untouched:
            return
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            f"wal_autocheckpoint={WAL_PAGES}",
        ):
            raw.execute(f"PRAGMA {pragma}")
        if read_only:
            raw.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _address(path: Path, untouched: bool) -> str:
    if not untouched:
        return f"sqlite:///{path}"
    alone = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    return f"sqlite:///file:{quote(str(path))}?mode=ro{alone}&uri=true"


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
