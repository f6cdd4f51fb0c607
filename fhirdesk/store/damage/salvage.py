"""Moves what can be read of a damaged database into a new one: records, id mappings and open entries.

Finished entries are left behind: the id map knows what has arrived. An open entry keeps its uuid, status and attempts,
so that the server is asked about what was perhaps sent before it is sent again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.queue_entry import FINAL, OPEN, Operation, Phase, Status
from fhirdesk.core.records import Place, Record
from fhirdesk.r4 import json
from fhirdesk.store.audit import IMPORTED
from fhirdesk.store.damage.page_reader import PageRow, read_rows
from fhirdesk.store.schema import checksums, tables
from fhirdesk.store.schema.checksums import add_checksum
from fhirdesk.store.schema.rows import record_from_columns
from fhirdesk.store.sqlite.raw_sql import chunks
from fhirdesk.store.unit_of_work import UnitOfWork

# verbs of the audit: the record was saved, and queued if the row names an entry
SAVES = ("new", "changed", f"{IMPORTED}new", f"{IMPORTED}changed")
_RELEASE_CHILDREN = text(  # I8: pages of different age may hold the parent's arrival without its children's release
    "UPDATE queue_entry SET status = 'pending', reason = NULL, reason_params = NULL, waits_type = NULL, "
    "waits_key = NULL WHERE status = 'held' AND EXISTS (SELECT 1 FROM resource_map m WHERE m.profile = "
    "queue_entry.profile AND m.type = queue_entry.waits_type AND m.key = queue_entry.waits_key)"
)


@dataclass(slots=True)
class Salvage:
    """The rows of the damaged file, each in its newest state, with its age: (age, row)."""

    records: dict[Place, Any] = field(default_factory=dict)
    mappings: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    entries: dict[str, Any] = field(default_factory=dict)
    attempts: dict[tuple[int, int], Any] = field(default_factory=dict)
    saved: dict[Place, Any] = field(default_factory=dict)  # the newest audit row that tells of a save
    damaged: set[Place] = field(default_factory=set)
    damaged_requests: set[Place] = field(default_factory=set)  # records with an edit or a delete that cannot be read

    @classmethod
    def read(cls, database: Path) -> "Salvage":
        """Read every row of a damaged file. Where a freed page still holds an older state of a row, the newer wins."""
        salvage = cls()
        for page_row in read_rows(database):
            row = page_row.row
            if page_row.is_intact is False or not _is_readable(page_row):
                is_request = page_row.table == "queue_entry" and row.operation in (Operation.EDIT, Operation.DELETE)
                (salvage.damaged_requests if is_request else salvage.damaged).add((row.type, row.key))
            elif page_row.table == "record":
                _keep_newer(salvage.records, (row.type, row.key), row, row.updated_at)
            elif page_row.table == "resource_map":
                _keep_newer(salvage.mappings, (row.profile, row.type, row.key), row, row.synced_at or 0)
            elif page_row.table == "queue_entry":
                _keep_newer(salvage.entries, row.uuid, row, (row.status in FINAL, row.attempts, row.not_before))
            elif page_row.table == "attempt":
                _keep_newer(salvage.attempts, (row.seq, row.number), row, row.phase != Phase.STARTED)
            elif row.verb in SAVES and row.type and row.key:
                _keep_newer(salvage.saved, (row.type, row.key), row, row.seq)
        return salvage

    @property
    def open_entries(self) -> list[Any]:
        """The rows of entries that are not final, by seq."""
        return sorted((r for _, r in self.entries.values() if r.status not in FINAL), key=lambda r: r.seq)

    @property
    def live_records(self) -> list[Any]:
        """The rows of records that are not deleted."""
        return [r for _, r in self.records.values() if r.deleted_at is None]

    def find_lost(self) -> list[Place]:
        """Return the records (type, key) of which a save or a request cannot be read, in order."""
        return sorted({p for p in {*self.damaged, *self.saved} if p not in self.records} | self.damaged_requests)

    def find_unqueued(self) -> Iterator[tuple[Record, str | None, bool]]:
        """Yield the records whose newest change is neither on the server nor in a readable entry: the record, the uuid
        under which the change was queued (None: not known), and whether the record is new to the server."""
        waiting = {(r.type, r.key) for r in self.open_entries}
        synced = {(t, k): row.synced_at or 0 for (_, t, k), (_, row) in self.mappings.items()}
        for row in self.live_records:
            place = row.type, row.key
            _, save = self.saved.get(place, (0, None))
            is_done = save is not None and (save.entry is None or save.entry in self.entries)
            if place not in waiting and not is_done and synced.get(place, -1) < row.updated_at:
                yield to_record(row), save and save.entry, place not in synced


def _keep_newer(rows: dict[Any, tuple[Any, Any]], key: Any, row: Any, age: Any) -> None:
    if key not in rows or rows[key][0] <= age:
        rows[key] = age, row


JSON_COLUMNS = {  # columns that hold a JSON object or NULL
    "record": ("fields", "base", "links"),
    "resource_map": ("base",),
    "queue_entry": ("record", "base", "links", "edit"),
}


def _is_readable(page_row: PageRow) -> bool:
    """True when the JSON columns hold JSON objects. Checksums do not prove that: they use no secret, so whoever forges
    a database can compute them too (fault H7)."""
    columns = JSON_COLUMNS.get(page_row.table, ())
    texts = {name: value for name in columns if (value := getattr(page_row.row, name)) is not None}
    try:
        documents = {name: json.loads(value) for name, value in texts.items()}
    except InvalidDocument:
        return False
    if not all(isinstance(value, dict) for value in documents.values()):
        return False
    return all(map(_is_place, documents.get("links", {}).values()))


def _is_place(value: object) -> bool:
    """True for [type, key], as links name a record."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)


def to_record(row: Any) -> Record:
    """Build a record from its row."""
    return record_from_columns(row.type, row.key, row.fields, row.base, row.links)


def restore(tx: UnitOfWork, salvage: Salvage, now: float) -> None:
    """Write what was read into an empty database, in the caller's unit of work; its sums are today's."""
    for part in chunks(salvage.live_records):
        tx.records.put([to_record(r) for r in part], now, {(r.type, r.key): r.said for r in part if r.said})
    mappings = (add_checksum(vars(row), checksums.MAPPING) for _, row in salvage.mappings.values())
    _insert(tx.conn, tables.resource_map, mappings)
    attempts = Counter(seq for seq, _ in salvage.attempts)
    entries = [add_checksum(_build_entry(row, attempts[row.seq], now), checksums.ENTRY) for row in salvage.open_entries]
    tried = {row["seq"] for row in entries if row["attempts"]}
    _insert(tx.conn, tables.queue_entry, entries)
    _insert(tx.conn, tables.attempt, (_build_attempt(row) for _, row in salvage.attempts.values() if row.seq in tried))
    tx.conn.execute(_RELEASE_CHILDREN)


def _insert(conn: Connection, table: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    for part in chunks([dict(row) for row in rows]):
        conn.execute(insert(table), list(part))


def _build_entry(old: Any, attempts: int, now: float) -> dict[str, Any]:
    """Return the columns of an entry as they were; one that was in flight becomes unknown. An entry whose status or
    attempts cannot be read becomes pending as if it were new: the server is then searched before it is sent."""
    row = dict(vars(old))
    if old.status not in OPEN or old.attempts != attempts:
        fresh = {
            "status": Status.PENDING.value,
            "attempts": 0,
            "not_before": now,
            "waits_type": None,
            "waits_key": None,
        }
        return row | fresh | {"reason": None, "reason_params": None}
    if old.status == Status.PROCESSING:
        return row | {"status": Status.UNKNOWN.value, "alone": 1, "not_before": 0, "reason": "why_interrupted"}
    return row


def _build_attempt(old: Any) -> dict[str, Any]:
    return dict(vars(old)) | ({"phase": Phase.INTERRUPTED.value} if old.phase == Phase.STARTED else {})
