"""What can be read of a damaged database goes into a fresh one: records, what is known of the server, open entries.

A fresh database has no finished entries: what arrived is known by the resource map. An entry keeps its uuid, its state
and its attempts, so that what was perhaps sent is looked for before it is sent again.
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
from fhirdesk.store.damage.page_reader import PageRow, read_rows
from fhirdesk.store.records.records import Records
from fhirdesk.store.schema import tables
from fhirdesk.store.schema.rows import record_from
from fhirdesk.store.sqlite.raw_sql import chunks

SAVES = ("new", "changed")  # verbs of the audit that say: the record was saved, and queued where they name an entry
_FREE = text(  # I8: a mixture of pages may have the parent's arrival without its children's release
    "UPDATE queue_entry SET status = 'pending', reason = NULL, reason_params = NULL, waits_type = NULL, "
    "waits_key = NULL WHERE status = 'held' AND EXISTS (SELECT 1 FROM resource_map m WHERE m.profile = "
    "queue_entry.profile AND m.type = queue_entry.waits_type AND m.key = queue_entry.waits_key)"
)


@dataclass(slots=True)
class Salvage:
    """What lies in the damaged file, of each thing its newest state."""

    records: dict[Place, Any] = field(default_factory=dict)
    mapped: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    entries: dict[str, Any] = field(default_factory=dict)
    attempts: dict[tuple[int, int], Any] = field(default_factory=dict)
    saved: dict[Place, Any] = field(default_factory=dict)  # the newest row of the audit that says so
    damaged: set[Place] = field(default_factory=set)
    asked: set[Place] = field(default_factory=set)  # of which an edit or a delete cannot be read

    @classmethod
    def of(cls, database: Path) -> "Salvage":
        """Read it. What is left in pages that were given free loses against what is newer."""
        found = cls()
        for one in read_rows(database):
            row = one.row
            if one.whole is False or not _readable(one):
                other = one.table == "queue_entry" and row.operation in (Operation.EDIT, Operation.DELETE)
                (found.asked if other else found.damaged).add((row.type, row.key))
            elif one.table == "record":
                _newer(found.records, (row.type, row.key), row, row.updated_at)
            elif one.table == "resource_map":
                _newer(found.mapped, (row.profile, row.type, row.key), row, row.synced_at or 0)
            elif one.table == "queue_entry":
                _newer(found.entries, row.uuid, row, (row.status in FINAL, row.attempts, row.not_before))
            elif one.table == "attempt":
                _newer(found.attempts, (row.seq, row.number), row, row.phase != Phase.STARTED)
            elif row.verb in SAVES and row.type and row.key:
                _newer(found.saved, (row.type, row.key), row, row.seq)
        return found

    @property
    def open(self) -> list[Any]:
        """The entries that are not final, in order."""
        return sorted((r for _, r in self.entries.values() if r.status not in FINAL), key=lambda r: r.seq)

    @property
    def there(self) -> list[Any]:
        """The rows of records that were not deleted."""
        return [r for _, r in self.records.values() if r.deleted_at is None]

    def lost(self) -> list[Place]:
        """Records of which something was saved or asked for that cannot be read, by type and key."""
        return sorted({p for p in {*self.damaged, *self.saved} if p not in self.records} | self.asked)

    def unqueued(self) -> Iterator[tuple[Record, str | None, bool]]:
        """Records whose newest change is neither on the server nor in an entry that can be read: the uuid under which
        it was queued, where that is known, and whether the server has none of it."""
        waiting = {(r.type, r.key) for r in self.open}
        synced = {(t, k): row.synced_at or 0 for (_, t, k), (_, row) in self.mapped.items()}
        for row in self.there:
            place = row.type, row.key
            _, said = self.saved.get(place, (0, None))
            over = said is not None and (said.entry is None or said.entry in self.entries)
            if place not in waiting and not over and synced.get(place, -1) < row.updated_at:
                yield record(row), said and said.entry, place not in synced


def _newer(held: dict[Any, tuple[Any, Any]], place: Any, row: Any, age: Any) -> None:
    if place not in held or held[place][0] <= age:
        held[place] = age, row


JSONS = {  # columns that hold a JSON object, where they hold anything
    "record": ("fields", "base", "links"),
    "resource_map": ("base",),
    "queue_entry": ("record", "base", "links", "edit"),
}


def _readable(one: PageRow) -> bool:
    """Whether what should be JSON is: sums keep no secret, and who makes a database can make them too (H7)."""
    said = {name: value for name in JSONS.get(one.table, ()) if (value := getattr(one.row, name)) is not None}
    try:
        held = {name: json.loads(value) for name, value in said.items()}
    except InvalidDocument:
        return False
    if not all(isinstance(value, dict) for value in held.values()):
        return False
    return all(map(_is_place, held.get("links", {}).values()))


def _is_place(found: object) -> bool:
    """[type, key], as links name a record."""
    return isinstance(found, list) and len(found) == 2 and all(isinstance(part, str) for part in found)


def record(row: Any) -> Record:
    """A row as a record."""
    return record_from(row.type, row.key, row.fields, row.base, row.links)


def fill(conn: Connection, found: Salvage, now: float) -> None:
    """Into an empty database, in the caller's transaction."""
    for part in chunks(found.there):
        Records().put(conn, [record(r) for r in part], now, {(r.type, r.key): r.said for r in part if r.said})
    _insert(conn, tables.resource_map, (vars(row) for _, row in found.mapped.values()))
    tried = Counter(seq for seq, _ in found.attempts)
    entries = [_entry(row, tried[row.seq], now) for row in found.open]
    kept = {row["seq"] for row in entries if row["attempts"]}
    _insert(conn, tables.queue_entry, entries)
    _insert(conn, tables.attempt, (_attempt(row) for _, row in found.attempts.values() if row.seq in kept))
    conn.execute(_FREE)


def _insert(conn: Connection, table: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    found = [dict(row) for row in rows]
    for part in chunks(found):
        conn.execute(insert(table), list(part))


def _entry(found: Any, tried: int, now: float) -> dict[str, Any]:
    """As it was; what was in flight is unknown. One whose state or attempts cannot be read waits to be sent as if it
    were new, which looks first."""
    row = dict(vars(found))
    if found.status not in OPEN or found.attempts != tried:
        fresh = {
            "status": Status.PENDING.value,
            "attempts": 0,
            "not_before": now,
            "waits_type": None,
            "waits_key": None,
        }
        return row | fresh | {"reason": None, "reason_params": None}
    if found.status == Status.PROCESSING:
        return row | {"status": Status.UNKNOWN.value, "alone": 1, "not_before": 0, "reason": "why_interrupted"}
    return row


def _attempt(found: Any) -> dict[str, Any]:
    return dict(vars(found)) | ({"phase": Phase.INTERRUPTED.value} if found.phase == Phase.STARTED else {})
