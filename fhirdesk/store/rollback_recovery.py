"""A database that is older than what was sent from its folder: what it would send next may be on the server already.

The head of each lane gets an attempt of which nothing is known, so that the server is asked before anything is sent.
What follows in a lane needs none: it goes by what the look at the head finds.
"""

from sqlalchemy import Connection, text

from fhirdesk.core.queue_entry import OPEN, PERHAPS_SENT, Status
from fhirdesk.store.queue.model import BEHIND, OLDER, sql_list

_HEADS = text(
    "CREATE TEMP TABLE doubtful AS SELECT q.seq FROM queue_entry q "  # noqa: S608 - ours
    f"WHERE q.status IN {sql_list(OPEN - {Status.CONFLICT})} AND NOT EXISTS {BEHIND}"
)
_LOST_ALREADY = text(
    "UPDATE attempt SET phase = 'lost', issue = :older, expires_at = max(coalesce(expires_at, 0), :now) "  # noqa: S608 - ours
    f"WHERE phase IN {sql_list(PERHAPS_SENT)} "
    "AND (seq, number) IN (SELECT seq, attempts FROM queue_entry WHERE seq IN doubtful)"
)
_ONE_MORE = text(
    "INSERT INTO attempt (seq, number, at, expires_at, phase, issue) SELECT q.seq, q.attempts + 1, :now, :now, 'lost', "
    ":older FROM queue_entry q WHERE q.seq IN doubtful AND NOT EXISTS "
    "(SELECT 1 FROM attempt a WHERE a.seq = q.seq AND a.number = q.attempts AND a.issue IS :older)"
)
_COUNTED = text(
    "UPDATE queue_entry SET attempts = (SELECT max(number) FROM attempt a WHERE a.seq = queue_entry.seq) "
    "WHERE seq IN doubtful"
)
_UNKNOWN = text(  # what a person holds, or was refused, stays; when it is let go, a look comes first
    "UPDATE queue_entry SET status = 'unknown', not_before = 0, waits_type = NULL, waits_key = NULL, "
    "reason = 'why_older', reason_params = NULL WHERE seq IN doubtful "
    "AND (status IN ('pending', 'processing', 'unknown') OR (status = 'held' AND waits_type IS NOT NULL))"
)


def mark_unknown(conn: Connection, now: float) -> None:
    """In the caller's transaction: nothing of what waits, of any profile, is sent before a look at its server."""
    conn.execute(_HEADS)
    conn.execute(_LOST_ALREADY, {"now": now, "older": OLDER})
    conn.execute(_ONE_MORE, {"now": now, "older": OLDER})
    for statement in (_COUNTED, _UNKNOWN):
        conn.execute(statement)
    conn.execute(text("DROP TABLE doubtful"))
