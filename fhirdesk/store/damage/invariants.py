"""What must always be true of the database (docs/queue.md, "Invariants"): queries that find what breaks it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from fhirdesk.core.queue_entry import FINAL, OPEN, Phase
from fhirdesk.store.audit import AuditLog
from fhirdesk.store.schema.tables import audit, queue_entry
from fhirdesk.store.sqlite.raw_sql import chunks

Q = queue_entry.c


_STATES: Mapping[str, list[str]] = {
    "final": [s.value for s in FINAL],
    "open": [s.value for s in OPEN],
    "not_known": [Phase.STARTED.value, Phase.LOST.value, Phase.INTERRUPTED.value],
}

# Each query finds (type, key, uuid) of the entries that break it. I1, I5 and I9 need something to compare with: see
# below. I12 (a token goes to its own host only) cannot be seen in the database.
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


def find_violations(conn: Connection) -> list[str]:
    """Return a line for each breach of an invariant, with type, key and uuid; empty when there is none."""
    breaches = [f"{what}: {' '.join(map(str, row))}" for what, sql in QUESTIONS.items() for row in _run(conn, sql)]
    broken = AuditLog(conn).find_break()
    return breaches + ([f"I10 the audit chain breaks at {broken}"] if broken is not None else [])


def _run(conn: Connection, sql: str) -> Sequence[Row[Any]]:
    parameters = {name: states for name, states in _STATES.items() if f":{name}" in sql}
    query = text(sql).bindparams(*(bindparam(name, expanding=True) for name in parameters))
    return conn.execute(query, parameters).all()


def find_lost(conn: Connection, acknowledged: Iterable[str]) -> list[str]:
    """Return the acknowledged uuids that are neither in the queue nor, pruned, in the audit (I1)."""
    lost = []
    for part in chunks(list(acknowledged)):
        queued = {u for (u,) in conn.execute(select(Q.uuid).where(Q.uuid.in_(part)))}
        missing = [u for u in part if u not in queued]
        pruned = {u for (u,) in conn.execute(select(audit.c.entry).where(audit.c.entry.in_(missing)))}
        lost += [u for u in missing if u not in pruned]
    return lost


def read_finals(conn: Connection) -> dict[str, tuple[object, ...]]:
    """Return every final entry by uuid, with the columns that must never change again (what I5 compares)."""
    columns = (Q.uuid, Q.status, Q.finished_at, Q.logical_id, Q.version_id, Q.attempts)
    query = select(*columns).where(Q.status.in_([s.value for s in FINAL]))
    return {uuid: tuple(rest) for uuid, *rest in conn.execute(query)}


def find_changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the uuids of final entries that have changed between two readings; a pruned one has not changed (I5)."""
    return [uuid for uuid, entry in before.items() if uuid in after and after[uuid] != entry]


def count_completions(conn: Connection) -> Counter[tuple[str, str]]:
    """Count how many changes of each record (type, key) arrived on the server, pruned entries included. To be compared
    with the server's own journal of applied changes (I9)."""
    query = select(audit.c.type, audit.c.key).where(audit.c.verb == "completed")
    return Counter((type_, key) for type_, key in conn.execute(query))


def find_unaudited(conn: Connection) -> list[str]:
    """Return the uuids of completed entries that the audit does not know (I9)."""
    known = select(audit.c.entry).where(audit.c.verb.in_(["completed", "resolve arrived"]))
    query = select(Q.uuid).where(Q.status == "completed", Q.uuid.not_in(known))
    return [uuid for (uuid,) in conn.execute(query)]
