"""Sums over typed bytes with their lengths in place of Python's own way to write values; every row has one.

A sum that does not fit its row stays one: such a row gets DAMAGED, which no row's content makes. The tables of the
queue and of the map are made anew, so that the columns of every file are in one order, whatever its past.
"""

from hashlib import blake2b
from typing import Any

from alembic import op

revision = "0012"
down_revision = "0011"

DAMAGED = 0
TEXT, OTHER = True, False
RECORD = {"type": TEXT, "key": TEXT, "fields": OTHER, "base": OTHER, "links": OTHER, "patient_key": TEXT}
MAPPING = {
    "profile": TEXT, "type": TEXT, "key": TEXT, "resource_type": TEXT, "logical_id": TEXT, "version_id": TEXT,
    "base": OTHER, "base_read": OTHER,
}  # fmt: skip
ENTRY = {
    "uuid": TEXT, "profile": TEXT, "type": TEXT, "key": TEXT, "resource_type": TEXT, "operation": TEXT,
    "record": OTHER, "base": OTHER, "links": OTHER, "edit": OTHER, "patient_key": TEXT,
}  # fmt: skip

NEW_MAP = """
CREATE TABLE new_map (
  profile TEXT NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  logical_id TEXT NOT NULL,
  version_id TEXT,
  base BLOB,
  base_read INTEGER DEFAULT 0 NOT NULL,
  synced_at FLOAT,
  sum INTEGER NOT NULL,
  PRIMARY KEY (profile, type, "key")
)"""
NEW_ENTRY = """
CREATE TABLE new_entry (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL,
  profile TEXT NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  operation TEXT NOT NULL,
  status TEXT NOT NULL,
  priority INTEGER NOT NULL,
  urgency INTEGER NOT NULL,
  created_at FLOAT NOT NULL,
  not_before FLOAT NOT NULL,
  counted INTEGER DEFAULT 0 NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  crashes INTEGER DEFAULT 0 NOT NULL,
  alone INTEGER DEFAULT 0 NOT NULL,
  waits_type TEXT,
  waits_key TEXT,
  reason TEXT,
  reason_params TEXT,
  record BLOB,
  base BLOB,
  links BLOB,
  edit BLOB,
  patient_key TEXT,
  logical_id TEXT,
  version_id TEXT,
  finished_at FLOAT,
  sum INTEGER NOT NULL,
  origin TEXT,
  UNIQUE (uuid)
)"""
MAP_COLUMNS = 'profile, type, "key", resource_type, logical_id, version_id, base, base_read, synced_at'
ENTRY_COLUMNS = (
    'seq, uuid, profile, type, "key", resource_type, operation, status, priority, urgency, created_at, not_before, '
    "counted, attempts, crashes, alone, waits_type, waits_key, reason, reason_params, record, base, links, edit, "
    "patient_key, logical_id, version_id, finished_at, origin"
)
KEEP_SEQUENCE = (  # no seq is given twice, also of entries that are gone
    "DELETE FROM sqlite_sequence WHERE name = 'new_entry'",
    "INSERT INTO sqlite_sequence SELECT 'new_entry', seq FROM sqlite_sequence WHERE name = 'queue_entry'",
)
INDEXES = (
    "CREATE INDEX resource_map_logical ON resource_map (profile, resource_type, logical_id)",
    "CREATE INDEX queue_pending ON queue_entry (profile, urgency DESC, seq) WHERE status = 'pending'",
    "CREATE INDEX queue_waits ON queue_entry (profile, waits_type, waits_key) WHERE status = 'held'",
    "CREATE INDEX queue_status ON queue_entry (profile, status, seq)",
    'CREATE INDEX queue_record ON queue_entry (profile, type, "key", seq)',
    "CREATE INDEX queue_edits ON queue_entry (profile, seq) "
    "WHERE operation = 'edit' AND status IN ('pending', 'unknown')",
    "CREATE UNIQUE INDEX queue_flight ON queue_entry (profile, type, \"key\") WHERE status = 'processing'",
    "CREATE INDEX queue_patient ON queue_entry (profile, patient_key)",
)
KEEP_FINAL = """
CREATE TRIGGER queue_final BEFORE UPDATE OF status ON queue_entry
WHEN old.status IN ('completed', 'superseded', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'I5: a final entry never changes'); END
"""


def upgrade() -> None:
    """Compare each old sum with its row, and write the new one."""
    _add_function("new_sum_of_record", RECORD)
    _add_function("new_sum_of_map", MAPPING)
    _add_function("new_sum_of_entry", ENTRY)
    op.execute(f"UPDATE record SET sum = new_sum_of_record({_arguments(RECORD)})")  # noqa: S608 - ours
    op.execute(NEW_MAP)
    _copy("resource_map", "new_map", MAP_COLUMNS, f"new_sum_of_map({_arguments(MAPPING)})", "rowid")
    op.execute(NEW_ENTRY)
    _copy("queue_entry", "new_entry", ENTRY_COLUMNS, f"new_sum_of_entry({_arguments(ENTRY)})", "seq")
    for statement in KEEP_SEQUENCE:
        op.execute(statement)
    for old, new in (("resource_map", "new_map"), ("queue_entry", "new_entry")):
        op.execute(f"DROP TABLE {old}")
        op.execute(f"ALTER TABLE {new} RENAME TO {old}")
    for index in INDEXES:
        op.execute(index)
    op.execute(KEEP_FINAL)


def _copy(old: str, new: str, columns: str, sum_: str, order: str) -> None:
    op.execute(f"INSERT INTO {new} ({columns}, sum) SELECT {columns}, {sum_} FROM {old} ORDER BY {order}")  # noqa: S608 - ours


def _arguments(columns: dict[str, bool]) -> str:
    """The old sum and the values; texts as bytes, because those of a damaged row may be none."""
    values = (f'CAST("{name}" AS BLOB)' if is_text else f'"{name}"' for name, is_text in columns.items())
    return f"sum, {', '.join(values)}"


def _add_function(name: str, columns: dict[str, bool]) -> None:
    texts = tuple(columns.values())

    def new_sum(old: int | None, *raw: Any) -> int:
        try:
            values = tuple(
                v.decode() if is_text and v is not None else v for v, is_text in zip(raw, texts, strict=True)
            )
        except UnicodeDecodeError:
            return DAMAGED
        return typed_sum(values) if old is None or old == ascii_sum(values) else DAMAGED

    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.create_function(name, len(columns) + 1, new_sum, deterministic=True)


def ascii_sum(values: tuple[Any, ...]) -> int:
    """The sum until now."""
    return int.from_bytes(blake2b(ascii(values).encode(), digest_size=8).digest()) >> 1


def typed_sum(values: tuple[Any, ...]) -> int:
    """The sum from now on, version 1: here no value is a fraction."""
    parts = [b"\x01"]
    for value in values:
        if value is None:
            kind, content = b"n", b""
        elif isinstance(value, str):
            kind, content = b"t", value.encode()
        elif isinstance(value, int):
            kind, content = b"i", b"%d" % value
        else:
            kind, content = b"b", value
        parts += (kind, len(content).to_bytes(8), content)
    return int.from_bytes(b"\x01" + blake2b(b"".join(parts), digest_size=7).digest())
