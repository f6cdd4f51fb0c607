"""A record belongs to a profile: `Patient/101` of two servers is two records.

A record of before goes to each profile whose map or queue holds it, or whose entries wait for it or are about that
patient; one that nobody holds goes to the profile in use. The first of several keeps the record's id, the others get
copies.
"""

from hashlib import blake2b
from typing import Any

from alembic import context, op
from sqlalchemy import text

revision = "0013"
down_revision = "0012"

DAMAGED = 0
IS_TEXT = (True, True, False, False, False, True)  # type, key, fields, base, links, patient_key
HOLDERS = (  # a damaged row says nothing
    "CREATE TEMP TABLE holder (type TEXT, key TEXT, profile TEXT, PRIMARY KEY (type, key, profile)) WITHOUT ROWID",
    "INSERT OR IGNORE INTO holder SELECT type, key, profile FROM resource_map WHERE sum <> 0",
    "INSERT OR IGNORE INTO holder SELECT type, key, profile FROM queue_entry WHERE sum <> 0",
    "INSERT OR IGNORE INTO holder SELECT waits_type, waits_key, profile FROM queue_entry "
    "WHERE sum <> 0 AND waits_key IS NOT NULL",
    "INSERT OR IGNORE INTO holder SELECT 'patient', patient_key, profile FROM queue_entry "
    "WHERE sum <> 0 AND patient_key IS NOT NULL",
    "CREATE TEMP TABLE owner (id INTEGER PRIMARY KEY, old_id INTEGER NOT NULL, profile TEXT NOT NULL)",
)
FIRST_OWNERS = (
    "INSERT INTO owner SELECT r.id, r.id, coalesce("
    "(SELECT min(h.profile) FROM holder h WHERE h.type = r.type AND h.key = r.key), :profile) "
    "FROM record r ORDER BY r.id"
)
OTHER_OWNERS = (
    "INSERT INTO owner (old_id, profile) SELECT r.id, h.profile FROM owner o JOIN record r ON r.id = o.old_id "
    "JOIN holder h ON h.type = r.type AND h.key = r.key AND h.profile > o.profile ORDER BY r.id, h.profile"
)
TABLES = (
    """
CREATE TABLE new_record (
  id INTEGER NOT NULL,
  profile TEXT NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  fields BLOB NOT NULL,
  base BLOB,
  links BLOB,
  patient_key TEXT,
  created_at FLOAT NOT NULL,
  updated_at FLOAT NOT NULL,
  sum INTEGER NOT NULL,
  deleted_at FLOAT,
  gone_at FLOAT,
  said BLOB,
  PRIMARY KEY (id),
  UNIQUE (profile, type, "key")
)""",
    """
CREATE TABLE new_record_name (
  profile TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  PRIMARY KEY (profile, name, type, "key")
) WITHOUT ROWID""",
    """
CREATE TABLE new_patient (
  id INTEGER NOT NULL,
  profile TEXT NOT NULL,
  "key" TEXT NOT NULL,
  name TEXT NOT NULL,
  birth_date TEXT,
  gender TEXT,
  phone TEXT,
  updated_at FLOAT NOT NULL,
  jamo TEXT NOT NULL,
  initials TEXT NOT NULL,
  digits TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (id) REFERENCES record (id) ON DELETE CASCADE
)""",
)
COPIES = (
    'INSERT INTO new_record SELECT o.id, o.profile, type, "key", fields, base, links, patient_key, created_at, '
    'updated_at, sum_with_profile(sum, CAST(o.profile AS BLOB), CAST(type AS BLOB), CAST("key" AS BLOB), fields, base, '
    "links, CAST(patient_key AS BLOB)), deleted_at, gone_at, said "
    "FROM owner o JOIN record r ON r.id = o.old_id ORDER BY o.id",
    "INSERT INTO new_record_name SELECT o.profile, n.name, n.type, n.key FROM record_name n "
    "JOIN record r ON r.type = n.type AND r.key = n.key JOIN owner o ON o.old_id = r.id",
    "INSERT INTO new_patient SELECT o.id, o.profile, key, name, birth_date, gender, phone, updated_at, jamo, initials, "
    "digits FROM owner o JOIN patient p ON p.id = o.old_id ORDER BY o.id",
    "INSERT INTO patient_search (rowid, jamo, initials, digits, key) SELECT p.id, jamo, initials, digits, key "
    "FROM new_patient p JOIN owner o ON o.id = p.id WHERE o.old_id <> o.id",
)
INDEXES = (
    "record_changed ON record (profile, type, updated_at)",
    "record_patient ON record (profile, patient_key)",
    'record_name_of ON record_name (profile, type, "key")',
    "patient_name ON patient (profile, name, id)",
    'patient_key ON patient (profile, "key", id)',
    "patient_birth_date ON patient (profile, birth_date, id)",
    "patient_phone ON patient (profile, phone, id)",
    "patient_updated_at ON patient (profile, updated_at, id)",
    "patient_jamo ON patient (profile, jamo, id)",
    "patient_initials ON patient (profile, initials, id)",
    "patient_digits ON patient (profile, digits, id)",
)


def upgrade() -> None:
    """Find whose each record is, and make the tables anew."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.create_function("sum_with_profile", 8, sum_with_profile, deterministic=True)
    for statement in HOLDERS:
        op.execute(statement)
    op.get_bind().execute(text(FIRST_OWNERS), {"profile": context.config.attributes["profile"]})
    for statement in (OTHER_OWNERS, "CREATE INDEX temp.owner_of ON owner (old_id)", *TABLES, *COPIES):
        op.execute(statement)
    for table in ("patient", "record_name", "record"):
        op.execute(f"DROP TABLE {table}")
        op.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
    for index in INDEXES:
        op.execute(f"CREATE INDEX {index}")
    for table in ("holder", "owner"):
        op.execute(f"DROP TABLE {table}")


def sum_with_profile(old: int, profile: bytes, *raw: Any) -> int:
    """Return the sum over a record and its profile; DAMAGED stays so, and where the old sum does not fit the record."""
    try:
        values = [v.decode() if is_text and v is not None else v for v, is_text in zip(raw, IS_TEXT, strict=True)]
        return typed_sum(profile.decode(), *values) if old == typed_sum(*values) else DAMAGED
    except UnicodeDecodeError:
        return DAMAGED


def typed_sum(*values: str | bytes | None) -> int:
    """Return the sum of version 1; a record has neither numbers nor fractions."""
    parts = [b"\x01"]
    for value in values:
        content = value.encode() if isinstance(value, str) else value or b""
        kind = b"n" if value is None else b"t" if isinstance(value, str) else b"b"
        parts += (kind, len(content).to_bytes(8), content)
    return int.from_bytes(b"\x01" + blake2b(b"".join(parts), digest_size=7).digest())
