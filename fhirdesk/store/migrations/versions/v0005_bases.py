"""Records keep the resource they were read from, and the names by which other resources refer to them."""

from alembic import op

revision = "0005"
down_revision = "0004"

RECORD_NAME = """
CREATE TABLE record_name (
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  "key" TEXT NOT NULL,
  PRIMARY KEY (name, type, "key")
) WITHOUT ROWID
"""


def upgrade() -> None:
    """Add the columns and the table of names."""
    for table in ("record", "queue_entry"):
        for column in ("base", "links"):
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} BLOB")
    op.execute(RECORD_NAME)
    op.execute('CREATE INDEX record_name_of ON record_name (type, "key")')
