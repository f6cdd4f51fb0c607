"""Checks that everything is as it was saved: SQLite's pages, the rows' checksums, the audit's chain (B6, G10)."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import Reason
from fhirdesk.store.audit import AuditLog
from fhirdesk.store.damage.invariants import find_unaudited
from fhirdesk.store.database.opening import FROM_OUTSIDE
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.tables import queue_entry, record, resource_map
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.engine import time_limit

PATIENCE, PAGES_A_SECOND = 60.0, 50
MOST = 100  # findings of each kind: with more of them a backup is put back, and nobody reads on
CHECKSUMMED = ((record, checksums.RECORD), (resource_map, checksums.MAPPING), (queue_entry, checksums.ENTRY))


def verify(data_dir: Path, profile: str, *, share: bool = False) -> list[Reason]:
    """Return what is not as it was saved, of every profile, in one snapshot; empty when nothing is damaged. Nothing is
    repaired; an older database is migrated, as the `profile` in use sees it. Raises DataFolderError, StoreError when
    the database cannot be opened or read, or when the check takes far longer than its size explains."""
    try:
        store = SqliteStore.open(data_dir, profile, Events(), share=share)
    except DataFolderError as error:
        if error.code in FROM_OUTSIDE:
            return [Reason(error.code, error.params)]
        raise
    try:
        with store.snapshot() as view, time_limit(raw_sql.raw_connection(view.conn), _allowed_seconds(view.conn)):
            return [*_check_pages(view.conn), *_check_rows(view.conn), *_check_audit(view.conn)]
    finally:
        store.close()


def _allowed_seconds(conn: Connection) -> float:
    """Return more than a slow computer needs for a database of this size."""
    pages = int(conn.exec_driver_sql("PRAGMA page_count").scalar() or 0)
    return PATIENCE + pages / PAGES_A_SECOND


def _check_pages(conn: Connection) -> list[Reason]:
    messages = conn.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars().all()
    return [] if messages == ["ok"] else [Reason("verify_pages", {"text": text}) for text in messages]


def _check_rows(conn: Connection) -> Iterator[Reason]:
    for table, columns in CHECKSUMMED:
        damaged: set[tuple[str, str, str]] = set()
        query = select(*(table.c[name] for name in (*columns, checksums.SUM)))
        for row in conn.execute(query.execution_options(yield_per=1000)):
            if not checksums.is_intact(row, columns) and len(damaged) < MOST:
                damaged.add((row.type, row.key, row.profile))
        for type_, key, profile in sorted(damaged):
            yield Reason("row_damaged", {"type": type_, "key": key, "profile": profile})


def _check_audit(conn: Connection) -> Iterator[Reason]:
    """Find a changed row, which breaks the chain, or rows cut off at the end, which completed entries lack."""
    broken, missing = AuditLog(conn).find_break(), len(find_unaudited(conn))
    if broken is not None:
        yield Reason("verify_audit", {"seq": str(broken)})
    elif missing:
        yield Reason("verify_audit_short", {"count": str(missing)})
