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
WAL_PAGES = 8000  # 32 MB: from here on the writer itself makes the checkpoint (below that: checkpoint.py)


def open_engine(path: Path, *, read_only: bool = False, untouched: bool = False) -> Engine:
    """Create an engine for the database at `path`. A write transaction takes the write lock at once (BEGIN IMMEDIATE).
    With `read_only` the file is opened for reading, and this engine never makes a checkpoint. With `untouched` nothing
    in its folder is written, not even a lock: while there is no write-ahead log, nobody else can be writing either."""
    engine = create_engine(
        _build_url(path, read_only, untouched),
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=4 if read_only else 1,
        max_overflow=10 if read_only else 0,  # one connection writes
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: Any) -> None:
        raw.isolation_level = None  # the listener below begins each transaction
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
    """Configure a connection for a file that anybody may have written: no code in it runs with our rights, and no value
    may be larger than we ever save (fault H7)."""
    raw.execute("PRAGMA trusted_schema=OFF")
    raw.execute("PRAGMA cell_size_check=ON")
    raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
    raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
    if sys.version_info >= (3, 12):  # before, Python had no way to say so
        raw.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)


@contextmanager
def time_limit(raw: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Interrupt any statement that is still running after so many seconds."""
    ends = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, STEPS)


def _build_url(path: Path, read_only: bool, untouched: bool) -> str:
    if not read_only:
        return f"sqlite:///{path}"
    immutable = untouched and not path.with_name(path.name + "-wal").exists()
    return f"sqlite:///file:{quote(str(path))}?mode=ro{'&immutable=1' if immutable else ''}&uri=true"


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise our own errors in place of SQLite's; the transaction was rolled back."""
    try:
        yield
    except DatabaseError as error:
        raise translate_error(error.orig) from error
    except sqlite3.Error as error:
        raise translate_error(error) from error
    except UnicodeDecodeError as error:  # a text column whose bytes are damaged
        raise DataFolderError("store_damaged", path="", backup="-", unsent="-") from error


def translate_error(error: BaseException | None) -> StoreError | DataFolderError:
    """Return our error for one of sqlite3's, told apart by its result code (https://sqlite.org/rescode.html)."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # sqlite3's own errors have none
    primary = code & 0xFF  # an extended code has the primary one in its lowest byte
    if primary == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no space for the log's index
        return DiskFull()
    if primary == sqlite3.SQLITE_IOERR:
        return StoreError("disk_error")  # after a commit nobody knows whether it holds
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy()
    if primary == sqlite3.SQLITE_INTERRUPT:
        return StoreError("store_endless")
    if primary == sqlite3.SQLITE_TOOBIG:
        return StoreError("store_too_large")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return DataFolderError("data_folder", path="")
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) or _is_damaged_json(error):
        return DataFolderError("store_damaged", path="", backup="-", unsent="-")
    return StoreError()


def _is_damaged_json(error: BaseException | None) -> bool:
    """True when a JSON column cannot be parsed: SQLite has no code of its own for that."""
    return str(error) == "malformed JSON"


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Run one transaction: commit at the end, roll back on an error. Raises StoreError, DataFolderError."""
    with translate_errors(), engine.connect() as conn, conn.begin():
        yield conn
