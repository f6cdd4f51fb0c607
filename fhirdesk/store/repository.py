"""What every repository is bound to: one connection, in a transaction of the store, and one profile."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, literal_column


class Repository:
    """Reads and writes rows of one profile, in the snapshot or the unit of work that made it."""

    __slots__ = ("_conn", "_profile")

    def __init__(self, conn: Connection, profile: str):
        self._conn, self._profile = conn, profile


def belongs_to(column: Column[Any], profile: str) -> ColumnElement[bool]:
    """Return the condition that rows are a profile's, for statements that find the few rows by something else: the plus
    sign keeps SQLite from reading all rows of the profile along an index."""
    return literal_column(f"+{column.table.name}.{column.name}") == profile
