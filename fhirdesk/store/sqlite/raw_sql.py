"""What runs for each group of entries goes to SQLite as it is written: making the statement would cost more."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from fhirdesk.r4 import json

CHUNK = 500  # values that one statement names, each by itself
T = TypeVar("T")
THESE = "(SELECT value FROM json_each(?))"  # a list of any length in one parameter (`listed`): the text stays the same


def run(conn: Connection, statement: str, *values: Any) -> sqlite3.Cursor:
    """One statement in the transaction of `conn`; `?` stands for each value. Raises sqlite3.Error."""
    return driver(conn).execute(statement, values)


def many(conn: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """The same for each row of values; how many rows of the table it changed."""
    return driver(conn).executemany(statement, rows).rowcount


def listed(values: Iterable[int | str]) -> str:
    """The parameter of THESE."""
    return json.dumps(list(values)).decode()


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same in parts of at most CHUNK."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def driver(conn: Connection) -> sqlite3.Connection:
    """SQLite's own connection."""
    return cast(sqlite3.Connection, conn.connection.driver_connection)
