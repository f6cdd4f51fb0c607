"""Who did what: rows chained by SHA-256(previous hash ‖ canonical row), so that a change is seen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, select

from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import audit
from fhirdesk.store.sqlite import raw_sql

_LAST = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
_APPEND = "INSERT INTO audit (seq, at, who, verb, type, key, entry, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
GENESIS = b"\0" * 32
_TOLD = itemgetter("seq", "at", "who", "verb", "type", "key", "entry")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What somebody did: to a record, through a queue entry (its uuid)."""

    who: str
    verb: str
    type: str | None = None
    key: str | None = None
    entry: str | None = None


def append(conn: Connection, deeds: Sequence[AuditEvent], now: float) -> None:
    """Rows at the end of the chain, in the caller's transaction."""
    if not deeds:
        return
    seq, hash_ = raw_sql.run(conn, _LAST).fetchone() or (0, GENESIS)
    rows = []
    for number, deed in enumerate(deeds, seq + 1):
        told = (number, now, deed.who, deed.verb, deed.type, deed.key, deed.entry)
        hash_ = chain_hash(hash_, told)
        rows.append((*told, hash_))
    raw_sql.run_many(conn, _APPEND, rows)


def last(conn: Connection) -> tuple[int, bytes]:
    """The number and the hash of the last row; (0, b""): there is none."""
    return raw_sql.run(conn, _LAST).fetchone() or (0, b"")


def hash_at(conn: Connection, seq: int) -> bytes | None:
    """The hash of that row; None: it is not there."""
    found = raw_sql.run(conn, "SELECT hash FROM audit WHERE seq = ?", seq).fetchone()
    return found[0] if found else None


def has_events(conn: Connection) -> bool:
    """Whether anything was ever done to a record or an entry here."""
    return raw_sql.run(conn, "SELECT 1 FROM audit WHERE type IS NOT NULL LIMIT 1").fetchone() is not None


def chain_hash(previous: bytes, told: tuple[object, ...]) -> bytes:
    """The hash of a row (what it tells: all of its columns but the hash) after its predecessor's."""
    return hashlib.sha256(previous + json.dumps(told)).digest()


def verify(conn: Connection) -> int | None:
    """The seq of the first row that does not fit the chain; None: all fit."""
    previous, expected = GENESIS, 1
    for row in conn.execute(select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] != expected or row["hash"] != chain_hash(previous, _TOLD(row)):
            return int(row["seq"])
        previous, expected = row["hash"], expected + 1
    return None
