"""The audit: who did what, in rows chained by SHA-256(previous hash ‖ canonical row), so that a change is noticed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, select

from fhirdesk.core.permissions import LOCAL
from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import audit
from fhirdesk.store.sqlite import raw_sql

_LAST = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
_APPEND = "INSERT INTO audit (seq, at, who, verb, type, key, entry, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
GENESIS = b"\0" * 32
IMPORTED = "import "  # before the verb of a save: it came with a source, nobody typed it
WORKER = "worker"  # acts by itself: what it sent was accepted, what is old goes
_COLUMNS = itemgetter("seq", "at", "who", "verb", "type", "key", "entry")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One action: on a record (type, key), through a queue entry (its uuid). `actor`: who did it, where it was not the
    person whose store it is."""

    verb: str
    type: str | None = None
    key: str | None = None
    entry: str | None = None
    actor: str | None = None


class AuditLog:
    """The chain of one database: what was done through every profile. `actor`: the name of who does it now."""

    __slots__ = ("_actor", "_conn")

    def __init__(self, conn: Connection, actor: str = LOCAL.name):
        self._conn, self._actor = conn, actor

    def append(self, events: Sequence[AuditEvent], now: float) -> None:
        """Add a row for each event at the end of the chain, in the caller's transaction. Nothing else writes the
        audit."""
        if not events:
            return
        seq, hash_ = raw_sql.run(self._conn, _LAST).fetchone() or (0, GENESIS)
        rows = []
        for number, event in enumerate(events, seq + 1):
            values = (number, now, event.actor or self._actor, event.verb, event.type, event.key, event.entry)
            hash_ = chain_hash(hash_, values)
            rows.append((*values, hash_))
        raw_sql.run_many(self._conn, _APPEND, rows)

    def read_last(self) -> tuple[int, bytes]:
        """Return the number and the hash of the last row; (0, b"") when there is none."""
        return raw_sql.run(self._conn, _LAST).fetchone() or (0, b"")

    def read_hash(self, seq: int) -> bytes | None:
        """Return the hash of a row; None when the row is missing."""
        row = raw_sql.run(self._conn, "SELECT hash FROM audit WHERE seq = ?", seq).fetchone()
        return row[0] if row else None

    def has_events(self) -> bool:
        """True when anything was ever done to a record or an entry of this database."""
        return raw_sql.run(self._conn, "SELECT 1 FROM audit WHERE type IS NOT NULL LIMIT 1").fetchone() is not None

    def find_break(self) -> int | None:
        """Return the seq of the first row that does not fit the chain; None when all rows fit."""
        previous, expected = GENESIS, 1
        for row in self._conn.execute(select(audit).order_by(audit.c.seq)).mappings():
            if row["seq"] != expected or row["hash"] != chain_hash(previous, _COLUMNS(row)):
                return int(row["seq"])
            previous, expected = row["hash"], expected + 1
        return None


def chain_hash(previous: bytes, values: tuple[object, ...]) -> bytes:
    """Return the hash of a row from its values (all columns but the hash) and its predecessor's hash."""
    return hashlib.sha256(previous + json.dumps(values)).digest()
