"""The first tables: records, patients and their search, the map, the queue, attempts, cursors, audit."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
CREATE TABLE record (
  id INTEGER NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  fields BLOB NOT NULL,
  patient_key TEXT,
  created_at FLOAT NOT NULL,
  updated_at FLOAT NOT NULL,
  deleted_at FLOAT,
  PRIMARY KEY (id),
  UNIQUE (type, "key")
)""",
    """
CREATE TABLE patient (
  id INTEGER NOT NULL,
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
    """
CREATE TABLE resource_map (
  profile TEXT NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  logical_id TEXT NOT NULL,
  version_id TEXT,
  base BLOB,
  base_read INTEGER DEFAULT 0 NOT NULL,
  synced_at FLOAT,
  PRIMARY KEY (profile, type, "key")
)""",
    """
CREATE TABLE queue_entry (
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
  edit BLOB,
  patient_key TEXT,
  logical_id TEXT,
  version_id TEXT,
  finished_at FLOAT,
  UNIQUE (uuid)
)""",
    """
CREATE TABLE attempt (
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at FLOAT NOT NULL,
  expires_at FLOAT,
  phase TEXT NOT NULL,
  status INTEGER,
  issue TEXT,
  request_id TEXT,
  ms FLOAT,
  request BLOB,
  answer TEXT,
  PRIMARY KEY (id),
  FOREIGN KEY (seq) REFERENCES queue_entry (seq) ON DELETE CASCADE
)""",
    """
CREATE TABLE server_state (
  profile TEXT NOT NULL,
  paused TEXT,
  paused_params TEXT,
  learned TEXT,
  PRIMARY KEY (profile)
)""",
    """
CREATE TABLE cursor (
  profile TEXT NOT NULL,
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (profile, type)
)""",
    """
CREATE TABLE audit (
  seq INTEGER NOT NULL,
  at FLOAT NOT NULL,
  who TEXT NOT NULL,
  verb TEXT NOT NULL,
  type TEXT,
  "key" TEXT,
  entry TEXT,
  hash BLOB NOT NULL,
  PRIMARY KEY (seq)
)""",
)
OPEN = "status IN ('pending','held','processing','unknown','conflict','failed')"
INDEXES = (
    "record_changed ON record (type, updated_at)",
    "record_patient ON record (patient_key)",
    "patient_name ON patient (name, id)",
    'patient_key ON patient ("key", id)',
    "patient_birth_date ON patient (birth_date, id)",
    "patient_phone ON patient (phone, id)",
    "patient_updated_at ON patient (updated_at, id)",
    "patient_jamo ON patient (jamo, id)",
    "patient_initials ON patient (initials, id)",
    "patient_digits ON patient (digits, id)",
    "resource_map_logical ON resource_map (profile, resource_type, logical_id)",
    "queue_pending ON queue_entry (profile, urgency DESC, seq) WHERE status = 'pending'",
    f'queue_lane ON queue_entry (profile, type, "key", seq) WHERE {OPEN}',
    "queue_waits ON queue_entry (profile, waits_type, waits_key) WHERE status = 'held'",
    "queue_status ON queue_entry (profile, status, seq)",
    'queue_record ON queue_entry (profile, type, "key", seq)',
    f"queue_patient ON queue_entry (profile, patient_key) WHERE {OPEN}",
    "attempt_entry ON attempt (seq, number)",
)
SEARCH = (
    "CREATE VIRTUAL TABLE patient_search USING fts5"
    "(jamo, initials, digits, key, content='', tokenize='trigram', detail=full)"
)


def upgrade() -> None:
    """Make the tables; the search index holds jamo, so that one syllable finds."""
    for table in TABLES:
        op.execute(table)
    for index in INDEXES:
        op.execute(f"CREATE INDEX {index}")
    op.execute(SEARCH)
