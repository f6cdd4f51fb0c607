"""The tables as the newest migration leaves them, columns in the file's order. Times are epoch seconds (UTC); JSON is
UTF-8, numbers as written."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# A record belongs to a profile: Patient/101 of two servers is two records.
record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fields", LargeBinary, nullable=False),  # JSON of Record.fields
    Column("base", LargeBinary),  # the resource that it was read from, unchanged
    Column("links", LargeBinary),  # JSON object: reference in the base → [type, key]
    Column("patient_key", Text),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("sum", Integer, nullable=False),  # checksum over the content: checksums.py
    Column("deleted_at", Float),  # tombstone: the record was deleted on the server; importing it again is new
    Column("gone_at", Float),  # it was deleted where it came from; it stays here and on the server
    Column("said", LargeBinary),  # marks of each source's last values: source_marks.py
    UniqueConstraint("profile", "type", "key"),
)
Index("record_changed", record.c.profile, record.c.type, record.c.updated_at)
Index("record_patient", record.c.profile, record.c.patient_key)

# The names by which FHIR references call a record: "Patient/1", "Patient?identifier=system|value".
record_name = Table(
    "record_name",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    sqlite_with_rowid=False,
)
Index("record_name_of", record_name.c.profile, record_name.c.type, record_name.c.key)

# What the patients pane shows and sorts by: one row for each patient record, same id. Its FTS5 index: see v0001.
patient = Table(
    "patient",
    metadata,
    Column("id", Integer, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Column("profile", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),  # full name, as shown
    Column("birth_date", Text),
    Column("gender", Text),
    Column("phone", Text),
    Column("updated_at", Float, nullable=False),
    Column("jamo", Text, nullable=False),  # name in NFD jamo, Latin marks stripped, lower case, no blanks
    Column("initials", Text, nullable=False),  # initial consonants of the name
    Column("digits", Text, nullable=False),  # digits of the phone
)
for _name in ("name", "key", "birth_date", "phone", "updated_at", "jamo", "initials", "digits"):
    Index(f"patient_{_name}", patient.c.profile, patient.c[_name], patient.c.id)

resource_map = Table(
    "resource_map",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("resource_type", Text, nullable=False),
    Column("logical_id", Text, nullable=False),
    Column("version_id", Text),
    Column("base", LargeBinary),  # the resource as last read from the server, else as last sent
    Column("base_read", Integer, nullable=False, server_default=text("0")),
    Column("synced_at", Float),
    Column("sum", Integer, nullable=False),
)
Index("resource_map_logical", resource_map.c.profile, resource_map.c.resource_type, resource_map.c.logical_id)

queue_entry = Table(
    "queue_entry",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("profile", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("resource_type", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Integer, nullable=False),  # as enqueued
    Column("urgency", Integer, nullable=False),  # priority, raised by age and by waiting children
    Column("created_at", Float, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("counted", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    Column("alone", Integer, nullable=False, server_default=text("0")),
    Column("waits_type", Text),  # the parent record a held entry waits for
    Column("waits_key", Text),
    Column("reason", Text),  # code of the message catalogue
    Column("reason_params", Text),  # JSON object
    Column("record", LargeBinary),  # JSON of the record's fields at enqueue
    Column("base", LargeBinary),  # its base at enqueue, unless the server has all of it already
    Column("links", LargeBinary),
    Column("edit", LargeBinary),  # JSON object of the changed fields of a profile edit
    Column("patient_key", Text),
    Column("logical_id", Text),
    Column("version_id", Text),  # the proof of a completed entry
    Column("finished_at", Float),
    Column("sum", Integer, nullable=False),
    Column("origin", Text),  # uuid of the entry that this one is a corrected retry of
    sqlite_autoincrement=True,
)
Index(
    "queue_pending",
    queue_entry.c.profile,
    queue_entry.c.urgency.desc(),
    queue_entry.c.seq,
    sqlite_where=text("status = 'pending'"),
)
Index(
    "queue_waits",
    queue_entry.c.profile,
    queue_entry.c.waits_type,
    queue_entry.c.waits_key,
    sqlite_where=text("status = 'held'"),
)
Index("queue_status", queue_entry.c.profile, queue_entry.c.status, queue_entry.c.seq)
Index("queue_record", queue_entry.c.profile, queue_entry.c.type, queue_entry.c.key, queue_entry.c.seq)
Index(
    "queue_edits",
    queue_entry.c.profile,
    queue_entry.c.seq,
    sqlite_where=text("operation = 'edit' AND status IN ('pending', 'unknown')"),
)
Index(  # one entry in flight in a lane (I2)
    "queue_flight",
    queue_entry.c.profile,
    queue_entry.c.type,
    queue_entry.c.key,
    unique=True,
    sqlite_where=text("status = 'processing'"),
)
Index("queue_patient", queue_entry.c.profile, queue_entry.c.patient_key)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, ForeignKey("queue_entry.seq", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("expires_at", Float),
    Column("phase", Text, nullable=False),
    Column("status", Integer),
    Column("issue", Text),
    Column("request_id", Text),
    Column("ms", Float),
    Column("request", LargeBinary),
    Column("answer", Text),
    Column("empty_at", Float),  # when a search first found nothing after this attempt
    Column("verdict", Text),  # what the answer meant (core/exchange.Verdict); NULL: none came
)
Index("attempt_entry", attempt.c.seq, attempt.c.number)

# The pause and the limits of a server survive a restart.
server_state = Table(
    "server_state",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("paused", Text),  # code of the pause in the message catalogue; NULL: not paused
    Column("paused_params", Text),
    Column("learned", Text),  # JSON object of its limits: bundle size, gzip …
    Column("address", Text),  # where it was when its identity was last proved
)

# What the side file is compared with: see commit_guard.py.
store_state = Table(
    "store_state",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("commits", Integer, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("type", Text),
    Column("key", Text),
    Column("entry", Text),
    Column("hash", LargeBinary, nullable=False),  # SHA-256(previous hash ‖ canonical row)
)
