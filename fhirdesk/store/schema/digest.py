"""The schema as the file has it: a search for objects that are not ours, and a digest (faults H6, H7).

A view, a trigger, a check or a computed column is code that runs when we read or write: only our own trigger may.
"""

import hashlib
import re
import sqlite3

KEEP_FINAL = """
CREATE TRIGGER IF NOT EXISTS queue_final BEFORE UPDATE OF status ON queue_entry
WHEN old.status IN ('completed', 'superseded', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'I5: a final entry never changes'); END
"""
SEARCH = "patient_search"  # the one virtual table
_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2, 3, 4"
_RUNS_CODE = re.compile(r"\b(CHECK|GENERATED)\b|\bAS\s*\(|^CREATE\s+VIRTUAL", re.IGNORECASE)


def find_foreign_objects(raw: sqlite3.Connection) -> list[str]:
    """Return the names of objects that could run code and are not ours. Raises sqlite3.Error."""
    return [name for type_, name, _, sql in raw.execute(_OBJECTS) if not _is_ours(type_, name, sql or "")]


def _is_ours(type_: str, name: str, sql: str) -> bool:
    if type_ == "trigger":
        return _normalized_words(sql) == _normalized_words(KEEP_FINAL)
    virtual = name == SEARCH and sql.startswith(f"CREATE VIRTUAL TABLE {SEARCH} USING fts5")
    return type_ == "index" or (type_ == "table" and (virtual or not _RUNS_CODE.search(sql)))


def _normalized_words(sql: str) -> list[str]:
    return sql.replace("IF NOT EXISTS ", "").split()


def compute_digest(raw: sqlite3.Connection) -> str:
    """Return a digest of the tables, indexes and triggers; it does not depend on the rows in them."""
    return hashlib.sha256(ascii(raw.execute(_OBJECTS).fetchall()).encode()).hexdigest()


def schema_version(raw: sqlite3.Connection) -> int:
    """Return SQLite's counter, which every change of the schema increases."""
    return int(raw.execute("PRAGMA schema_version").fetchone()[0])
