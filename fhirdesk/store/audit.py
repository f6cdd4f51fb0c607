"""Who did what: rows chained by SHA-256(previous hash ‖ canonical row), so that a change is seen."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, select

from fhirdesk.r4 import json
from fhirdesk.store.tables import audit

_APPEND = (
    "INSERT INTO audit (seq, at, who, verb, type, key, entry, hash) "
    "VALUES (:seq, :at, :who, :verb, :type, :key, :entry, :hash)"
)
GENESIS = b"\0" * 32
_TOLD = itemgetter("seq", "at", "who", "verb", "type", "key", "entry")


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did: to a record, through a queue entry (its uuid)."""

    who: str
    verb: str
    type: str | None = None
    key: str | None = None
    entry: str | None = None


def append(conn: Connection, deeds: Sequence[Deed], now: float) -> None:
    """Rows at the end of the chain, in the caller's transaction."""
    if not deeds:
        return
    last = conn.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    seq, hash_ = (last.seq, last.hash) if last else (0, GENESIS)
    rows = []
    for number, deed in enumerate(deeds, seq + 1):
        row = {"seq": number, "at": now} | _columns(deed)
        hash_ = chained(hash_, row)
        rows.append(row | {"hash": hash_})
    conn.exec_driver_sql(_APPEND, rows)


def _columns(deed: Deed) -> dict[str, str | None]:
    return {"who": deed.who, "verb": deed.verb, "type": deed.type, "key": deed.key, "entry": deed.entry}


def chained(previous: bytes, row: Mapping[str, object]) -> bytes:
    """The hash of a row after its predecessor's."""
    return hashlib.sha256(previous + json.dumps(_TOLD(row))).digest()


def verify(conn: Connection) -> int | None:
    """The seq of the first row that does not fit the chain; None: all fit."""
    previous, expected = GENESIS, 1
    for row in conn.execute(select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] != expected or row["hash"] != chained(previous, dict(row)):
            return int(row["seq"])
        previous, expected = row["hash"], expected + 1
    return None
