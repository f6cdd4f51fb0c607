"""Does the write-ahead log continue the database that it lies beside (fault B8)?

SQLite replays any undamaged log over any database. Ours can be told apart: each commit adds one to the counter in
`store_state`, whose row lies alone on a page. So the first commit in the log follows the file's at the latest, its last
one is the file's at the earliest, and both have the same database name.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from fhirdesk.core.private_files import read_private
from fhirdesk.store.sqlite.engine import distrust, time_limit
from fhirdesk.store.sqlite.pages import WAL_HEAD, detect_page_size, parse_only_row, read_commits

State = tuple[str, int]  # name, number of the last commit
TRIES, PAUSE, SECONDS = 5, 0.05, 5.0  # another process may be moving the log into the file at this moment


def log_continues(database: Path) -> bool:
    """True when the log belongs to the database; also when there is no log, or no commit in it."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE)
        if _log_continues_now(database):
            return True
    return False


def _log_continues_now(database: Path) -> bool:
    try:
        log = read_private(database.with_name(database.name + "-wal"))
    except FileNotFoundError:
        return True
    size = detect_page_size(b"", log)
    states = [state for pages in read_commits(log, size) for _, page in pages if (state := parse_state(page))]
    if len(log) <= WAL_HEAD or not states:
        return True
    try:
        name, commits = _read_state_without_log(database) or (states[0][0], -1)
    except sqlite3.DatabaseError:  # half moved, or damaged: the log's pages may mend it, and SQLite decides next
        return True
    return {name} == {s[0] for s in states} and states[0][1] - 1 <= commits <= states[-1][1]


def parse_state(page: bytes) -> State | None:
    """Read the row of `store_state` from its page; None when it is another page."""
    row = parse_only_row(page)
    if row and len(row) == 3 and row[0] == 1 and isinstance(row[1], str) and len(row[1]) == 32:
        return (row[1], row[2]) if isinstance(row[2], int) else None
    return None


def _read_state_without_log(database: Path) -> State | None:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?immutable=1", uri=True)) as raw:
        distrust(raw)
        with time_limit(raw, SECONDS):
            exists = raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'store_state' AND type = 'table'").fetchone()
            return raw.execute("SELECT name, commits FROM store_state").fetchone() if exists else None
