"""What every repository is bound to: one connection, in a transaction of the store, and one profile."""

from sqlalchemy import Connection


class Repository:
    """Reads and writes rows of one profile, in the snapshot or the unit of work that made it."""

    __slots__ = ("_conn", "_profile")

    def __init__(self, conn: Connection, profile: str):
        self._conn, self._profile = conn, profile
