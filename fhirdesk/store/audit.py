"""Who did what: rows chained by SHA-256(previous hash ‖ canonical row), so that a change is seen."""

import hashlib

from sqlalchemy import Connection, insert, select

from fhirdesk.r4 import json
from fhirdesk.store.tables import audit

GENESIS = b"\0" * 32


def append(
    conn: Connection, who: str, verb: str, type_: str | None, key: str | None, entry: str | None, now: float
) -> None:
    """One row at the end of the chain, in the caller's transaction."""
    last = conn.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    row = {"seq": seq, "at": now, "who": who, "verb": verb, "type": type_, "key": key, "entry": entry}
    conn.execute(insert(audit), row | {"hash": chained(previous, row)})


def chained(previous: bytes, row: dict[str, object]) -> bytes:
    """The hash of a row after its predecessor's."""
    text = repr([row[name] for name in ("seq", "at", "who", "verb", "type", "key", "entry")]).encode()
    return hashlib.sha256(previous + json.canonical(text.decode())).digest()


def verify(conn: Connection) -> int | None:
    """The seq of the first row that does not fit the chain; None: all fit."""
    previous, expected = GENESIS, 1
    for row in conn.execute(select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] != expected or row["hash"] != chained(previous, dict(row)):
            return int(row["seq"])
        previous, expected = row["hash"], expected + 1
    return None
