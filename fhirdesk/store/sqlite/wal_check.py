"""Does the log (-wal) continue the database that it stands beside (fault B8)?

SQLite lays any whole log over any database. Ours can be told: each of our commits counts one up in `store_state`, which
lies alone on a page; so the log begins where the file ends, or before it, and ends behind it, under the same name.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from fhirdesk.core.private_files import read_private
from fhirdesk.store.damage.pages import WAL_HEAD, committed, only_row, page_size
from fhirdesk.store.sqlite.engine import distrust, limited

State = tuple[str, int]  # name, number of the last commit
TRIES, PAUSE, SECONDS = 5, 0.05, 5.0  # another process may be moving the log into the file just now


def belongs(database: Path) -> bool:
    """Whether it does; also where there is none, or it holds no commit."""
    for turn in range(TRIES):
        if turn:
            time.sleep(PAUSE)
        if _continues(database):
            return True
    return False


def _continues(database: Path) -> bool:
    try:
        log = read_private(database.with_name(database.name + "-wal"))
    except FileNotFoundError:
        return True
    size = page_size(b"", log)
    states = [s for pages in committed(log, size) for _, page in pages if (s := state(page))]
    if len(log) <= WAL_HEAD or not states:
        return True
    try:
        name, commits = _without_log(database) or (states[0][0], -1)
    except sqlite3.DatabaseError:  # half moved, or damaged: the log's pages may mend it, and SQLite looks next
        return True
    return {name} == {s[0] for s in states} and states[0][1] - 1 <= commits <= states[-1][1]


def state(page: bytes) -> State | None:
    """What a page of `store_state` says; None: it is another page."""
    row = only_row(page)
    if row and len(row) == 3 and row[0] == 1 and isinstance(row[1], str) and len(row[1]) == 32:
        return (row[1], row[2]) if isinstance(row[2], int) else None
    return None


def _without_log(database: Path) -> State | None:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?immutable=1", uri=True)) as raw:
        distrust(raw)
        with limited(raw, SECONDS):
            there = raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'store_state' AND type = 'table'").fetchone()
            return raw.execute("SELECT name, commits FROM store_state").fetchone() if there else None
