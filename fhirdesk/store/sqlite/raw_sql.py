"""Raw SQL for the hot path: compiling SQLAlchemy statements cost more than running them (benchmarks/claim.py)."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from fhirdesk.r4 import json

CHUNK = 500  # values in one statement, each a parameter of its own
T = TypeVar("T")
# A list of any length in one parameter (made by `json_list`), so that SQLite sees the same statement each time.
JSON_VALUES = "(SELECT value FROM json_each(?))"


def run(conn: Connection, statement: str, *values: Any) -> sqlite3.Cursor:
    """Execute one statement in the transaction of `conn`, a `?` for each value; returns its cursor. Raises
    sqlite3.Error."""
    return raw_connection(conn).execute(statement, values)


def run_many(conn: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Execute one statement once for each row of values; returns how many rows of the table it changed."""
    return raw_connection(conn).executemany(statement, rows).rowcount


def json_list(values: Iterable[int | str]) -> str:
    """Encode values as the parameter of JSON_VALUES."""
    return json.dumps(list(values)).decode()


def sql_list(values: Iterable[str]) -> str:
    """Write fixed words as a list in SQL."""
    words = ", ".join(f"'{value!s}'" for value in sorted(values))
    return f"({words})"


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split a list into parts of at most CHUNK."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def raw_connection(conn: Connection) -> sqlite3.Connection:
    """Return the sqlite3 connection under a connection of SQLAlchemy."""
    return cast(sqlite3.Connection, conn.connection.driver_connection)
