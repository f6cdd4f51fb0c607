"""Recovery of a database that is older than what was sent from its folder, such as a backup that was put back: what it
would send next may be on the server already.

The head of each lane gets an attempt whose outcome is not known, so that the server is asked before anything is sent.
The entries behind a head need none: they follow from what the server says of the head.
"""

from sqlalchemy import Connection, text

from fhirdesk.core.queue_entry import OPEN, PERHAPS_SENT, Status
from fhirdesk.store.queue.model import BEHIND, OLDER
from fhirdesk.store.sqlite.raw_sql import sql_list

_FIND_HEADS = text(
    "CREATE TEMP TABLE doubtful AS SELECT q.seq FROM queue_entry q "  # noqa: S608 - ours
    f"WHERE q.status IN {sql_list(OPEN - {Status.CONFLICT})} AND NOT EXISTS {BEHIND}"
)
_MARK_ATTEMPTS_LOST = text(
    "UPDATE attempt SET phase = 'lost', issue = :older, expires_at = max(coalesce(expires_at, 0), :now) "  # noqa: S608 - ours
    f"WHERE phase IN {sql_list(PERHAPS_SENT)} "
    "AND (seq, number) IN (SELECT seq, attempts FROM queue_entry WHERE seq IN doubtful)"
)
_ADD_LOST_ATTEMPTS = text(
    "INSERT INTO attempt (seq, number, at, expires_at, phase, issue) SELECT q.seq, q.attempts + 1, :now, :now, 'lost', "
    ":older FROM queue_entry q WHERE q.seq IN doubtful AND NOT EXISTS "
    "(SELECT 1 FROM attempt a WHERE a.seq = q.seq AND a.number = q.attempts AND a.issue IS :older)"
)
_COUNT_ATTEMPTS = text(
    "UPDATE queue_entry SET attempts = (SELECT max(number) FROM attempt a WHERE a.seq = queue_entry.seq) "
    "WHERE seq IN doubtful"
)
_MARK_UNKNOWN = text(  # entries held by the user, or refused, stay so; once released, the server is asked first
    "UPDATE queue_entry SET status = 'unknown', not_before = 0, waits_type = NULL, waits_key = NULL, "
    "reason = 'why_older', reason_params = NULL WHERE seq IN doubtful "
    "AND (status IN ('pending', 'processing', 'unknown') OR (status = 'held' AND waits_type IS NOT NULL))"
)


def mark_unknown(conn: Connection, now: float) -> None:
    """Mark the head of every lane of every profile as unknown, in the caller's transaction, so that nothing is sent
    before its server was asked."""
    conn.execute(_FIND_HEADS)
    conn.execute(_MARK_ATTEMPTS_LOST, {"now": now, "older": OLDER})
    conn.execute(_ADD_LOST_ATTEMPTS, {"now": now, "older": OLDER})
    for statement in (_COUNT_ATTEMPTS, _MARK_UNKNOWN):
        conn.execute(statement)
    conn.execute(text("DROP TABLE doubtful"))
