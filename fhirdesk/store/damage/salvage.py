"""Moves what can be read of a damaged database into a new one: records, id mappings and open entries.

Finished entries are left behind: the id map knows what has arrived. An open entry keeps its uuid, status and attempts,
so that the server is asked about what was perhaps sent before it is sent again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
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


@dataclass(frozen=True, slots=True)
class Unqueued:
    """A record whose newest change must be queued again, under the uuid that it was queued under (None: not known)."""

    profile: str
    record: Record
    entry: str | None
    is_new: bool  # to the server


Owned = tuple[str, str, str]  # a record, by its profile, type and key


@dataclass(slots=True)
class Salvage:
    """The rows of the damaged file, each in its newest state, with its age: (age, row). A file from before there were
    profiles has records of nobody: `profile`, the one in use, takes those that no map and no entry holds."""

    profile: str
    records: dict[Owned, Any] = field(default_factory=dict)
    mappings: dict[Owned, Any] = field(default_factory=dict)
    entries: dict[str, Any] = field(default_factory=dict)
    attempts: dict[tuple[int, int], Any] = field(default_factory=dict)
    saves: dict[Place, dict[int, str | None]] = field(default_factory=dict)  # by the audit: its seq, the entry's uuid
    damaged: set[Owned] = field(default_factory=set)
    damaged_requests: set[Place] = field(default_factory=set)  # records with an edit or a delete that cannot be read
    old_records: dict[Place, Any] = field(default_factory=dict)  # of nobody
    old_damaged: set[Place] = field(default_factory=set)

    @classmethod
    def read(cls, database: Path, profile: str) -> "Salvage":
        """Read every row of a damaged file. Where a freed page still holds an older state of a row, the newer wins."""
        salvage = cls(profile)
        for page_row in read_rows(database):
            if page_row.is_intact is False or not _is_readable(page_row):
                salvage._add_damaged(page_row)
            else:
                salvage._add(page_row.table, page_row.row)
        salvage._take_old_records()
        return salvage

    def _add_damaged(self, page_row: PageRow) -> None:
        row = page_row.row
        if page_row.table == "queue_entry" and row.operation in (Operation.EDIT, Operation.DELETE):
            self.damaged_requests.add((row.type, row.key))
        elif hasattr(row, "profile"):
            self.damaged.add((row.profile, row.type, row.key))
        else:
            self.old_damaged.add((row.type, row.key))

    def _add(self, table: str, row: Any) -> None:
        if table == "record" and hasattr(row, "profile"):
            _keep_newer(self.records, (row.profile, row.type, row.key), row, row.updated_at)
        elif table == "record":
            _keep_newer(self.old_records, (row.type, row.key), row, row.updated_at)
        elif table == "resource_map":
            _keep_newer(self.mappings, (row.profile, row.type, row.key), row, row.synced_at or 0)
        elif table == "queue_entry":
            _keep_newer(self.entries, row.uuid, row, (row.status in FINAL, row.attempts, row.not_before))
        elif table == "attempt":
            _keep_newer(self.attempts, (row.seq, row.number), row, row.phase != Phase.STARTED)
        elif row.verb in SAVES and row.type and row.key:
            self.saves.setdefault((row.type, row.key), {})[row.seq] = row.entry

    def _take_old_records(self) -> None:
        """Give records of nobody to the profiles that hold them, as the migration would. Beside records that belong to
        somebody they are what a migration left in freed pages."""
        if self.records:
            self.old_damaged.clear()
            return
        holders: dict[Place, set[str]] = {}
        for profile, type_, key in self._find_held():
            holders.setdefault((type_, key), set()).add(profile)
        for place, (age, row) in self.old_records.items():
            for profile in holders.get(place, {self.profile}):
                self.records[(profile, *place)] = age, SimpleNamespace(profile=profile, **vars(row))

    def _find_held(self) -> Iterator[Owned]:
        """Yield what maps and entries hold, wait for, or are about."""
        yield from self.mappings
        for _, entry in self.entries.values():
            yield entry.profile, entry.type, entry.key
            if entry.waits_key:
                yield entry.profile, entry.waits_type, entry.waits_key
            if entry.patient_key:
                yield entry.profile, "patient", entry.patient_key

    @property
    def open_entries(self) -> list[Any]:
        """The rows of entries that are not final, by seq."""
        return sorted((r for _, r in self.entries.values() if r.status not in FINAL), key=lambda r: r.seq)

    @property
    def live_records(self) -> list[Any]:
        """The rows of records that are not deleted."""
        return [r for _, r in self.records.values() if r.deleted_at is None]

    def find_lost(self) -> list[Place]:
        """Return the records (type, key) of which a save or a request cannot be read, in order. The audit does not tell
        whose a record was: a map does."""
        readable = {(type_, key) for _, type_, key in self.records}
        lost = {(type_, key) for _, type_, key in {*self.damaged, *self.mappings} - self.records.keys()}
        return sorted(lost | ({*self.old_damaged, *self.saves} - readable) | self.damaged_requests)

    def find_unqueued(self) -> Iterator[Unqueued]:
        """Yield the records whose newest change is neither on the server nor in a readable entry."""
        waiting = {(r.profile, r.type, r.key) for r in self.open_entries}
        owners = Counter((type_, key) for _, type_, key in self.records)
        for row in self.live_records:
            owned = row.profile, row.type, row.key
            _, mapping = self.mappings.get(owned, (0, None))
            synced = -1 if mapping is None else mapping.synced_at or 0
            is_known, entry = self._find_last_save(row, is_shared=owners[row.type, row.key] > 1)
            if owned not in waiting and not is_known and synced < row.updated_at:
                yield Unqueued(row.profile, to_record(row), entry, is_new=mapping is None)

    def _find_last_save(self, row: Any, *, is_shared: bool) -> tuple[bool, str | None]:
        """Return whether nothing is to be done for a record's last save, because its entry can be read or there was
        none, and the uuid of that entry. The audit does not tell for which profile a record was saved: where several
        have it (`is_shared`), a save that may be this one's counts as such, and its uuid is used for none."""
        saves = sorted(self.saves.get((row.type, row.key), {}).items())
        mine = [entry for _, entry in saves if self._may_be_of(row.profile, entry)]
        if is_shared:
            mine = [entry for entry in mine if entry is not None] or mine
        if not mine:
            return False, None
        return mine[-1] is None or mine[-1] in self.entries, None if is_shared else mine[-1]

    def _may_be_of(self, profile: str, entry: str | None) -> bool:
        _, row = self.entries.get(entry or "", (0, None))
        return row is None or row.profile == profile


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
    for profile, rows in groupby(sorted(salvage.live_records, key=_by_profile), _by_profile):
        records = tx.for_profile(profile).records
        for part in chunks(list(rows)):
            records.put([to_record(r) for r in part], now, {(r.type, r.key): r.said for r in part if r.said})
    mappings = (add_checksum(vars(row), checksums.MAPPING) for _, row in salvage.mappings.values())
    _insert(tx.conn, tables.resource_map, mappings)
    attempts = Counter(seq for seq, _ in salvage.attempts)
    entries = [add_checksum(_build_entry(row, attempts[row.seq], now), checksums.ENTRY) for row in salvage.open_entries]
    tried = {row["seq"] for row in entries if row["attempts"]}
    _insert(tx.conn, tables.queue_entry, entries)
    _insert(tx.conn, tables.attempt, (_build_attempt(row) for _, row in salvage.attempts.values() if row.seq in tried))
    tx.conn.execute(_RELEASE_CHILDREN)


_by_profile = attrgetter("profile")


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
