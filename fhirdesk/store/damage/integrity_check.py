"""Is all as it was saved: SQLite's pages, the sums over rows, the chain of the audit (faults: B6, G10)?"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import Reason
from fhirdesk.store import audit
from fhirdesk.store.damage.invariants import unaudited
from fhirdesk.store.opening import FROM_OUTSIDE
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.tables import queue_entry, record, resource_map
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.engine import time_limit
from fhirdesk.store.store import Store

PATIENCE, PAGES_A_SECOND = 60.0, 50
MOST = 100  # findings are told of each kind: who reads more has a copy to put back
SUMMED = ((record, checksums.RECORD), (resource_map, checksums.MAPPED), (queue_entry, checksums.ENTRY))


def verify(data_dir: Path, *, share: bool = False) -> list[Reason]:
    """What is not as it was saved, in one snapshot; empty: all is well. Nothing is mended. Raises DataFolderError,
    StoreError when the database cannot be opened or read at all, or is not done in the time that its size needs."""
    try:
        store = Store.open(data_dir, "", Events(), share=share)
    except DataFolderError as error:
        if error.code in FROM_OUTSIDE:
            return [Reason(error.code, error.params)]
        raise
    try:
        with store.snapshot() as conn, time_limit(raw_sql.raw_connection(conn), _seconds(conn)):
            return [*_pages(conn), *_rows(conn), *_chain(conn)]
    finally:
        store.close()


def _seconds(conn: Connection) -> float:
    """What a slow computer needs for a database of this size, and more."""
    pages = int(conn.exec_driver_sql("PRAGMA page_count").scalar() or 0)
    return PATIENCE + pages / PAGES_A_SECOND


def _pages(conn: Connection) -> list[Reason]:
    said = conn.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars().all()
    return [] if said == ["ok"] else [Reason("verify_pages", {"text": text}) for text in said]


def _rows(conn: Connection) -> Iterator[Reason]:
    for table, columns in SUMMED:
        found: set[tuple[str, str]] = set()
        asked = select(*(table.c[name] for name in (*columns, checksums.SUM)))
        for row in conn.execute(asked.execution_options(yield_per=1000)):
            if not checksums.whole(row, columns) and len(found) < MOST:
                found.add((row.type, row.key))
        yield from (Reason("row_damaged", {"type": type_, "key": key}) for type_, key in sorted(found))


def _chain(conn: Connection) -> Iterator[Reason]:
    """A row that was changed breaks the chain; rows cut off its end are missed by entries that they completed."""
    broken, missing = audit.verify(conn), len(unaudited(conn))
    if broken is not None:
        yield Reason("verify_audit", {"seq": str(broken)})
    elif missing:
        yield Reason("verify_audit_short", {"count": str(missing)})
