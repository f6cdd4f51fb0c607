"""What must always hold of the database (docs/queue.md, "Invariants"): questions that find what breaks it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from fhirdesk.core.queue_entry import FINAL, OPEN, Phase
from fhirdesk.store import audit
from fhirdesk.store.schema.tables import audit as audit_rows
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite.raw_sql import chunks

Q = queue_entry.c


_STATES: Mapping[str, list[str]] = {
    "final": [s.value for s in FINAL],
    "open": [s.value for s in OPEN],
    "not_known": [Phase.STARTED.value, Phase.LOST.value, Phase.INTERRUPTED.value],
}

# Each finds (type, key, uuid) of the entries that break it. I1, I5 and I9 need something to compare with: see below;
# I12 (a token goes to its own host) is not seen in the database.
QUESTIONS: Mapping[str, str] = {
    "I2 more than one in flight in a lane": (
        "SELECT type, key, min(uuid) FROM queue_entry WHERE status = 'processing' "
        "GROUP BY profile, type, key HAVING count(*) > 1"
    ),
    "I3 sent while an older change of the record was open": (
        "SELECT y.type, y.key, y.uuid FROM queue_entry o JOIN queue_entry y "
        "ON y.profile = o.profile AND y.type = o.type AND y.key = o.key AND y.seq > o.seq "
        "WHERE o.status IN :open AND y.attempts > 0"
    ),
    "I3 sent before the last attempt of an older change": (
        "WITH span AS (SELECT seq, profile, type, key, uuid, min(id) AS first, max(id) AS last "
        "FROM (SELECT q.seq, q.profile, q.type, q.key, q.uuid, a.id FROM queue_entry q JOIN attempt a ON a.seq = q.seq)"
        " GROUP BY seq), "
        "laid AS (SELECT *, max(last) OVER (PARTITION BY profile, type, key ORDER BY seq "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM span) "
        "SELECT type, key, uuid FROM laid WHERE before > first"
    ),
    "I4 completed without a logical id": (
        "SELECT type, key, uuid FROM queue_entry "
        "WHERE status = 'completed' AND operation <> 'delete' AND logical_id IS NULL"
    ),
    "I6 sent without a committed attempt": (
        "SELECT type, key, uuid FROM queue_entry q WHERE status IN ('processing', 'unknown') "
        "AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.seq = q.seq AND a.number = q.attempts)"
    ),
    "I7 sent again without a look at what became of it": (
        "SELECT q.type, q.key, q.uuid FROM queue_entry q JOIN attempt a ON a.seq = q.seq "
        "WHERE a.number < q.attempts AND a.phase IN :not_known"
    ),
    "I8 held for a parent that has arrived": (
        "SELECT q.type, q.key, q.uuid FROM queue_entry q JOIN resource_map m "
        "ON m.profile = q.profile AND m.type = q.waits_type AND m.key = q.waits_key WHERE q.status = 'held'"
    ),
    "I9 queued, and the audit does not know of it": (
        "SELECT type, key, uuid FROM queue_entry WHERE uuid NOT IN (SELECT entry FROM audit WHERE entry IS NOT NULL)"
    ),
    "I11 a state that is none, or does not fit its columns": (
        "SELECT type, key, uuid FROM queue_entry WHERE (status NOT IN :final AND status NOT IN :open) "
        "OR (status IN :final) <> (finished_at IS NOT NULL) OR (status <> 'held' AND waits_type IS NOT NULL)"
    ),
    "I11 attempts that were not counted": (
        "SELECT q.type, q.key, q.uuid FROM queue_entry q "
        "WHERE q.attempts <> (SELECT count(*) FROM attempt a WHERE a.seq = q.seq)"
    ),
}


def violations(conn: Connection) -> list[str]:
    """Everything in this database that breaks an invariant, in words with type, key and uuid; empty: all is well."""
    found = [f"{what}: {' '.join(map(str, row))}" for what, ask in QUESTIONS.items() for row in _asked(conn, ask)]
    broken = audit.verify(conn)
    return found + ([f"I10 the audit chain breaks at {broken}"] if broken is not None else [])


def _asked(conn: Connection, ask: str) -> Sequence[Row[Any]]:
    named = {name: states for name, states in _STATES.items() if f":{name}" in ask}
    question = text(ask).bindparams(*(bindparam(name, expanding=True) for name in named))
    return conn.execute(question, named).all()


def lost(conn: Connection, acknowledged: Iterable[str]) -> list[str]:
    """I1: the acknowledged uuids that are neither in the queue nor (pruned) in the audit."""
    missing = []
    for part in chunks(list(acknowledged)):
        here = {u for (u,) in conn.execute(select(Q.uuid).where(Q.uuid.in_(part)))}
        gone = [u for u in part if u not in here]
        pruned = {u for (u,) in conn.execute(select(audit_rows.c.entry).where(audit_rows.c.entry.in_(gone)))}
        missing += [u for u in gone if u not in pruned]
    return missing


def finals(conn: Connection) -> dict[str, tuple[object, ...]]:
    """What I5 compares: every final entry by uuid, with what must not change any more."""
    columns = (Q.uuid, Q.status, Q.finished_at, Q.logical_id, Q.version_id, Q.attempts)
    query = select(*columns).where(Q.status.in_([s.value for s in FINAL]))
    return {uuid: tuple(rest) for uuid, *rest in conn.execute(query)}


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """I5: the uuids that were final and are different now; one that was pruned since is not different."""
    return [uuid for uuid, was in before.items() if uuid in after and after[uuid] != was]


def completions(conn: Connection) -> Counter[tuple[str, str]]:
    """I9: how often a change of each record (type, key) arrived on the server, pruned ones included: what a server's
    journal of applied changes is compared with."""
    query = select(audit_rows.c.type, audit_rows.c.key).where(audit_rows.c.verb == "completed")
    return Counter((type_, key) for type_, key in conn.execute(query))


def unaudited(conn: Connection) -> list[str]:
    """I9: completed entries that the audit does not know of, by uuid."""
    known = select(audit_rows.c.entry).where(audit_rows.c.verb.in_(["completed", "resolve arrived"]))
    query = select(Q.uuid).where(Q.status == "completed", Q.uuid.not_in(known))
    return [uuid for (uuid,) in conn.execute(query)]
