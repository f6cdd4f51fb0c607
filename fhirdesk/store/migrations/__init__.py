"""The database's history: each version a step, run by Alembic when the file is older than the program."""

from pathlib import Path

from sqlalchemy import Engine

from fhirdesk.core.errors import DataFolderError
from fhirdesk.store.sqlite.backups import copy_before_change

HEAD = 11  # kept in PRAGMA user_version, so that an up-to-date file does not load Alembic


def migrate(engine: Engine, database: Path) -> None:
    """Bring the file to HEAD, a copy of what it was kept beside it. A newer one is refused, untouched."""
    with engine.connect() as conn:
        found = int(conn.exec_driver_sql("PRAGMA user_version").scalar() or 0)
    if found > HEAD:
        raise DataFolderError("store_newer")
    if 0 < found < HEAD:
        copy_before_change(database, found)
    if found < HEAD:
        _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    from alembic.command import upgrade  # slow to load, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        upgrade(config, "head")
        conn.exec_driver_sql(f"PRAGMA user_version = {HEAD}")
