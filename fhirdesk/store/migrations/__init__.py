"""Migrations: one step for each version of the tables, run by Alembic when the database is older than the program.

A step is frozen: it says in SQL what it does and imports nothing of ours, so that every file has the same past.
"""

from pathlib import Path

from sqlalchemy import Engine

from fhirdesk.core.errors import DataFolderError
from fhirdesk.store.sqlite.backups import copy_before_change
from fhirdesk.store.sqlite.raw_sql import raw_connection

HEAD = 13  # kept in PRAGMA user_version, so that an up-to-date file does not load Alembic


def migrate(engine: Engine, database: Path, profile: str) -> None:
    """Bring the database to HEAD, and keep a copy of its former state beside it; `profile` is the one in use. Raises
    DataFolderError for a newer database, and leaves it as it is."""
    with engine.connect() as conn:
        version = int(conn.exec_driver_sql("PRAGMA user_version").scalar() or 0)
    if version > HEAD:
        raise DataFolderError("store_newer")
    if 0 < version < HEAD:
        copy_before_change(database, version)
    if version < HEAD:
        upgrade(engine, HEAD, profile)


def upgrade(engine: Engine, version: int, profile: str) -> None:
    """Bring an older or empty database to a version of the tables, as the `profile` in use sees it."""
    from alembic import command  # slow to load, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as conn:
        raw = raw_connection(conn)
        raw.execute("PRAGMA foreign_keys=OFF")  # else a table that is made anew takes the rows along that refer to it
        try:
            with conn.begin():
                config.attributes.update(connection=conn, profile=profile)
                command.upgrade(config, f"{version:04}")
                conn.exec_driver_sql(f"PRAGMA user_version = {version}")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
