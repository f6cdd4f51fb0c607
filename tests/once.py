"""What would be the same for each of thousands of tests is worked out once in a process: the tables of a new database,
step by step, and the authorities of the system. The tests of first starts in processes of their own do neither."""

import functools
import sqlite3
import ssl

from sqlalchemy import Engine

from fhirdesk.core.settings import Profile
from fhirdesk.remote import connections
from fhirdesk.store import migrations

_upgrade, _trust = migrations.upgrade, connections.trust
_migrated: dict[int, sqlite3.Connection] = {}


def upgrade(engine: Engine, version: int, profile: str) -> None:
    """As `migrations.upgrade`; a database without tables becomes a copy of the first that was made."""
    raw = engine.raw_connection()
    try:
        database = raw.driver_connection
        assert isinstance(database, sqlite3.Connection)
        is_new = database.execute("PRAGMA user_version").fetchone()[0] == 0
        if is_new and version in _migrated:
            _migrated[version].backup(database)
            return
    finally:
        raw.close()
    _upgrade(engine, version, profile)
    if is_new:
        _keep(engine, version)


def _keep(engine: Engine, version: int) -> None:
    raw, copy = engine.raw_connection(), sqlite3.connect(":memory:", check_same_thread=False)
    try:
        assert isinstance(raw.driver_connection, sqlite3.Connection)
        raw.driver_connection.backup(copy)
    finally:
        raw.close()
    _migrated[version] = copy


@functools.cache
def _trust_the_system() -> ssl.SSLContext:
    return _trust(Profile())


def trust(profile: Profile) -> ssl.SSLContext:
    """As `connections.trust`; profiles without an authority of their own share one context."""
    return _trust(profile) if profile.ca_file else _trust_the_system()


def close() -> None:
    """Let go of the tables that were kept."""
    while _migrated:
        _migrated.popitem()[1].close()
